import { copiedFrom, type MappedText, through } from "./offset-map.js";

/**
 * A manifest cut out of its middle begins deeper than it goes on and does not parse. The pieces that can stand alone: each ends where a
 * line is indented less than the piece's first. Empty where the text does not look like that.
 */
export function excerptPieces({ text, origin }: MappedText): MappedText[] {
  const starts: number[] = [];
  let indent = 0;
  for (let start = 0; start < text.length; ) {
    const end = (text.indexOf("\n", start) + 1 || text.length + 1) - 1;
    const line = text.slice(start, end);
    const own = line.length - line.trimStart().length;
    if (line.trim() !== "" && !line.trimStart().startsWith("#") && (starts.length === 0 || own < indent)) {
      starts.push(start);
      indent = own;
    }
    start = end + 1;
  }
  if (starts.length < 2) return [];
  return starts.map((start, index) => through(copiedFrom(start, text.slice(start, starts[index + 1])), origin));
}
