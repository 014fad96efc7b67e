import type { Assessment, Finding, Level, Step } from "../../analyzer/assessment.js";
import { UNANSWERED } from "../../analyzer/decide.js";
import {
  type AuditReport,
  byFile,
  counts,
  type FileLines,
  linesOf,
  plural,
  scriptsText,
  summarise,
  titleOf,
  workloadsOf,
} from "./audit-report.js";
import { codeFrame } from "./code-frame.js";
import { type Copy, copiesOf, copyText } from "./copies.js";
import { isWasmDifference, verdictText, wasmDifferences } from "./wasm-differences.js";

const ICON: Readonly<Record<Level, string>> = { error: "🔴", warning: "🟡", note: "🔵" };

/** The report for a pull request or a wiki: a table of all scripts, then the findings of each. */
export function renderMarkdown(report: AuditReport): string {
  const summary = summarise(report);
  const { findings, scripts, files, verdicts } = summary;
  const head = [
    "# Lua audit",
    "",
    `${scriptsText(summary)} in ${plural(files, "file")}: ${plural(findings.error, "error")}, ${plural(findings.warning, "warning")}, ${plural(findings.note, "note")}. ` +
      `In Wasm: ${verdicts.exact} exact, ${verdicts.approximate} approximate, ${verdicts.refused} refused.`,
    "",
  ];
  if (scripts === 0) return `${head.slice(0, 2).join("\n")}\nNo Lua in ${plural(files, "file")}.\n`;
  return `${[...head, ...overview(report.assessments), ...sections(report)].join("\n").trimEnd()}\n`;
}

function overview(assessments: readonly Assessment[]): readonly string[] {
  const rows = assessments.map((assessment) => {
    const { site, judgement, recommendation, findings } = assessment;
    const of = (level: Level): number =>
      findings.filter((finding) => counts(finding) && finding.level === level).length;
    const { lua, wasm } = recommendation.predictedCost;
    const cost = lua.likely > 0 ? `${lua.likely} / ${judgement.verdict === "refused" ? "–" : wasm.likely}` : "–";
    return `| ${cell(titleOf(assessment))} | ${cell(`${site.source.file}:${site.source.line}`)} | ${of("error")} | ${of("warning")} | ${of("note")} | ${judgement.verdict} | ${recommendation.outcome} | ${cost} |`;
  });
  return [
    "| Filter | Place | Errors | Warnings | Notes | In Wasm | Advice | µs per request, Lua / Wasm (predicted) |",
    "|---|---|--:|--:|--:|---|---|--:|",
    ...rows,
    "",
  ];
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function sections(report: AuditReport): readonly string[] {
  const out: string[] = [];
  const copies = copiesOf(report.assessments);
  for (const [file, assessments] of byFile(report.assessments)) {
    out.push(`## \`${file}\``, "");
    const lines = linesOf(report, file);
    for (const assessment of assessments) out.push(...section(assessment, lines, copies.get(assessment)));
  }
  out.push(...wasmText(report.assessments));
  if (report.notes.length > 0) {
    out.push(
      "## Worth knowing",
      "",
      ...report.notes.map(
        ({ file, line, message }) => `- \`${file}${line === undefined ? "" : `:${line}`}\`: ${message}`,
      ),
      "",
    );
  }
  return out;
}

function section(assessment: Assessment, lines: FileLines, copy: Copy | undefined): readonly string[] {
  const { site, recommendation } = assessment;
  const shown = assessment.findings.filter(
    (finding) => counts(finding) && !isWasmDifference(finding) && !copy?.shared.has(finding),
  );
  const out = [`### ${titleOf(assessment)} (line ${site.source.line})`, ""];
  if (copy) out.push(`This is ${copyText(copy)}.`, "");
  if (!copy?.saysTheSame) {
    out.push(`**${recommendation.summary}** In Wasm ${verdictText(assessment)}.`, "");
    out.push(...pathText(recommendation.path), "");
    if (recommendation.native) out.push("```yaml", recommendation.native.resource.trimEnd(), "```", "");
  }
  const workloads = workloadsOf(assessment);
  if (workloads !== undefined) out.push(`Selects ${workloads}.`, "");
  for (const finding of shown) out.push(...findingText(finding, lines));
  return out;
}

function wasmText(assessments: readonly Assessment[]): readonly string[] {
  const differences = wasmDifferences(assessments);
  if (differences.length === 0) return [];
  const rows = differences.map(
    ({ message, help, scripts, first }) =>
      `- ${message}${help === undefined ? "" : `. *${help}*`} (${plural(scripts, "script")}, first at \`${first.file}:${first.startLine}\`)`,
  );
  return ["## What is not the same in Wasm", "", ...rows, ""];
}

/** The questions that nobody has answered share a line: what they say is the same for every script. */
function pathText(path: readonly Step[]): readonly string[] {
  const open = path.filter(({ answer }) => answer === UNANSWERED);
  const answered = path
    .filter((step) => !open.includes(step))
    .map(({ question, answer, because }) => `- ${question} **${answer}**: ${because}`);
  if (open.length === 0) return answered;
  return [...answered, `- **${UNANSWERED}** (see \`--answers\`): ${open.map(({ question }) => question).join(" ")}`];
}

function findingText(finding: Finding, lines: FileLines): readonly string[] {
  const { level, ruleId, location, message, help, related } = finding;
  const head = `${ICON[level]} **${ruleId}** line ${location.startLine}: ${message}. *${help}*`;
  if (level === "note") return [`- ${head}`, ""];
  const frame = codeFrame(lines, location, related);
  const digits = Math.max(...frame.map(({ number }) => String(number ?? "").length));
  const rows = frame.map(({ number, text }) => `${String(number ?? "").padStart(digits)} | ${text}`.trimEnd());
  return [head, "", "```text", ...rows, "```", ""];
}
