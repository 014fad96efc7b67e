import type { Finding, Level } from "../../analyzer/assessment.js";

export interface LinePart {
  readonly text: string;
  /** Of the worst finding there. */
  readonly level?: Level;
}

const RANK: Readonly<Record<Level, number>> = { note: 1, warning: 2, error: 3 };

/**
 * A line of the file cut into parts with and without findings.
 * @param indent characters at the start of the line that are left out
 * @param number 1-based number of the line
 */
export function markLine(
  text: string,
  indent: number,
  number: number,
  findings: readonly Finding[],
): readonly LinePart[] {
  const levels: (Level | undefined)[] = Array.from({ length: text.length });
  for (const { location, level } of findings) {
    if (number < location.startLine || number > location.endLine) continue;
    const from = number === location.startLine ? location.startColumn - 1 : text.length - text.trimStart().length;
    const to = number === location.endLine ? location.endColumn - 1 : text.length;
    for (let i = from; i < Math.min(to, text.length); i++) {
      const before = levels[i];
      if (!before || RANK[before] < RANK[level]) levels[i] = level;
    }
  }
  const parts: LinePart[] = [];
  let start = Math.min(indent, text.length);
  for (let i = start + 1; i <= text.length; i++) {
    if (i < text.length && levels[i] === levels[start]) continue;
    const level = levels[start];
    parts.push({ text: text.slice(start, i), ...(level && { level }) });
    start = i;
  }
  return parts;
}
