import type { Position, PositionMap } from "./lua-site.js";
import { type MappedText, segmentAt, sourceOffset } from "./offset-map.js";

/** Offsets of the first character of each line; lines end with `\n`. */
export type LineStarts = readonly number[];

export function lineStarts(text: string): LineStarts {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** Line and column (1-based, UTF-16 units) of an offset. */
export function positionAt(starts: LineStarts, offset: number): Position {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - starts[low]! + 1 };
}

/** The position map of a text whose origin is the file with these lines: one segment per run, and one per line of the text. */
export function positionMap({ text, origin }: MappedText, starts: LineStarts): PositionMap {
  const segments: PositionMap["segments"][number][] = [];
  const begin = (offset: number) => segments.push({ offset, ...positionAt(starts, sourceOffset(origin, offset)) });
  for (const [index, { offset }] of origin.segments.entries()) {
    const end = origin.segments[index + 1]?.offset ?? text.length;
    begin(offset);
    for (let at = text.indexOf("\n", offset); at !== -1 && at + 1 < end; at = text.indexOf("\n", at + 1)) begin(at + 1);
  }
  return { segments };
}

/**
 * Where the character at `offset` of a script (UTF-16 units, 0-based) stands in the user's file. The offset just past the
 * last character gives the place just past it.
 */
export function locate(map: PositionMap, offset: number): Position {
  const segment = map.segments[segmentAt(map.segments, offset)];
  if (segment === undefined) return { line: 1, column: 1 };
  return { line: segment.line, column: segment.column + offset - segment.offset };
}

/** The offset of a script's own line (1-based) and column (0-based, as Lua parsers count), for `locate`. */
export function offsetOfLine(text: string, line: number, column: number): number {
  let start = 0;
  for (let current = 1; current < line; current++) {
    const end = text.indexOf("\n", start);
    if (end === -1) return text.length;
    start = end + 1;
  }
  return Math.min(start + column, text.length);
}
