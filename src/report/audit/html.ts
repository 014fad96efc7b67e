import { readFileSync } from "node:fs";
import { join } from "node:path";
import Handlebars from "handlebars";
import type { Assessment, Finding, Location, Step } from "../../analyzer/assessment.js";
import { DECISION_TREE, isOutcome, type QuestionId } from "../../analyzer/decision-tree.js";
import { locate } from "../../manifest/position-map.js";
import { packageRoot } from "../../support/package-root.js";
import { type AuditReport, counts, type FileLines, linesOf, summarise, titleOf, workloadsOf } from "./audit-report.js";
import { copiesOf } from "./copies.js";
import { markLine } from "./mark-line.js";
import { verdictText } from "./wasm-differences.js";

/** One file: table that can be sorted and filtered, each script with its findings beside it, the decision drawn as a tree. */
export function renderHtml(report: AuditReport): string {
  const handlebars = Handlebars.create();
  handlebars.registerPartial("step", STEP);
  handlebars.registerHelper("word", (count: number, word: string) => (count === 1 ? word : `${word}s`));
  handlebars.registerHelper("code", (text: string) => new Handlebars.SafeString(inlineCode(text)));
  const file = join(packageRoot(), "src", "report", "audit", "audit.html.hbs");
  const template = handlebars.compile(readFileSync(file, "utf8"), { strict: false });
  return template(viewOf(report));
}

/** Text with `code` in it, as HTML. */
function inlineCode(text: string): string {
  return Handlebars.escapeExpression(text).replace(/&#x60;(.+?)&#x60;/g, "<code>$1</code>");
}

/** One question with its two branches; the one that was not taken is a leaf. */
const STEP = `<ul role="group"><li class="taken" role="treeitem"><span class="node{{#if outcome}} outcome{{/if}}">{{#if outcome}}{{outcome}}{{else}}<b>{{question}}</b><br>{{answer}}: {{code because}}{{#if evidence}} <span class="place soft">{{evidence}}</span>{{/if}}{{/if}}</span>
{{#if other}}<ul role="group"><li class="untaken" role="treeitem"><span class="branch">{{other.branch}}</span><span class="node">{{other.leads}}</span></li></ul>{{/if}}
{{#if next}}{{> step next}}{{/if}}</li></ul>`;

interface TreeNode {
  readonly question?: string;
  readonly answer?: string;
  readonly because?: string;
  readonly evidence?: string;
  readonly other?: { readonly branch: string; readonly leads: string };
  readonly next?: TreeNode;
  readonly outcome?: string;
}

function viewOf(report: AuditReport) {
  const summary = summarise(report);
  const lines = new Map<string, FileLines>();
  const linesIn = (file: string): FileLines => {
    const known = lines.get(file) ?? linesOf(report, file);
    lines.set(file, known);
    return known;
  };
  const copies = copiesOf(report.assessments);
  const anchors = new Map(report.assessments.map((assessment, i) => [assessment, `site-${i + 1}`]));
  return {
    tool: `${report.tool.name} ${report.tool.version}`,
    summary,
    copies: copies.size > 0,
    outcomes: Object.keys(summary.outcomes),
    manifestNotes: report.notes.map(messageOf),
    problems: report.problems.map(messageOf),
    sites: report.assessments.map((assessment) => {
      const original = copies.get(assessment)?.original;
      return {
        ...siteOf(assessment, linesIn(assessment.site.source.file)),
        anchor: anchors.get(assessment),
        ...(original && { original: { anchor: anchors.get(original), place: placeOfSite(original) } }),
      };
    }),
  };
}

function messageOf({ file, line, column, message }: AuditReport["problems"][number]) {
  return { place: [file, line, column].filter((part) => part !== undefined).join(":"), message };
}

function placeOfSite({ site }: Assessment): string {
  return `${site.source.file}:${site.source.line}`;
}

function siteOf(assessment: Assessment, lines: FileLines) {
  const { findings, judgement, recommendation } = assessment;
  const { predictedCost, path, outcome, native } = recommendation;
  const of = (level: Finding["level"]): number =>
    findings.filter((finding) => counts(finding) && finding.level === level).length;
  const { first, last } = extentOf(assessment);
  const inside = ({ location }: Finding): boolean => first <= location.startLine && location.startLine <= last;
  const priced = predictedCost.lua.likely > 0;
  return {
    title: titleOf(assessment),
    place: placeOfSite(assessment),
    counts: { error: of("error"), warning: of("warning"), note: of("note") },
    verdict: judgement.verdict,
    verdictText: verdictText(assessment),
    outcome,
    summary: recommendation.summary,
    workloads: workloadsOf(assessment),
    ...(priced && {
      luaCost: predictedCost.lua.likely,
      wasmCost: judgement.verdict === "refused" ? undefined : predictedCost.wasm.likely,
      luaRange: `${predictedCost.lua.low}–${predictedCost.lua.high}`,
      wasmRange: `${predictedCost.wasm.low}–${predictedCost.wasm.high}`,
      basis: predictedCost.basis,
    }),
    outside: findings.filter((finding) => !inside(finding)).map(findingOf),
    lines: scriptLines(first, last, findings.filter(inside), lines),
    tree: treeOf(path, outcome),
    ...(native && { native }),
  };
}

/** The lines of the file that the script takes. */
function extentOf({ site }: Assessment): { readonly first: number; readonly last: number } {
  const last = locate(site.positions, Math.max(0, site.text.trimEnd().length - 1)).line;
  return { first: site.source.line, last: Math.max(site.source.line, last) };
}

function scriptLines(first: number, last: number, findings: readonly Finding[], lines: FileLines) {
  const numbers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const texts = numbers.map((number) => lines.line(number));
  const indent = Math.min(
    ...texts.filter((text) => text.trim() !== "").map((text) => text.length - text.trimStart().length),
    Number.MAX_SAFE_INTEGER,
  );
  return numbers.map((number, i) => ({
    number,
    parts: markLine(texts[i] ?? "", Number.isFinite(indent) ? indent : 0, number, findings),
    findings: findings.filter(({ location }) => location.startLine === number).map(findingOf),
  }));
}

function findingOf(finding: Finding) {
  const { ruleId, level, message, help, location, suppression, baselineState } = finding;
  const state = suppression
    ? `ignored: ${suppression.reason || "without a reason"}`
    : baselineState === "unchanged"
      ? "in the baseline"
      : "";
  return { ruleId, level, message, help, line: location.startLine, state, quiet: !counts(finding) };
}

function treeOf([step, ...rest]: readonly Step[], outcome: string): TreeNode {
  if (!step) return { outcome };
  const { id, question, answer, because, evidence } = step;
  const other = otherBranch(id, answer);
  return {
    question,
    answer,
    because,
    ...(evidence && { evidence: placeOf(evidence) }),
    ...(other && { other }),
    next: treeOf(rest, outcome),
  };
}

function placeOf({ file, startLine }: Location): string {
  return `${file}:${startLine}`;
}

/** Where the other answer would have led. */
function otherBranch(id: string, answer: string): TreeNode["other"] {
  if (!(id in DECISION_TREE)) return undefined;
  const question = DECISION_TREE[id as QuestionId];
  const branch = answer === "yes" ? "no" : "yes";
  const leads = question[branch];
  return { branch, leads: isOutcome(leads) ? leads : DECISION_TREE[leads].question };
}
