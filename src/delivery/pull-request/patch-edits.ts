import { isDeepStrictEqual } from "node:util";
import { type Document, isMap, isScalar, type Node, type YAMLSeq } from "yaml";
import { CannotEdit } from "../yaml-edit/cannot-edit.js";
import { lineBreak, type TextEdit } from "../yaml-edit/text-edit.js";
import {
  indented,
  isReferredTo,
  itemLines,
  nodeAt,
  pairLines,
  pairOf,
  stepsOf,
  type TextRange,
  withCommentsAbove,
  withOneBlank,
} from "../yaml-edit/yaml-places.js";
import { yamlScalar } from "../yaml-edit/yaml-scalar.js";
import { filterNameOf, type Piece } from "./new-resource.js";
import type { Replacement } from "./script-places.js";

/** An item of a list: most often a patch of `configPatches`. */
export interface ListItem {
  readonly document: Document;
  readonly list: YAMLSeq;
  readonly index: number;
}

/** The item goes, with the comments that belong to it. */
export function removedItem(text: string, item: ListItem): TextEdit {
  const lines = linesOf(text, item);
  refuseReferences(item.document, lines);
  return { ...withOneBlank(text, withCommentsAbove(text, lines, lines.column)), insert: "" };
}

/** Only the patch's `value` changes where all around it stays the same; what else the filter needs follows behind the patch. */
export function replacedPatch(text: string, item: ListItem, part: readonly Piece[]): TextEdit[] {
  const [first, ...others] = part as readonly [Piece, ...Piece[]];
  const lines = linesOf(text, item);
  const node = item.list.items[item.index] as Node;
  const patch = nodeAt(node, ["patch"]);
  const value = isMap(patch) ? pairOf(patch, "value") : undefined;
  const valueLines = value === undefined ? undefined : pairLines(text, value);
  const same = isDeepStrictEqual(frameOf(node.toJS(item.document)), frameOf(first.value));
  if (!same || valueLines === undefined || first.body === undefined) {
    refuseReferences(item.document, lines);
    const all = part.map((piece) => piece.text).join("");
    return [{ start: lines.start, end: lines.end, insert: shaped(text, all, lines.column, lines) }];
  }
  refuseReferences(item.document, valueLines);
  const body = {
    start: valueLines.start,
    end: valueLines.end,
    insert: shaped(text, first.body, valueLines.column, valueLines),
  };
  return [body, ...insertedBehind(text, lines, others, body)];
}

/** The Lua filter stays, switched off; what does its work now follows behind it. */
export function keptPatch(text: string, item: ListItem, replacement: Replacement, why: string): TextEdit[] {
  const lines = linesOf(text, item);
  return [
    ...switchedOff(text, item.document, replacement, why),
    ...insertedBehind(text, lines, replacement.part ?? []),
  ];
}

/** All of a patch but what it puts in. */
function frameOf(item: unknown): unknown {
  const { patch, ...rest } = item as { readonly patch?: { readonly value?: unknown } };
  const { value: _, ...others } = patch ?? {};
  return { ...rest, patch: others };
}

function linesOf(text: string, { list, index }: ListItem): TextRange & { readonly column: number } {
  const lines = itemLines(text, list, index);
  if (lines === undefined) throw new CannotEdit("the patch is written in braces or shares its line with others");
  return lines;
}

export function refuseReferences(document: Document, range: TextRange): void {
  if (isReferredTo(document, range)) throw new CannotEdit("the patch holds an anchor that something else refers to");
}

/** Lines as they fit where they go: indentation, line breaks, and the end of the file. */
export function shaped(text: string, lines: string, column: number, { end }: TextRange): string {
  const moved = indented(lines, 0, column).replaceAll("\n", lineBreak(text));
  return end >= text.length && !text.endsWith("\n") ? moved.trimEnd() : moved;
}

/** @param before an edit that may end where this one begins, and has put the file's last line break in its place */
function insertedBehind(
  text: string,
  { end, column }: TextRange & { readonly column: number },
  pieces: readonly Piece[],
  before?: TextEdit,
): TextEdit[] {
  if (pieces.length === 0) return [];
  const lines = shaped(text, pieces.map((piece) => piece.text).join(""), column, { start: end, end });
  const atOpenEnd = end >= text.length && !(before?.end === end ? before.insert : text).endsWith("\n");
  return [{ start: end, end, insert: atOpenEnd ? lineBreak(text) + lines : lines }];
}

/** Envoy's own switch: `disabled: true` on the HTTP filter. Two filters of one name would be mixed up, so the old one gives its name away. */
function switchedOff(text: string, document: Document, { site, part }: Replacement, why: string): TextEdit[] {
  const path = site.filter.filterPath;
  const filter = path === undefined ? undefined : nodeAt(document.contents, stepsOf(path));
  const name = isMap(filter) ? pairOf(filter, "name") : undefined;
  const lines = name === undefined ? undefined : pairLines(text, name);
  if (!isMap(filter) || lines === undefined || !isScalar(name?.value))
    throw new CannotEdit("the Lua filter has no name to switch it off by");
  if (pairOf(filter, "disabled") !== undefined)
    throw new CannotEdit("the Lua filter is disabled already, until a route enables it");
  const { start, end, column } = lines;
  const off = { start: end, end, insert: `${" ".repeat(column)}disabled: true # ${why}${lineBreak(text)}` };
  const { range, value } = name.value;
  if (part?.some((piece) => filterNameOf(piece.value) === value) !== true) return [off];
  if (text.lastIndexOf("\n", range![0]) + 1 !== start)
    throw new CannotEdit("the Lua filter's name does not stand beside its key");
  return [{ start: range![0], end: range![1], insert: yamlScalar(`${value}-lua`) }, off];
}
