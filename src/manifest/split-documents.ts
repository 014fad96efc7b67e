import { copiedFrom, type MappedText } from "./offset-map.js";

/** A part of a file that can be parsed on its own. */
export interface DocumentPart {
  readonly source: MappedText;
  /** 0-based index of the YAML document that it is, or is a part of. */
  readonly document: number;
  /** Where the part stands in its document; empty for a whole document. */
  readonly path: string;
}

/**
 * The documents of a file, so that only those that mention Lua need parsing. `---` and `...` at the start of a line end a document
 * wherever they stand (YAML 1.2 §9.1.2: no scalar may contain them). A long `List`, as a cluster prints it, comes item by item.
 * Undefined where the text has directives (`%YAML`, `%TAG`), which reach across.
 */
export function splitDocuments(text: string): DocumentPart[] | undefined {
  if (/(^|\n)%(YAML|TAG)\b/.test(text)) return undefined;
  const parts: DocumentPart[] = [];
  let document = 0;
  let start = 0;
  let explicit = false;
  for (const marker of [...documentMarkers(text), undefined]) {
    const end = marker?.offset ?? text.length;
    const body = text.slice(start, end);
    if (explicit || hasContent(body)) parts.push(...splitLongList(copiedFrom(start, body), document++));
    if (marker === undefined) break;
    // The marker's own line stays: a document may begin on it.
    start = marker.opens ? end : end + 3;
    explicit = marker.opens;
  }
  return parts;
}

function* documentMarkers(text: string): Generator<{ offset: number; opens: boolean }> {
  for (const match of text.matchAll(/(?:^|\n)(---|\.\.\.)(?=\s|$)/g)) {
    yield { offset: match.index + match[0].length - 3, opens: match[1] === "---" };
  }
}

/** More than comments and blank lines. */
function hasContent(body: string): boolean {
  return /^[^\S\n]*[^\s#]/m.test(body);
}

const LONG_LIST = 256 * 1024;

function splitLongList(source: MappedText, document: number): DocumentPart[] {
  const whole = { source, document, path: "" };
  if (source.text.length < LONG_LIST) return [whole];
  const items = /^\s*[{[]/.test(source.text) ? jsonItems(source.text) : yamlItems(source.text);
  if (items.length === 0) return [whole];
  const base = source.origin.segments[0]!.source;
  return items.map(([start, end], index) => ({
    source: copiedFrom(base + start, source.text.slice(start, end)),
    document,
    path: `items[${index}]`,
  }));
}

type Range = readonly [start: number, end: number];

/** The items of a top-level `items:` in block style: lines that start with `- ` at the items' indentation. Each keeps its dash. */
function yamlItems(text: string): Range[] {
  const head = /^items:[ \t]*\r?\n(?=( *)- )/m.exec(text);
  if (head === null) return [];
  const dash = `${head[1]!}- `;
  const from = head.index + head[0].length;
  const end = endOfList(text, from, dash);
  const starts = [from];
  for (let at = text.indexOf(`\n${dash}`, from); at !== -1 && at < end; at = text.indexOf(`\n${dash}`, at + 1)) {
    starts.push(at + 1);
  }
  return starts.map((start, index) => [start, starts[index + 1] ?? end]);
}

/** The next key of the list's own map: in block style, the first line that starts in column 1 with anything but a dash. */
function endOfList(text: string, from: number, dash: string): number {
  const key = /\n(?=[^\s#-])/g;
  key.lastIndex = from;
  const found = key.exec(text);
  return found === null || dash.length === 0 ? text.length : found.index + 1;
}

/** The elements of a top-level array, or of the array `items` of a top-level object. */
function jsonItems(text: string): Range[] {
  const listDepth = /^\s*\[/.test(text) ? 1 : 2;
  const ranges: Range[] = [];
  let depth = 0;
  let key = "";
  let start = -1;
  for (let at = 0; at < text.length; at++) {
    const mark = text[at];
    if (mark === '"') {
      const end = endOfString(text, at);
      if (depth === 1) key = text.slice(at, end + 1);
      at = end;
    } else if (mark === "{" || mark === "[") {
      depth++;
      if (depth === listDepth && mark === "[" && (listDepth === 1 || key === '"items"')) start = at + 1;
    } else if (start !== -1 && depth === listDepth && (mark === "," || mark === "]")) {
      if (text.slice(start, at).trim() !== "") ranges.push([start, at]);
      start = at + 1;
      if (mark === "]") return ranges;
    } else if (mark === "}" || mark === "]") depth--;
  }
  return [];
}

function endOfString(text: string, quote: number): number {
  for (let at = quote + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}
