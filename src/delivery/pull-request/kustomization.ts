import { posix } from "node:path";
import { isMap, isScalar, isSeq, type Node, type Scalar, type YAMLSeq } from "yaml";
import { CannotEdit } from "../yaml-edit/cannot-edit.js";
import { applyEdits, lineBreak, lineStart, nextLine, type TextEdit } from "../yaml-edit/text-edit.js";
import {
  isBlock,
  itemLines,
  nodeAt,
  readYamlText,
  withCommentsAbove,
  type YamlText,
} from "../yaml-edit/yaml-places.js";
import { yamlScalar } from "../yaml-edit/yaml-scalar.js";

/** One file of resources that is replaced, or gets company. */
export interface ResourceFileChange {
  readonly file: string;
  readonly isDeleted: boolean;
  /** Files that come to stand beside it. */
  readonly added: readonly string[];
}

export function isKustomization(file: string): boolean {
  return /^(?:kustomization\.ya?ml|Kustomization)$/.test(posix.basename(file));
}

/**
 * A kustomization with its list of resources brought up to date; the text itself where it does not name the file.
 * @throws CannotEdit where it uses the file in another way, InputError where it is no YAML
 */
export function withResources(text: string, file: string, change: ResourceFileChange): string {
  const yaml = readYamlText(text, file);
  const resources = nodeAt(yaml.documents[0]?.contents, ["resources"]);
  const folder = posix.dirname(file);
  const isNamed = (node: unknown): node is Scalar<string> =>
    isScalar(node) && typeof node.value === "string" && posix.join(folder, node.value) === change.file;
  if (change.isDeleted) refuseOtherUses(yaml, file, isNamed);
  const index = isSeq(resources) ? resources.items.findIndex(isNamed) : -1;
  if (!isSeq(resources) || index === -1) return text;
  const present = new Set(
    resources.items.map((item) => (isScalar(item) ? posix.join(folder, String(item.value)) : "")),
  );
  const added = change.added.filter((one) => !present.has(one)).map((one) => yamlScalar(posix.relative(folder, one)));
  const edit = isBlock(resources)
    ? blockEdit(text, resources, index, added, change)
    : flowEdit(text, resources, index, added, change);
  return edit === undefined ? text : applyEdits(text, [edit]);
}

function blockEdit(
  text: string,
  list: YAMLSeq,
  index: number,
  added: readonly string[],
  { isDeleted }: ResourceFileChange,
): TextEdit | undefined {
  const lines = itemLines(text, list, index);
  if (lines === undefined) throw new CannotEdit("the resources of a kustomization share their lines with others");
  const indent = " ".repeat(lines.column);
  const atEnd = text.endsWith("\n") ? "" : lineBreak(text);
  const inserted = added.map((one) => `${indent}- ${one}${lineBreak(text)}`).join("");
  if (!isDeleted)
    return added.length === 0
      ? undefined
      : { start: lines.end, end: lines.end, insert: (lines.end === text.length ? atEnd : "") + inserted };
  if (added.length > 0) return { start: lines.start, end: lines.end, insert: inserted };
  if (list.items.length > 1) return { ...withCommentsAbove(text, lines, lines.column), insert: "" };
  const key = text.lastIndexOf("resources", lines.start);
  const end = nextLine(text, key);
  return { start: text.lastIndexOf(":", end) + 1, end: lines.end, insert: ` []${lineBreak(text)}` };
}

/** `resources: [a.yaml, b.yaml]` */
function flowEdit(
  text: string,
  list: YAMLSeq,
  index: number,
  added: readonly string[],
  { isDeleted }: ResourceFileChange,
): TextEdit | undefined {
  const { range } = list.items[index] as Node;
  const [start, end] = range!;
  if (!isDeleted)
    return added.length === 0 ? undefined : { start: end, end, insert: added.map((one) => `, ${one}`).join("") };
  if (added.length > 0) return { start, end, insert: added.join(", ") };
  const comma = /^\s*,\s*/.exec(text.slice(end))?.[0].length;
  if (comma !== undefined) return { start, end: end + comma, insert: "" };
  const before = /,\s*$/.exec(text.slice(lineStart(text, start), start))?.[0].length ?? 0;
  return { start: start - before, end, insert: "" };
}

const OTHER_USES = [
  "patches",
  "patchesStrategicMerge",
  "patchesJson6902",
  "components",
  "crds",
  "transformers",
  "generators",
];

function refuseOtherUses({ documents }: YamlText, file: string, isNamed: (node: unknown) => boolean): void {
  for (const key of OTHER_USES) {
    const list = nodeAt(documents[0]?.contents, [key]);
    const uses =
      isSeq(list) && list.items.some((item) => isNamed(item) || (isMap(item) && isNamed(item.get("path", true))));
    if (uses) throw new CannotEdit(`${file} uses the file under ${key}`);
  }
}

/** Where a kustomization patches a resource by its name or kind, and so might miss what it patched. */
export function patchesResource(
  text: string,
  file: string,
  resource: { readonly kind: string; readonly name: string },
): boolean {
  const contents = readYamlText(text, file).documents[0]?.toJS() as
    | Readonly<Record<string, unknown>>
    | null
    | undefined;
  return ["patches", "patchesJson6902"].some((key) => {
    const patches = contents?.[key];
    return (
      Array.isArray(patches) &&
      patches.some(
        ({ target }: { target?: { kind?: string; name?: string } }) => target !== undefined && fits(target, resource),
      )
    );
  });
}

function fits(
  target: { readonly kind?: string; readonly name?: string },
  { kind, name }: { readonly kind: string; readonly name: string },
): boolean {
  const named = target.name === undefined || matches(target.name, name);
  return (
    named &&
    (target.kind === undefined || matches(target.kind, kind)) &&
    (target.name !== undefined || target.kind !== undefined)
  );
}

/** Kustomize reads both as anchored regular expressions; only the plain ones and `.*` are looked at here, anything else counts as a hit. */
function matches(pattern: string, value: string): boolean {
  return /^[\w.-]*$/.test(pattern) && !pattern.includes(".*") ? pattern === value : true;
}
