import type { Chunk, Comment } from "../lua/ast.js";
import type { Finding, Suppression } from "./assessment.js";

/** One `-- moonshift: ignore <rule> <reason>` or one entry of the annotation `moonshift.dev/ignore`. */
export interface Ignore {
  readonly ruleId: string;
  readonly reason: string;
  readonly by: Suppression["by"];
  /** `comment`: the line of the script (1-based) it speaks of. Absent: the whole script. */
  readonly line?: number;
  /** `comment`: where it stands, bytes of the script. */
  readonly range?: readonly [start: number, end: number];
}

export const IGNORE_ANNOTATION = "moonshift.dev/ignore";

const DIRECTIVE = /^\s*moonshift:\s*ignore\s+([\w-]+)\s*(.*)$/s;

/** The ignores in a script's comments: behind code they speak of their own line, on a line of their own of the next line of code. */
export function ignoresInComments(chunk: Chunk, bytes: string): readonly Ignore[] {
  const lines = bytes.split("\n");
  return chunk.comments.flatMap((comment) => {
    const [, ruleId, reason = ""] = DIRECTIVE.exec(comment.value) ?? [];
    if (ruleId === undefined) return [];
    return [
      {
        ruleId,
        reason: decode(reason).trim(),
        by: "comment" as const,
        line: lineMeant(comment, lines),
        range: comment.range,
      },
    ];
  });
}

function lineMeant(comment: Comment, lines: readonly string[]): number {
  const { line, column } = comment.loc.start;
  const before = (lines[line - 1] ?? "").slice(0, column);
  if (before.trim() !== "") return line;
  for (let next = line; next < lines.length; next++) {
    const text = lines[next]?.trim() ?? "";
    if (text !== "" && !text.startsWith("--")) return next + 1;
  }
  return line;
}

function decode(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** `rule reason; rule reason`: one entry per rule, for every script of the resource. */
export function ignoresInAnnotation(value: string): readonly Ignore[] {
  return value.split(/[;\n]/).flatMap((entry) => {
    const [, ruleId, reason = ""] = /^\s*([\w-]+)\s*:?\s*(.*?)\s*$/.exec(entry) ?? [];
    return ruleId === undefined ? [] : [{ ruleId, reason, by: "annotation" as const }];
  });
}

export interface Suppressed {
  readonly findings: readonly Finding[];
  readonly unused: readonly Ignore[];
}

/**
 * Marks the findings that somebody decided to live with.
 * @param lineInFile the line of the file on which a line of the script stands
 */
export function suppress(
  findings: readonly Finding[],
  ignores: readonly Ignore[],
  lineInFile: (scriptLine: number) => number,
): Suppressed {
  const used = new Set<Ignore>();
  const marked = findings.map((finding) => {
    const ignore = ignores.find(
      ({ ruleId, line }) => ruleId === finding.ruleId && (line === undefined || covers(finding, lineInFile(line))),
    );
    if (!ignore) return finding;
    used.add(ignore);
    return { ...finding, suppression: { by: ignore.by, reason: ignore.reason } };
  });
  return { findings: marked, unused: ignores.filter((ignore) => !used.has(ignore)) };
}

function covers({ location }: Finding, line: number): boolean {
  return location.startLine <= line && line <= location.endLine;
}
