import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseAllDocuments,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { InputError } from "../../support/failure.js";
import { lineStart, nextLine } from "./text-edit.js";

/** A file's text with the documents in it; every offset is one of the text's (UTF-16 units). */
export interface YamlText {
  readonly text: string;
  readonly documents: readonly Document[];
}

/** `text[start, end)`. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** @throws InputError where it is no YAML */
export function readYamlText(text: string, file: string): YamlText {
  const documents = [
    ...parseAllDocuments(text, { keepSourceTokens: true, logLevel: "silent", uniqueKeys: false }),
  ] as Document[];
  const fault = documents.flatMap(({ errors }) => errors)[0];
  if (fault !== undefined)
    throw new InputError(`not readable as YAML: ${fault.message.split("\n")[0]?.replace(/:$/, "")}`, { file });
  return { text, documents };
}

export type Step = string | number;

/** `spec.configPatches[0].data["a.yaml"]` (as in `LuaSource.path`) in steps. */
export function stepsOf(path: string): readonly Step[] {
  const steps = path.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g);
  return [...steps].map(([, index, quoted, key]) => (index !== undefined ? Number(index) : (quoted ?? key!)));
}

/** The node at the end of the steps; undefined where there is none, or an alias stands in the way. */
export function nodeAt(root: unknown, steps: readonly Step[]): Node | undefined {
  let node = root;
  for (const step of steps) {
    if (isMap(node)) node = pairOf(node, String(step))?.value;
    else if (isSeq(node) && typeof step === "number") node = node.items[step];
    else return undefined;
  }
  return isCollection(node) || isScalar(node) ? (node as Node) : undefined;
}

export function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

/** Of what is written in lines of its own; false inside of braces and brackets. */
export function isBlock(node: unknown): boolean {
  return isCollection(node) && node.flow !== true;
}

/**
 * The lines of an item of a list in block style, from its dash to its last line, with the comments that stand deeper than the dash below it.
 * Undefined where it shares its first line with something else.
 */
export function itemLines(
  text: string,
  list: YAMLSeq,
  index: number,
): (TextRange & { readonly column: number }) | undefined {
  const item = list.items[index] as Node | undefined;
  if (item?.range === undefined || item.range === null || !isBlock(list)) return undefined;
  const dash = text.lastIndexOf("-", item.range[0] - 1);
  const start = lineStart(text, dash);
  if (text.slice(start, dash).trim() !== "") return undefined;
  const column = dash - start;
  return { start, end: endOfBlock(text, contentEnd(text, item.range[0], item.range[1]), column), column };
}

/** The lines of a key and its value in a map in block style; undefined where they share their first line with something else. */
export function pairLines(text: string, { key, value }: Pair): (TextRange & { readonly column: number }) | undefined {
  const at = (key as Node).range![0];
  const start = lineStart(text, at);
  if (text.slice(start, at).trim() !== "") return undefined;
  const last = (value as Node | null)?.range ?? (key as Node).range!;
  const column = at - start;
  return { start, end: endOfBlock(text, contentEnd(text, at, last[1]), column), column };
}

/** Behind the last character that is not white space. */
function contentEnd(text: string, start: number, end: number): number {
  return start + text.slice(start, end).trimEnd().length;
}

/** Behind the line of `end` and the comments below it that are indented deeper than `column`. */
function endOfBlock(text: string, end: number, column: number): number {
  let at = nextLine(text, end);
  for (let probe = at; probe < text.length; probe = nextLine(text, probe)) {
    const line = text.slice(probe, nextLine(text, probe));
    const indent = line.search(/\S/);
    if (indent === -1) continue;
    if (indent <= column || line[indent] !== "#") break;
    at = nextLine(text, probe);
  }
  return at;
}

/** The lines with the comments that stand right above them, as deep as they do. */
export function withCommentsAbove(text: string, { start, end }: TextRange, column: number): TextRange {
  let from = start;
  while (from > 0) {
    const above = lineStart(text, from - 1);
    const line = text.slice(above, from);
    if (line.search(/\S/) !== column || line[column] !== "#") break;
    from = above;
  }
  return { start: from, end };
}

/** One of the blank lines that would meet where the lines are taken out goes with them. */
export function withOneBlank(text: string, { start, end }: TextRange): TextRange {
  const above = start === 0 ? "" : text.slice(lineStart(text, start - 1), start);
  const below = text.slice(end, nextLine(text, end));
  const isBlank = (line: string): boolean => line.trim() === "";
  if (start > 0 && isBlank(above) && (isBlank(below) || end >= text.length))
    return { start: lineStart(text, start - 1), end };
  return { start, end };
}

/** Of what has nothing but comments between its markers. */
export function isEmpty({ contents }: Document): boolean {
  return contents === null || (isScalar(contents) && contents.value === null);
}

/** A document with its `---`; the comments at the head of a file stay where a blank line parts them from the first document. */
export function documentRange({ text, documents }: YamlText, index: number): TextRange {
  return { start: documentStart(text, documents, index), end: documentStart(text, documents, index + 1) };
}

function documentStart(text: string, documents: readonly Document[], index: number): number {
  const document = documents[index];
  if (document === undefined) return text.length;
  const content = contentStart(document);
  const before = index === 0 ? 0 : contentsEnd(documents[index - 1]!);
  const marker = /(?:^|\n)(?=---(?:\s|$))/g;
  let found: number | undefined;
  for (const match of text.slice(before, content + 3).matchAll(marker)) found = before + match.index + match[0].length;
  if (found !== undefined && found <= content) return found;
  return index === 0 ? withCommentsAbove(text, { start: lineStart(text, content), end: content }, 0).start : content;
}

function contentStart(document: Document): number {
  const { contents, range } = document as unknown as {
    readonly contents: Node | null;
    readonly range: readonly number[];
  };
  return contents?.range?.[0] ?? range[1]!;
}

function contentsEnd(document: Document): number {
  const { contents, range } = document as unknown as {
    readonly contents: Node | null;
    readonly range: readonly number[];
  };
  return contents?.range?.[1] ?? range[1]!;
}

/** Whether something in the document refers to an anchor that stands in `range` from outside of it. */
export function isReferredTo(document: Document, { start, end }: TextRange): boolean {
  const inside = (node: Node): boolean =>
    node.range !== undefined && node.range !== null && node.range[0] >= start && node.range[0] < end;
  const anchors = new Set<string>();
  const aliases: string[] = [];
  visit(document, {
    Node(_, node) {
      if (isAlias(node)) {
        if (!inside(node)) aliases.push(node.source);
      } else if (inside(node) && (node as { anchor?: string }).anchor !== undefined)
        anchors.add((node as { anchor?: string }).anchor!);
    },
  });
  return aliases.some((name) => anchors.has(name));
}

/** The text of some lines moved to another column; `text` begins at the start of a line. */
export function indented(text: string, from: number, to: number): string {
  const moved = (line: string): string => {
    if (line.trim() === "") return line;
    return to >= from ? " ".repeat(to - from) + line : line.slice(Math.min(from - to, line.search(/\S/)));
  };
  return text.split("\n").map(moved).join("\n");
}
