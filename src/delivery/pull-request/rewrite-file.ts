import { type Document, isMap, isScalar, isSeq, type YAMLSeq } from "yaml";
import { CannotEdit } from "../yaml-edit/cannot-edit.js";
import { applyEdits, lineBreak, lineStart, type TextEdit } from "../yaml-edit/text-edit.js";
import {
  documentRange,
  indented,
  isEmpty,
  isReferredTo,
  itemLines,
  nodeAt,
  pairLines,
  pairOf,
  readYamlText,
  stepsOf,
  type TextRange,
  withCommentsAbove,
  withOneBlank,
  type YamlText,
} from "../yaml-edit/yaml-places.js";
import { yamlScalar } from "../yaml-edit/yaml-scalar.js";
import { checkRewrite, FILTER_CONFIG } from "./check-rewrite.js";
import { filterNameOf } from "./new-resource.js";
import { type Replacement, type ResourceChange, resourceChanges, type ScriptPlace } from "./script-places.js";

/**
 * A user's file with some of its scripts replaced: all else stays as it is, to the byte. Undefined where nothing would be left of the file.
 * The result is read again and compared with what is meant.
 * @throws CannotEdit, InputError
 */
export function rewriteFile(text: string, file: string, replacements: readonly Replacement[]): string | undefined {
  const yaml = readYamlText(text, file);
  const changes = resourceChanges(yaml, replacements);
  const gone = new Set(changes.filter(({ isGone, at }) => isGone && at.length === 0).map(({ document }) => document));
  if (yaml.documents.every((document, index) => isEmpty(document) || gone.has(index))) return undefined;
  const edits = changes.flatMap((change) =>
    change.isGone
      ? [withoutResource(yaml, change)]
      : change.places.flatMap((place) => [...editsFor(yaml, change, place), ...routeEdits(yaml, change, place)]),
  );
  const result = applyEdits(text, edits);
  checkRewrite(yaml, result, file, changes);
  return result;
}

function withoutResource(yaml: YamlText, { document, at }: ResourceChange): TextEdit {
  if (at.length === 0) return { ...documentRange(yaml, document), insert: "" };
  const list = nodeAt(yaml.documents[document]!.contents, at.slice(0, -1));
  if (!isSeq(list) || list.items.length === 1)
    throw new CannotEdit("nothing would be left of the list that the resource stands in");
  return removed(yaml, yaml.documents[document]!, list, Number(at.at(-1)));
}

function editsFor(yaml: YamlText, change: ResourceChange, { replacement, index }: ScriptPlace): TextEdit[] {
  const document = yaml.documents[change.document]!;
  const carrier = nodeAt(document.contents, [...change.at, ...change.carrier]);
  if (index === undefined || !isSeq(carrier)) return [replacedEntry(yaml, document, change, replacement)];
  const { part, keptWith } = replacement;
  if (keptWith !== undefined) {
    const lines = linesOf(yaml.text, carrier, index);
    const added =
      part === undefined
        ? []
        : [{ start: lines.end, end: lines.end, insert: shaped(yaml.text, part.text, lines.column, lines.end) }];
    return [...switchedOff(yaml.text, document, replacement, keptWith), ...added];
  }
  if (part === undefined) return [removed(yaml, document, carrier, index)];
  const lines = linesOf(yaml.text, carrier, index);
  refuseReferences(document, lines);
  return [{ ...pick(lines), insert: shaped(yaml.text, part.text, lines.column, lines.end) }];
}

function removed({ text }: YamlText, document: Document, list: YAMLSeq, index: number): TextEdit {
  const lines = linesOf(text, list, index);
  refuseReferences(document, lines);
  return { ...withOneBlank(text, withCommentsAbove(text, lines, lines.column)), insert: "" };
}

function linesOf(text: string, list: YAMLSeq, index: number): TextRange & { readonly column: number } {
  const lines = itemLines(text, list, index);
  if (lines === undefined) throw new CannotEdit("the patch is written in braces or shares its line with others");
  return lines;
}

function refuseReferences(document: Document, range: TextRange): void {
  if (isReferredTo(document, range)) throw new CannotEdit("the patch holds an anchor that something else refers to");
}

/** `lua:` of a TrafficExtension becomes `wasm:`. */
function replacedEntry(
  { text }: YamlText,
  document: Document,
  { at, carrier }: ResourceChange,
  { part, keptWith }: Replacement,
): TextEdit {
  if (keptWith !== undefined)
    throw new CannotEdit(
      "a TrafficExtension has no switch for its Lua; only an EnvoyFilter's can be kept switched off",
    );
  const spec = nodeAt(document.contents, [...at, carrier[0]]);
  const pair = isMap(spec) ? pairOf(spec, String(carrier[1])) : undefined;
  const lines = pair === undefined ? undefined : pairLines(text, pair);
  if (lines === undefined || part === undefined) throw new CannotEdit("the script is written in braces");
  refuseReferences(document, lines);
  return { ...pick(lines), insert: shaped(text, part.text, lines.column, lines.end) };
}

function pick({ start, end }: TextRange): TextRange {
  return { start, end };
}

/** Lines as they fit where they go: indentation, line breaks, and the end of the file. */
function shaped(text: string, lines: string, column: number, end: number): string {
  const moved = indented(lines, 0, column).replaceAll("\n", lineBreak(text));
  return end >= text.length && !text.endsWith("\n") ? moved.trimEnd() : moved;
}

/** Envoy's own switch: `disabled: true` on the HTTP filter. Two filters of one name would be mixed up, so the old one gives its name away. */
function switchedOff(text: string, document: Document, { site, part }: Replacement, keptWith: string): TextEdit[] {
  const path = site.filter.filterPath;
  const filter = path === undefined ? undefined : nodeAt(document.contents, stepsOf(path));
  const name = isMap(filter) ? pairOf(filter, "name") : undefined;
  const lines = name === undefined ? undefined : pairLines(text, name);
  if (!isMap(filter) || lines === undefined || !isScalar(name?.value))
    throw new CannotEdit("the Lua filter has no name to switch it off by");
  if (pairOf(filter, "disabled") !== undefined)
    throw new CannotEdit("the Lua filter is disabled already, until a route enables it");
  const indent = " ".repeat(lines.column);
  const off = { start: lines.end, end: lines.end, insert: `${indent}disabled: true # ${keptWith}${lineBreak(text)}` };
  const { range, value } = name.value;
  const taken = (part?.value as readonly unknown[] | undefined)?.some((patch) => filterNameOf(patch) === value);
  if (taken !== true) return [off];
  if (lineStart(text, range![0]) !== lines.start)
    throw new CannotEdit("the Lua filter's name does not stand beside its key");
  return [{ start: range![0], end: range![1], insert: yamlScalar(`${value}-lua`) }, off];
}

/** `LuaPerRoute` says nothing to a Wasm filter; "disabled" every filter understands as `FilterConfig`. */
function routeEdits(
  { text, documents }: YamlText,
  { document }: ResourceChange,
  { replacement }: ScriptPlace,
): TextEdit[] {
  const { routes } = replacement;
  return (routes?.paths ?? []).flatMap((path) => {
    const steps = stepsOf(path);
    const owner = nodeAt(documents[document]!.contents, steps.slice(0, -1));
    const pair = isMap(owner) ? pairOf(owner, String(steps.at(-1))) : undefined;
    const type = isMap(pair?.value) ? pair.value.get("@type", true) : undefined;
    if (!isMap(owner) || !isScalar(pair?.key) || !isScalar(type) || pairLines(text, pair) === undefined)
      throw new CannotEdit(`a route switches the filter off (${path}) in a way that cannot be changed here`);
    return [
      { start: pair.key.range![0], end: pair.key.range![1], insert: yamlScalar(routes!.filter) },
      { start: type.range![0], end: type.range![1], insert: FILTER_CONFIG },
    ];
  });
}
