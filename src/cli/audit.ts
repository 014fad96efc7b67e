import { readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { type Answers, readAnswers, writeQuestions } from "../analyzer/answers.js";
import type { Level } from "../analyzer/assessment.js";
import { type Audit, type AuditOptions, auditInputs } from "../analyzer/audit-inputs.js";
import { applyBaseline, type Baseline, readBaseline, writeBaseline } from "../analyzer/baseline.js";
import { readPrices } from "../analyzer/read-prices.js";
import { rules } from "../analyzer/rules/index.js";
import { judgeLanguage } from "../codegen/judge-language.js";
import { type Input, readInputs } from "../manifest/read-inputs.js";
import { type AuditReport, counts } from "../report/audit/audit-report.js";
import { wantsColour } from "../report/audit/paint.js";
import { renderAudit } from "../report/audit/render-audit.js";
import { InputError } from "../support/failure.js";
import { version } from "../support/version.js";
import { writeWhole } from "../support/write-folder.js";
import { judgeInWorkers } from "./assess-pool.js";
import { progressLine } from "./progress-line.js";

interface AuditFlags {
  readonly format: "text" | "json" | "sarif" | "markdown" | "html";
  readonly output?: string;
  readonly failOn: "none" | Level;
  readonly baseline?: string;
  readonly updateBaseline?: boolean;
  readonly force?: boolean;
  readonly answers?: string;
  readonly questions?: string;
  readonly prices?: string;
  readonly envoyVersion?: string;
  readonly istioVersion?: string;
  readonly notes?: boolean;
  readonly embedded?: boolean;
  readonly live?: boolean;
  readonly kubeContext?: string;
  readonly namespace?: readonly string[];
  readonly quiet?: boolean;
  readonly color: boolean;
}

export function registerAudit(program: Command): void {
  program
    .command("audit")
    .description("find Lua in manifests, judge it, recommend what to do with it")
    .argument("[path...]", "files, directories, or - for standard input (default: the current directory)")
    .addOption(
      new Option("--format <format>", "output format")
        .choices(["text", "json", "sarif", "markdown", "html"])
        .default("text"),
    )
    .option("--output <file>", "write the report there instead of to standard output")
    .addOption(
      new Option("--fail-on <level>", "exit 1 when there are findings of this level or above")
        .choices(["none", "note", "warning", "error"])
        .default("error"),
    )
    .option("--embedded", "also look into Markdown fences and strings in Go, Python, HCL and TypeScript")
    .option("--live", "read a cluster instead of files: the kubeconfig's current context, or the cluster this runs in")
    .option("--kube-context <name>", "read the cluster of this context (means --live)")
    .option("--namespace <name...>", "with --live: only these namespaces (default: all that you may read)")
    .option("--notes", "list notes one by one (text)")
    .option("--baseline <file>", "known findings: they are marked and do not count")
    .option("--update-baseline", "write the findings of this run into the baseline")
    .option("--force", "with --update-baseline: drop findings of the baseline that this run did not find")
    .option("--answers <file>", "answers to what no analysis can know (see --questions)")
    .option("--questions <file>", "write the questions for --answers, commented, and stop")
    .option("--prices <file>", "your own `moonshift bench --format json`, for the predicted cost")
    .option("--envoy-version <version>", "report Lua methods that came with a later Envoy")
    .option("--istio-version <version>", "what runs in the cluster: decides whether a TrafficExtension can be advised")
    .option("--quiet", "no progress")
    .option("--no-color", "no colours")
    .action(async (paths: string[], flags: AuditFlags) => {
      process.exitCode = await audit(paths, flags);
    });
}

async function audit(paths: readonly string[], flags: AuditFlags): Promise<number> {
  if (flags.updateBaseline && flags.baseline === undefined)
    throw new InputError("--update-baseline needs --baseline FILE");
  const progress = progressLine(flags.quiet !== true);
  const answersText = flags.answers === undefined ? undefined : { file: flags.answers, text: readText(flags.answers) };
  const answers = answersText && readAnswers(answersText.file, answersText.text);
  const baseline = flags.baseline === undefined ? undefined : readBaseline(flags.baseline, textOrNothing(flags));
  const options = optionsOf(flags, answers);
  const found = await auditInputs(await inputsOf(paths, flags), {
    judgeLanguage,
    ...options,
    ...(answers && { answers }),
    judgeFiles: judgeInWorkers({ ...options, ...(answersText && { answers: answersText }) }),
    onProgress: ({ files, scripts }) =>
      progress.show(`${files} ${isLive(flags) ? "resources" : "files"} read, ${scripts} scripts judged`),
  });
  progress.clear();
  for (const { file, line, column, message } of found.problems)
    process.stderr.write(`${new InputError(message, place(file, line, column)).toLine()}\n`);
  if (flags.questions !== undefined) {
    writeWhole(flags.questions, writeQuestions(found.assessments.map(({ site }) => site.id)));
    process.stderr.write(`wrote ${flags.questions}\n`);
    return exitCode(found, "none");
  }
  const { audit: marked, gone } = baseline ? applyBaseline(found, baseline) : { audit: found, gone: undefined };
  if (flags.updateBaseline) updateBaseline(flags, marked, baseline);
  write(flags, reportOf(marked, gone));
  return exitCode(marked, flags.failOn);
}

function isLive({ live, kubeContext }: AuditFlags): boolean {
  return live === true || kubeContext !== undefined;
}

async function inputsOf(paths: readonly string[], flags: AuditFlags): Promise<AsyncIterable<Input>> {
  if (!isLive(flags)) {
    if (flags.namespace) throw new InputError("--namespace needs --live");
    return readInputs(paths.length === 0 ? ["."] : paths, { embedded: flags.embedded === true });
  }
  if (paths.length > 0) throw new InputError("--live reads a cluster, not files: give one or the other");
  const { connect } = await import("../cluster/connect.js");
  const { liveInputs } = await import("../cluster/live-inputs.js");
  return liveInputs(await connect(flags.kubeContext), flags.namespace);
}

/** Plain data, that workers can be told. */
function optionsOf(
  flags: AuditFlags,
  answers: Answers | undefined,
): Pick<AuditOptions, "embedded" | "prices" | "settings"> {
  const envoyVersion = flags.envoyVersion ?? answers?.find("", "envoyVersion")?.value;
  const { istioVersion, prices } = flags;
  return {
    embedded: flags.embedded === true,
    ...(prices !== undefined && { prices: readPrices(prices, readText(prices)) }),
    settings: {
      ...(envoyVersion !== undefined && { envoyVersion }),
      ...(istioVersion !== undefined && { istioVersion }),
    },
  };
}

function place(file: string, line: number | undefined, column: number | undefined) {
  return { file, ...(line !== undefined && { line }), ...(column !== undefined && { column }) };
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new InputError("cannot be read", { file });
  }
}

/** A baseline that is to be written need not be there yet. */
function textOrNothing({ baseline = "", updateBaseline }: AuditFlags): string | undefined {
  try {
    return readFileSync(baseline, "utf8");
  } catch {
    if (updateBaseline) return undefined;
    throw new InputError("cannot be read; --update-baseline writes a first one", { file: baseline });
  }
}

function updateBaseline({ baseline, force }: AuditFlags, audit: Audit, before: Baseline | undefined): void {
  if (baseline === undefined || !before) throw new InputError("--update-baseline needs --baseline FILE");
  const { text, added, removed, total } = writeBaseline(audit, before, { force: force === true });
  writeWhole(baseline, text);
  process.stderr.write(`${baseline}: ${total} findings (${added} added, ${removed} removed)\n`);
}

function reportOf(audit: Audit, gone: AuditReport["gone"]): AuditReport {
  return { tool: { name: "moonshift", version: version() }, ...audit, rules, ...(gone && { gone }) };
}

function write(flags: AuditFlags, report: AuditReport): void {
  const colour = flags.color && flags.output === undefined && wantsColour(process.stdout);
  const columns = flags.output === undefined ? process.stdout.columns : undefined;
  const width = Math.min(columns ?? 110, 110);
  const size = { width, ...(columns !== undefined && { columns }) };
  const text = renderAudit(report, flags.format, { colour, notes: flags.notes === true, ...size });
  if (flags.output === undefined) process.stdout.write(text);
  else writeWhole(flags.output, text);
}

const ORDER: readonly Level[] = ["note", "warning", "error"];

/** 2 when an input could not be read, else 1 when there are findings that count. */
function exitCode(
  { assessments, problems }: Pick<Audit, "assessments" | "problems">,
  failOn: AuditFlags["failOn"],
): number {
  if (problems.length > 0) return 2;
  if (failOn === "none") return 0;
  const from = ORDER.indexOf(failOn);
  const bad = assessments.some(({ findings }) =>
    findings.some((finding) => counts(finding) && ORDER.indexOf(finding.level) >= from),
  );
  return bad ? 1 : 0;
}
