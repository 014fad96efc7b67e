import type { Assessment, Finding, Level, Outcome } from "../../analyzer/assessment.js";
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
import { fitFrame } from "./fit-frame.js";
import { painter, type Style } from "./paint.js";
import { isWasmDifference, verdictText, wasmDifferences } from "./wasm-differences.js";

export interface TerminalOptions {
  readonly colour: boolean;
  /** Notes are listed one by one instead of counted. */
  readonly notes: boolean;
  /** Columns to wrap prose at. */
  readonly width: number;
  /** Columns that the terminal has; without one the manifest's lines are printed in full. */
  readonly columns?: number;
}

/** The report for people at a terminal: by file, with the lines that each finding is about, and a summary at the end. */
export function renderTerminal(report: AuditReport, options: TerminalOptions): string {
  return new TerminalReport(report, options).render();
}

const MARK: Readonly<Record<Level, string>> = { error: "✖ error", warning: "▲ warning", note: "● note" };
const COLOUR: Readonly<Record<Level, Style>> = { error: "red", warning: "yellow", note: "cyan" };

/** Columns of `    > 12 │ ` beside the number. */
const GUTTER = 9;

class TerminalReport {
  private readonly out: string[] = [];
  private readonly paint;
  private readonly copies: ReadonlyMap<Assessment, Copy>;

  constructor(
    private readonly report: AuditReport,
    private readonly options: TerminalOptions,
  ) {
    this.paint = painter(options.colour);
    this.copies = copiesOf(report.assessments);
  }

  render(): string {
    for (const [file, assessments] of byFile(this.report.assessments)) this.file(file, assessments);
    if (this.options.notes) this.wasmDifferences();
    this.manifestNotes();
    this.summary();
    return `${this.out.join("\n")}\n`;
  }

  private file(file: string, assessments: readonly Assessment[]): void {
    this.out.push(this.paint("underline", this.paint("bold", file)), "");
    const lines = linesOf(this.report, file);
    for (const assessment of assessments) this.site(assessment, lines);
  }

  private site(assessment: Assessment, lines: FileLines): void {
    const { site, judgement, recommendation } = assessment;
    const copy = this.copies.get(assessment);
    const own = assessment.findings.filter((finding) => counts(finding) && !copy?.shared.has(finding));
    const shown = own.filter(
      (finding) => finding.level !== "note" || (this.options.notes && !isWasmDifference(finding)),
    );
    this.out.push(
      `  ${this.paint("bold", titleOf(assessment))} ${this.paint("dim", `line ${site.source.line}${idText(assessment)}`)}`,
    );
    const workloads = workloadsOf(assessment);
    if (workloads !== undefined) this.out.push(...this.wrap(workloads, `  ${this.paint("dim", "selects:")} `, 11));
    for (const finding of shown) this.finding(finding, lines);
    if (copy) this.out.push(...this.wrap(copyText(copy), `  ${this.paint("dim", "copy:   ")} `, 11));
    else if (shown.length === 0) this.out.push(`  ${this.paint("green", "✔")} nothing to complain about`);
    if (!copy?.saysTheSame) {
      const { lua, wasm } = recommendation.predictedCost;
      this.out.push(...this.wrap(verdictText(assessment), `  ${this.paint("dim", "in Wasm:")} `, 11));
      if (lua.likely > 0 && !recommendation.summary.includes("µs")) {
        const inWasm = judgement.verdict === "refused" ? "" : `, ${wasm.likely} µs in Wasm`;
        this.out.push(
          `  ${this.paint("dim", "costs:  ")} about ${lua.likely} µs per request in Lua${inWasm} (predicted)`,
        );
      }
      this.out.push(...this.wrap(recommendation.summary, `  ${this.paint("dim", "advice: ")} `, 11));
    }
    const hidden = hiddenText(assessment, this.options.notes ? 0 : notesOf(own));
    if (hidden !== "") this.out.push(`  ${this.paint("dim", hidden)}`);
    this.out.push("");
  }

  private finding(finding: Finding, lines: FileLines): void {
    const { level, ruleId, location, message, help, related } = finding;
    const place = `${location.file}:${location.startLine}:${location.startColumn}`;
    this.out.push(
      "",
      `  ${this.paint(COLOUR[level], MARK[level])} ${this.paint("bold", ruleId)} ${this.paint("dim", place)}`,
    );
    this.out.push(...this.wrap(message, "    ", 4));
    const whole = codeFrame(lines, location, related);
    const digits = Math.max(...whole.map(({ number }) => String(number ?? "").length));
    const { columns } = this.options;
    const frame = columns === undefined ? whole : fitFrame(whole, columns - digits - GUTTER);
    for (const { number, text, kind } of frame) {
      const gutter = `${String(number ?? "").padStart(digits)} │`;
      const painted =
        kind === "marks" ? this.paint(COLOUR[level], text) : kind === "marked" ? text : this.paint("dim", text);
      this.out.push(
        `    ${kind === "marked" ? this.paint(COLOUR[level], ">") : " "} ${this.paint("dim", gutter)} ${painted}`.trimEnd(),
      );
    }
    this.out.push(...this.wrap(help, `    ${this.paint("green", "fix:")} `, 9));
  }

  private wasmDifferences(): void {
    const differences = wasmDifferences(this.report.assessments);
    if (differences.length === 0) return;
    this.out.push(this.paint("bold", "What is not the same in Wasm"), "");
    for (const { message, help, scripts, first } of differences) {
      const place = `${first.file}:${first.startLine}:${first.startColumn}`;
      this.out.push(...this.wrap(message, "  ", 4));
      if (help !== undefined) this.out.push(...this.wrap(help, `    ${this.paint("green", "fix:")} `, 9));
      this.out.push(this.paint("dim", `    ${plural(scripts, "script")}, first at ${place}`));
    }
    this.out.push("");
  }

  private manifestNotes(): void {
    const { notes } = this.report;
    if (notes.length === 0) return;
    this.out.push(this.paint("bold", "Worth knowing"), "");
    for (const { file, line, column, message } of notes) {
      const place = [file, line, column].filter((part) => part !== undefined).join(":");
      this.out.push(...this.wrap(`${place}: ${message}`, "  ", 4));
    }
    this.out.push("");
  }

  private summary(): void {
    const summary = summarise(this.report);
    const { findings, verdicts, outcomes, baseline } = summary;
    if (summary.scripts === 0) {
      this.out.push(`No Lua in ${plural(summary.files, "file")}.`);
      return;
    }
    this.out.push(
      this.paint("bold", `${scriptsText(summary)} in ${plural(summary.files, "file")}: `) +
        (["error", "warning", "note"] as const)
          .map((level) => this.paint(findings[level] > 0 ? COLOUR[level] : "dim", plural(findings[level], level)))
          .join(", ") +
        this.paint("dim", aboutWasm(this.report.assessments)) +
        (summary.suppressed > 0 ? this.paint("dim", `, ${summary.suppressed} ignored`) : ""),
    );
    if (baseline) this.out.push(`baseline: ${baseline.unchanged} known, ${baseline.new} new, ${baseline.gone} gone`);
    this.out.push(
      `in Wasm:  ${verdicts.exact} exact, ${verdicts.approximate} approximate, ${verdicts.refused} refused`,
    );
    const advice = (Object.keys(outcomes) as Outcome[])
      .filter((outcome) => outcomes[outcome] > 0)
      .map((outcome) => `${outcomes[outcome]} ${outcome}`);
    const resources = outcomes.native > 0 ? this.paint("dim", " (native resources: --format markdown)") : "";
    this.out.push(`advice:   ${advice.join(", ")}${resources}`);
    for (const [ruleId, count] of mostFrequent(this.report.assessments))
      this.out.push(this.paint("dim", `  ${String(count).padStart(4)} × ${ruleId}`));
  }

  /** Wraps prose; `indent` is how far its further lines stand in (the first line's prefix may hold escape codes). */
  private wrap(text: string, prefix: string, indent: number): string[] {
    const width = Math.max(40, this.options.width) - indent;
    const lines: string[] = [];
    let line = "";
    for (const word of text.split(" ")) {
      if (line !== "" && line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else line = line === "" ? word : `${line} ${word}`;
    }
    lines.push(line);
    return lines.map((content, i) => (i === 0 ? prefix : " ".repeat(indent)) + content);
  }
}

/** For `migrate --only`: of a named resource it is the name again. */
function idText({ site: { id, source } }: Assessment): string {
  return id === `${source.namespace ?? "default"}.${source.name}` ? "" : ` · ${id}`;
}

function notesOf(findings: readonly Finding[]): number {
  return findings.filter((finding) => finding.level === "note" && !isWasmDifference(finding)).length;
}

function hiddenText({ findings }: Assessment, notes: number): string {
  const ignored = findings.filter(({ suppression }) => suppression !== undefined).length;
  const known = findings.filter(
    ({ baselineState, suppression }) => baselineState === "unchanged" && !suppression,
  ).length;
  const parts: string[] = [];
  if (notes > 0) parts.push(`${plural(notes, "note")} (--notes)`);
  if (ignored > 0) parts.push(`${ignored} ignored`);
  if (known > 0) parts.push(`${known} in the baseline`);
  return parts.length === 0 ? "" : `also: ${parts.join(", ")}`;
}

function aboutWasm(assessments: readonly Assessment[]): string {
  const findings = assessments.flatMap((assessment) => assessment.findings);
  const count = findings.filter((finding) => counts(finding) && isWasmDifference(finding)).length;
  return count === 0 ? "" : ` (${count} of them about Wasm only)`;
}

function mostFrequent(assessments: readonly Assessment[]): readonly (readonly [string, number])[] {
  const byRule = new Map<string, number>();
  for (const finding of assessments.flatMap(({ findings }) => findings)) {
    if (counts(finding) && finding.level !== "note") byRule.set(finding.ruleId, (byRule.get(finding.ruleId) ?? 0) + 1);
  }
  return [...byRule].toSorted((a, b) => b[1] - a[1]).slice(0, 8);
}
