import { basename } from "node:path";
import type { Assessment, Finding, Level, Region } from "../../analyzer/assessment.js";
import type { Rule } from "../../analyzer/define-rule.js";
import type { Note, Problem } from "../../manifest/lua-site.js";

/** What every format of the audit's report is made from. */
export interface AuditReport {
  /** `moonshift 0.1.0`. */
  readonly tool: { readonly name: string; readonly version: string };
  readonly assessments: readonly Assessment[];
  readonly problems: readonly Problem[];
  readonly notes: readonly Note[];
  /** Files that were read, or resources of a cluster. */
  readonly files: number;
  /** Text of every file with Lua in it, by name. */
  readonly texts: ReadonlyMap<string, string>;
  readonly rules: readonly Rule[];
  /** Findings of the baseline that are gone. */
  readonly gone?: readonly BaselineEntry[];
}

export interface BaselineEntry {
  readonly fingerprint: string;
  readonly ruleId: string;
  readonly file: string;
  readonly message: string;
}

export interface Summary {
  readonly files: number;
  readonly scripts: number;
  /** Scripts that differ from each other; the others are copies. */
  readonly distinctScripts: number;
  /** Findings that count: neither suppressed nor in the baseline. */
  readonly findings: Readonly<Record<Level, number>>;
  readonly suppressed: number;
  readonly baseline?: { readonly unchanged: number; readonly new: number; readonly gone: number };
  readonly verdicts: Readonly<Record<Assessment["judgement"]["verdict"], number>>;
  readonly outcomes: Readonly<Record<Assessment["recommendation"]["outcome"], number>>;
}

/** Neither suppressed nor known from the baseline. */
export function counts(finding: Finding): boolean {
  return finding.suppression === undefined && finding.baselineState !== "unchanged";
}

export function summarise({ assessments, files, gone }: Pick<AuditReport, "assessments" | "files" | "gone">): Summary {
  const findings = assessments.flatMap((assessment) => assessment.findings);
  const counted = findings.filter(counts);
  const ofLevel = (level: Level): number => counted.filter((finding) => finding.level === level).length;
  const verdict = (name: Assessment["judgement"]["verdict"]): number =>
    assessments.filter(({ judgement }) => judgement.verdict === name).length;
  const outcome = (name: Assessment["recommendation"]["outcome"]): number =>
    assessments.filter(({ recommendation }) => recommendation.outcome === name).length;
  const inBaseline = (state: Finding["baselineState"]): number =>
    findings.filter(({ baselineState }) => baselineState === state).length;
  return {
    files,
    scripts: assessments.length,
    distinctScripts: new Set(assessments.map(({ site }) => site.text.trimEnd())).size,
    findings: { error: ofLevel("error"), warning: ofLevel("warning"), note: ofLevel("note") },
    suppressed: findings.filter(({ suppression }) => suppression !== undefined).length,
    ...(gone && { baseline: { unchanged: inBaseline("unchanged"), new: inBaseline("new"), gone: gone.length } }),
    verdicts: { exact: verdict("exact"), approximate: verdict("approximate"), refused: verdict("refused") },
    outcomes: {
      wasm: outcome("wasm"),
      native: outcome("native"),
      "traffic-extension-lua": outcome("traffic-extension-lua"),
      "keep-lua": outcome("keep-lua"),
      "other-language": outcome("other-language"),
    },
  };
}

/** `3 scripts`, `244 scripts (122 different)`. */
export function scriptsText({ scripts, distinctScripts }: Summary): string {
  return `${plural(scripts, "script")}${distinctScripts < scripts ? ` (${distinctScripts} different)` : ""}`;
}

/** Assessments by file, in the order of the inputs. */
export function byFile(assessments: readonly Assessment[]): ReadonlyMap<string, readonly Assessment[]> {
  const groups = new Map<string, Assessment[]>();
  for (const assessment of assessments) {
    const { file } = assessment.site.source;
    groups.set(file, [...(groups.get(file) ?? []), assessment]);
  }
  return groups;
}

/** `EnvoyFilter istio-system/my-filter`, `script tag.lua`, `Envoy configuration in envoy.yaml`. */
export function titleOf({ site }: Pick<Assessment, "site">): string {
  const { kind, resourceKind, namespace, name, file } = site.source;
  if (name === undefined) {
    if (kind === "LuaFile") return `script ${basename(file)}`;
    return `${resourceKind ?? (kind === "EnvoyBootstrap" ? "Envoy configuration" : kind)} in ${basename(file)}`;
  }
  return `${resourceKind ?? kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

/** `Deployment shop/cart, Rollout shop/pay and 3 more`: what the filter's selector hits; undefined where nothing is known. */
export function workloadsOf({ site }: Pick<Assessment, "site">): string | undefined {
  const { workloads } = site.filter;
  if (workloads === undefined) return undefined;
  const names = workloads
    .slice(0, 5)
    .map(({ kind, namespace, name }) => `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`);
  return names.join(", ") + (workloads.length > names.length ? ` and ${workloads.length - names.length} more` : "");
}

/** Lines of a file with its secrets blotted out. */
export class FileLines {
  private readonly lines: readonly string[];

  constructor(text: string, secrets: readonly Region[]) {
    const lines = text.split(/\r\n|\n|\r/);
    for (const secret of secrets) {
      for (let number = secret.startLine; number <= secret.endLine; number++) {
        const line = lines[number - 1] ?? "";
        const from = number === secret.startLine ? secret.startColumn - 1 : line.length - line.trimStart().length;
        const to = number === secret.endLine ? secret.endColumn - 1 : line.length;
        lines[number - 1] = line.slice(0, from) + "•".repeat(Math.max(0, to - from)) + line.slice(to);
      }
    }
    this.lines = lines;
  }

  /** 1-based; empty beyond the end. */
  line(number: number): string {
    return this.lines[number - 1] ?? "";
  }

  get count(): number {
    return this.lines.length;
  }
}

export function linesOf({ texts, assessments }: AuditReport, file: string): FileLines {
  const secrets = assessments
    .filter(({ site }) => site.source.file === file)
    .flatMap((assessment) => assessment.secrets);
  return new FileLines(texts.get(file) ?? "", secrets);
}

export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
