import { type Document, isMap, isSeq, type YAMLSeq } from "yaml";
import { InputError } from "../../support/failure.js";
import { applyEdits } from "../yaml-edit/text-edit.js";
import {
  indented,
  itemLines,
  nodeAt,
  pairLines,
  pairOf,
  readYamlText,
  type TextRange,
} from "../yaml-edit/yaml-places.js";
import { yamlScalar } from "../yaml-edit/yaml-scalar.js";

/** A resource as `migrate` wrote it, and perhaps its owner changed it. */
export interface NewResource {
  /** File in `manifests/`. */
  readonly file: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  /** `spec` without what carries the filter. */
  readonly scope: object;
  /** What carries it: patches of an EnvoyFilter, the one of the HTTP filter first; `wasm` of a TrafficExtension. */
  readonly part?: readonly Piece[];
  /** To stand in a file of its own: without patches that carry no filter, which stay where they are. */
  readonly yaml: string;
}

/** Lines that begin in column 1, and what they mean. */
export interface Piece {
  readonly text: string;
  readonly value: unknown;
  /** Of a patch: its `value:`. */
  readonly body?: string;
}

/** @throws InputError where it is no resource */
export function readNewResource(yaml: string, file: string): NewResource {
  const { documents } = readYamlText(yaml, file);
  const [document] = documents;
  const value = document?.toJS() as ResourceValue | undefined;
  if (
    documents.length !== 1 ||
    document === undefined ||
    typeof value?.metadata?.name !== "string" ||
    typeof value.kind !== "string"
  )
    throw new InputError("not one resource with kind and name", { file });
  const { namespace } = value.metadata;
  return {
    file,
    kind: value.kind,
    name: value.metadata.name,
    ...(namespace === undefined ? {} : { namespace }),
    ...carrier(document, value, yaml),
  };
}

interface ResourceValue {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
  readonly spec?: Readonly<Record<string, unknown>>;
}

function carrier(
  document: Document,
  { kind, spec = {} }: ResourceValue,
  yaml: string,
): Pick<NewResource, "scope" | "part" | "yaml"> {
  if (kind === "EnvoyFilter") return patches(document, spec, yaml);
  if (kind === "TrafficExtension") return wasmEntry(document, spec, yaml);
  return { scope: spec, yaml };
}

function patches(
  document: Document,
  spec: Readonly<Record<string, unknown>>,
  yaml: string,
): Pick<NewResource, "scope" | "part" | "yaml"> {
  const { configPatches, ...scope } = spec;
  const list = nodeAt(document.contents, ["spec", "configPatches"]);
  if (!isSeq(list) || !Array.isArray(configPatches)) return { scope, yaml };
  const names = new Set(configPatches.filter(holdsWasm).map(filterNameOf));
  const isOwn = (patch: unknown): boolean =>
    holdsWasm(patch) || (isHttpFilter(patch) && names.has(filterNameOf(patch)));
  const own = configPatches.flatMap((patch, index) => (isOwn(patch) ? [patchPiece(yaml, list, index, patch)] : []));
  const others = list.items.flatMap((_, index) => {
    const lines = isOwn(configPatches[index]) ? undefined : itemLines(yaml, list, index);
    return lines === undefined ? [] : [{ ...lines, insert: "" }];
  });
  const part = own.toSorted((one, other) => Number(isHttpFilter(other.value)) - Number(isHttpFilter(one.value)));
  return { scope, part, yaml: applyEdits(yaml, others) };
}

function patchPiece(yaml: string, list: YAMLSeq, index: number, value: unknown): Piece {
  const lines = itemLines(yaml, list, index);
  if (lines === undefined) throw new InputError("a patch of the new EnvoyFilter is not in lines of its own");
  const patch = nodeAt(list.items[index], ["patch"]);
  const body = isMap(patch) ? pairOf(patch, "value") : undefined;
  const bodyLines = body === undefined ? undefined : pairLines(yaml, body);
  return {
    text: outdented(yaml, lines),
    value,
    ...(bodyLines === undefined ? {} : { body: outdented(yaml, bodyLines) }),
  };
}

function wasmEntry(
  document: Document,
  spec: Readonly<Record<string, unknown>>,
  yaml: string,
): Pick<NewResource, "scope" | "part" | "yaml"> {
  const { wasm, ...scope } = spec;
  const map = nodeAt(document.contents, ["spec"]);
  const pair = isMap(map) ? pairOf(map, "wasm") : undefined;
  const lines = pair === undefined ? undefined : pairLines(yaml, pair);
  if (lines === undefined) return { scope, yaml };
  return { scope, yaml, part: [{ text: outdented(yaml, lines), value: wasm }] };
}

function outdented(yaml: string, { start, end, column }: TextRange & { readonly column: number }): string {
  const text = indented(yaml.slice(start, end), column, 0);
  return text.endsWith("\n") ? text : `${text}\n`;
}

interface Patch {
  readonly applyTo?: string;
  readonly patch?: {
    readonly value?: {
      readonly name?: string;
      readonly typed_config?: { readonly "@type"?: string; readonly type_url?: string };
    };
  };
}

const WASM_TYPE = /\/envoy\.extensions\.filters\.http\.wasm\.v3\.Wasm$/;

function holdsWasm(patch: unknown): boolean {
  const config = (patch as Patch).patch?.value?.typed_config;
  return WASM_TYPE.test(config?.type_url ?? config?.["@type"] ?? "");
}

function isHttpFilter(patch: unknown): boolean {
  return (patch as Patch).applyTo === "HTTP_FILTER";
}

export function filterNameOf(patch: unknown): string | undefined {
  return (patch as Patch).patch?.value?.name;
}

/** The resource with the labels of the one that it replaces, which may say which control plane takes it (`istio.io/rev`). */
export function withLabels({ yaml, file }: NewResource, labels: Readonly<Record<string, string>>): string {
  const entries = Object.entries(labels);
  const { documents } = readYamlText(yaml, file);
  const metadata = nodeAt(documents[0]?.contents, ["metadata"]);
  if (entries.length === 0 || !isMap(metadata) || pairOf(metadata, "labels") !== undefined) return yaml;
  const last = metadata.items.at(-1);
  const lines = last === undefined ? undefined : pairLines(yaml, last);
  if (lines === undefined) return yaml;
  const indent = " ".repeat(lines.column);
  const written = entries.map(([name, value]) => `${indent}  ${yamlScalar(name)}: ${yamlScalar(value)}\n`);
  return applyEdits(yaml, [{ start: lines.end, end: lines.end, insert: `${indent}labels:\n${written.join("")}` }]);
}
