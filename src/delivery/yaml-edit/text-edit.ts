/** `text[start, end)` becomes `insert`. Offsets in UTF-16 units. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly insert: string;
}

/** Applies edits that do not overlap; what none of them names stays as it is, to the byte. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = "";
  let at = 0;
  for (const { start, end, insert } of edits.toSorted((one, other) => one.start - other.start || one.end - other.end)) {
    if (start < at) throw new RangeError(`edits overlap at ${start}`);
    result += text.slice(at, start) + insert;
    at = end;
  }
  return result + text.slice(at);
}

/** Where the line begins that `offset` stands in. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

/** Behind the line break of the line that `offset` stands in. */
export function nextLine(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end === -1 ? text.length : end + 1;
}

/** As the text has them. */
export function lineBreak(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}
