import type { Location, RelatedPlace } from "../../analyzer/assessment.js";
import type { FileLines } from "./audit-report.js";

export interface FrameLine {
  /** Undefined for a line of marks. */
  readonly number: number | undefined;
  readonly text: string;
  readonly kind: "context" | "marked" | "marks" | "related-marks" | "gap";
}

const CONTEXT = 1;
const TAB = "    ";

/** The lines around a finding as they stand in the user's file, with marks under the place and under what it relates to. */
export function codeFrame(
  lines: FileLines,
  location: Location,
  related: readonly RelatedPlace[],
): readonly FrameLine[] {
  const near = related.filter(
    (place) => place.location.file === location.file && Math.abs(place.location.startLine - location.startLine) <= 40,
  );
  const wanted = wantedLines(lines, location, near);
  const indent = commonIndent(wanted.map((number) => lines.line(number)));
  const frame: FrameLine[] = [];
  let previous: number | undefined;
  for (const number of wanted) {
    if (previous !== undefined && number > previous + 1) frame.push({ number: undefined, text: "⋯", kind: "gap" });
    previous = number;
    const marked = number >= location.startLine && number <= lastMarked(location);
    const text = lines.line(number);
    frame.push({ number, text: expand(text.slice(indent)), kind: marked ? "marked" : "context" });
    if (number === location.startLine)
      frame.push({ number: undefined, text: marks(text, location, indent, "^"), kind: "marks" });
    for (const { location: place, message } of near) {
      if (place.startLine !== number) continue;
      frame.push({ number: undefined, text: `${marks(text, place, indent, "~")} ${message}`, kind: "related-marks" });
    }
  }
  return frame;
}

/** A place of many lines is shown by its first ones. */
function lastMarked({ startLine, endLine }: Location): number {
  return Math.min(endLine, startLine + 2);
}

function wantedLines(lines: FileLines, location: Location, related: readonly RelatedPlace[]): readonly number[] {
  const wanted = new Set<number>();
  for (let number = location.startLine - CONTEXT; number <= lastMarked(location) + CONTEXT; number++) {
    const beside = number < location.startLine || number > lastMarked(location);
    if (number >= 1 && number <= lines.count && !(beside && lines.line(number).trim() === "")) wanted.add(number);
  }
  for (const { location: place } of related) wanted.add(place.startLine);
  return [...wanted].toSorted((a, b) => a - b);
}

function commonIndent(texts: readonly string[]): number {
  const indents = texts.filter((text) => text.trim() !== "").map((text) => text.length - text.trimStart().length);
  return indents.length === 0 ? 0 : Math.min(...indents);
}

function expand(text: string): string {
  return text.replaceAll("\t", TAB);
}

function marks(
  text: string,
  { startLine, startColumn, endLine, endColumn }: Location,
  indent: number,
  mark: string,
): string {
  const end = endLine === startLine ? endColumn - 1 : text.trimEnd().length;
  const before = expand(text.slice(indent, startColumn - 1));
  const under = expand(text.slice(startColumn - 1, Math.max(end, startColumn)));
  return " ".repeat(width(before)) + mark.repeat(Math.max(1, width(under)));
}

/** Columns on a terminal: East Asian wide characters and most emoji take two. */
function width(text: string): number {
  let columns = 0;
  for (const character of text) {
    columns += /\p{Mark}/u.test(character)
      ? 0
      : /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u.test(
            character,
          )
        ? 2
        : 1;
  }
  return columns;
}
