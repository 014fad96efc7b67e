import { type Entry, type MapNode, TreeTooLarge, type YamlNode } from "./yaml-tree.js";

/** Protobuf's JSON form takes both spellings of a field: `inline_code` and `inlineCode`. The name is given in snake case. */
export function entry(node: YamlNode | undefined, name: string): Entry | undefined {
  if (node?.kind !== "map") return undefined;
  return node.entries.get(name) ?? (name.includes("_") ? node.entries.get(camelCase(name)) : undefined);
}

function camelCase(name: string): string {
  const [first = "", ...rest] = name.split("_");
  return first + rest.map((word) => word[0]!.toUpperCase() + word.slice(1)).join("");
}

/** The value at the end of a path of field names. */
export function field(node: YamlNode | undefined, ...names: readonly string[]): YamlNode | undefined {
  return names.reduce<YamlNode | undefined>((at, name) => entry(at, name)?.value, node);
}

/** A scalar's text; nothing for an absent field, an empty one, or one that holds a map or list. */
export function textField(node: YamlNode | undefined, ...names: readonly string[]): string | undefined {
  const value = field(node, ...names);
  return value?.kind === "text" && value.value !== "" ? value.value : undefined;
}

export function numberField(node: YamlNode | undefined, ...names: readonly string[]): number | undefined {
  const value = field(node, ...names);
  const read = value === undefined ? undefined : plain(value);
  return typeof read === "number" ? read : undefined;
}

export function booleanField(node: YamlNode | undefined, ...names: readonly string[]): boolean | undefined {
  const value = field(node, ...names);
  const read = value === undefined ? undefined : plain(value);
  return typeof read === "boolean" ? read : undefined;
}

/** The items of a list; a missing or other value has none. */
export function items(node: YamlNode | undefined): readonly YamlNode[] {
  return node?.kind === "list" ? node.items : [];
}

/** Labels and the like: a map of strings. */
export function stringMap(node: YamlNode | undefined): Readonly<Record<string, string>> | undefined {
  if (node?.kind !== "map") return undefined;
  const pairs = [...node.entries.values()].flatMap(({ key, value }) =>
    value.kind === "text" ? [[key, value.value] as const] : [],
  );
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}

/** `a.b[0]["c d"]` */
export function join(path: string, step: string | number): string {
  if (typeof step === "number") return `${path}[${step}]`;
  if (!/^[A-Za-z_$@][\w$-]*$/.test(step)) return `${path}[${JSON.stringify(step)}]`;
  return path === "" ? step : `${path}.${step}`;
}

/** An object with the fields that are there: for `exactOptionalPropertyTypes`. */
export function defined<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

const MAX_PLAIN_NODES = 50_000;

/**
 * A subtree as plain data, scalars read as Kubernetes reads them.
 * @throws TreeTooLarge when aliases make it larger than any manifest
 */
export function plain(node: YamlNode): unknown {
  let budget = MAX_PLAIN_NODES;
  const read = (at: YamlNode): unknown => {
    if (budget-- <= 0) throw new TreeTooLarge(`aliases expand to more than ${MAX_PLAIN_NODES} values`, node.start);
    if (at.kind === "text") return at.plain ? plainScalar(at.value) : at.value;
    if (at.kind === "list") return at.items.map(read);
    return plainMap(at, read);
  };
  return read(node);
}

function plainMap(map: MapNode, read: (node: YamlNode) => unknown): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const { key, value } of map.entries.values()) {
    const data = read(value);
    if (key !== "__proto__") object[key] = data;
    else Object.defineProperty(object, key, { value: data, enumerable: true, configurable: true, writable: true });
  }
  return object;
}

/**
 * What an unquoted scalar means to Kubernetes and Istio (sigs.k8s.io/yaml, YAML 1.1 without its base-60 numbers and with dates
 * left as text).
 */
function plainScalar(text: string): unknown {
  if (/^(~|null|Null|NULL|)$/.test(text)) return null;
  if (/^(y|Y|yes|Yes|YES|on|On|ON|true|True|TRUE)$/.test(text)) return true;
  if (/^(n|N|no|No|NO|off|Off|OFF|false|False|FALSE)$/.test(text)) return false;
  const digits = text.replaceAll("_", "");
  if (/^[-+]?0[0-7]+$/.test(digits)) return Number.parseInt(digits, 8);
  if (/^[-+]?(0x[0-9a-fA-F]+|0b[01]+|0o[0-7]+)$/.test(digits)) {
    return digits.startsWith("-") ? -Number(digits.slice(1)) : Number(digits.replace("+", ""));
  }
  if (/^[-+]?[0-9]+$/.test(digits)) return Number(digits);
  if (/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(text)) return Number(text);
  return text;
}
