import { isMap, isScalar, isSeq } from "yaml";
import { CannotEdit } from "../yaml-edit/cannot-edit.js";
import { applyEdits, type TextEdit } from "../yaml-edit/text-edit.js";
import {
  documentRange,
  isEmpty,
  nodeAt,
  pairLines,
  pairOf,
  readYamlText,
  stepsOf,
  type YamlText,
} from "../yaml-edit/yaml-places.js";
import { yamlScalar } from "../yaml-edit/yaml-scalar.js";
import { checkRewrite, FILTER_CONFIG } from "./check-rewrite.js";
import { keptPatch, refuseReferences, removedItem, replacedPatch, shaped } from "./patch-edits.js";
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
  return removedItem(yaml.text, { document: yaml.documents[document]!, list, index: Number(at.at(-1)) });
}

function editsFor(yaml: YamlText, change: ResourceChange, { replacement, index }: ScriptPlace): TextEdit[] {
  const document = yaml.documents[change.document]!;
  const list = nodeAt(document.contents, [...change.at, ...change.carrier]);
  if (index === undefined || !isSeq(list)) return [replacedEntry(yaml, change, replacement)];
  const item = { document, list, index };
  const { part, keptWith } = replacement;
  if (keptWith !== undefined) return keptPatch(yaml.text, item, replacement, keptWith);
  return part === undefined ? [removedItem(yaml.text, item)] : replacedPatch(yaml.text, item, part);
}

/** `lua:` of a TrafficExtension becomes `wasm:`. */
function replacedEntry(
  { text, documents }: YamlText,
  { document, at, carrier }: ResourceChange,
  { part, keptWith }: Replacement,
): TextEdit {
  if (keptWith !== undefined)
    throw new CannotEdit(
      "a TrafficExtension has no switch for its Lua; only an EnvoyFilter's can be kept switched off",
    );
  const spec = nodeAt(documents[document]!.contents, [...at, carrier[0]]);
  const pair = isMap(spec) ? pairOf(spec, String(carrier[1])) : undefined;
  const lines = pair === undefined ? undefined : pairLines(text, pair);
  const [piece] = part ?? [];
  if (lines === undefined || piece === undefined) throw new CannotEdit("the script is written in braces");
  refuseReferences(documents[document]!, lines);
  return { start: lines.start, end: lines.end, insert: shaped(text, piece.text, lines.column, lines) };
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
