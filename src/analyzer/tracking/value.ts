/**
 * What is known of a value without running the script: the types it may have, why it may be nil, which object or function it is.
 * Nothing is claimed that is not known: a value of which nothing is known has all types and no reason to be nil.
 */
import type { Method, ObjectName } from "../../envoy/index.js";
import type { FunctionDeclaration, Node, TableConstructorExpression } from "../../lua/ast.js";
import type { Binding } from "../../lua/script.js";

/** A set of types, one bit each; true and false are told apart because conditions do. */
export type Types = number;
export const NIL = 1;
export const TRUE = 2;
export const FALSE = 4;
export const NUMBER = 8;
export const STRING = 16;
export const TABLE = 32;
export const FUNCTION = 64;
export const USERDATA = 128;
export const BOOLEAN = TRUE | FALSE;
export const ANY = 255;
export const FALSY = NIL | FALSE;
export const TRUTHY = ANY & ~FALSY;

export type Direction = "request" | "response";

/** An Envoy object that the script holds. */
export interface HeldObject {
  readonly name: ObjectName;
  /** Undefined where the script does not tell (a module's function that is handed a handle). */
  readonly direction: Direction | undefined;
  readonly part: "headers" | "trailers" | undefined;
  /** It was handed out before the script was suspended, so Envoy has declared it dead. */
  readonly dead: Node | undefined;
}

export type Callee =
  | { readonly kind: "script"; readonly node: FunctionDeclaration }
  | { readonly kind: "library"; readonly name: string }
  | { readonly kind: "method"; readonly object: HeldObject; readonly method: Method }
  | {
      readonly kind: "iterator";
      readonly of: "gmatch" | "bodyChunks" | "pairs" | "ipairs";
      readonly item: readonly Value[];
      readonly over: Value;
    };

export interface TableContents {
  readonly node: TableConstructorExpression | undefined;
  readonly fields: ReadonlyMap<string, Value>;
  /** What an index that is not in `fields` gives; undefined when nothing is known. */
  readonly other: Value | undefined;
  /** Nobody else can have written to it: a field that is not in `fields` is nil. */
  readonly closed: boolean;
}

/** Why a value may be nil. The rules put it into words. */
export type NilReason = { readonly at: Node; readonly family?: string } & (
  | {
      readonly kind: "header";
      readonly direction: Direction | undefined;
      readonly part: "headers" | "trailers";
      readonly name: string | undefined;
      /** Headers that were asked for first: `get("a") or get("b")`. */
      readonly before?: readonly string[];
    }
  | { readonly kind: "body"; readonly direction: Direction | undefined }
  | { readonly kind: "trailers"; readonly direction: Direction | undefined }
  | { readonly kind: "plaintext" }
  | { readonly kind: "callHeader"; readonly name: string | undefined }
  | { readonly kind: "callBody" }
  | {
      readonly kind: "metadata";
      readonly namespace: string | undefined;
      readonly direction: Direction | undefined;
      readonly object: ObjectName;
    }
  | { readonly kind: "noMatch"; readonly function: string; readonly outsideText: boolean }
  | { readonly kind: "notANumber"; readonly outsideText: boolean }
  | { readonly kind: "unassigned"; readonly binding: Binding }
  | { readonly kind: "nilLiteral" }
  | { readonly kind: "returnsNothing"; readonly function: string }
  | { readonly kind: "environment"; readonly name: string | undefined }
  | { readonly kind: "listItem" }
  | { readonly kind: "undefinedGlobal"; readonly name: string }
  | { readonly kind: "userdataField"; readonly object: ObjectName; readonly field: string }
  | { readonly kind: "other" }
);

export type Learnt = Pick<ReadonlyMap<string, Types>, "get" | "keys" | "size" | typeof Symbol.iterator>;

/** What the truth of a value says of other values, by their keys. */
export interface Implications {
  readonly truthy: Learnt;
  readonly falsy: Learnt;
}

export interface Value {
  readonly types: Types;
  /** Values with the same key are the same value: what a condition says of one holds for all. */
  readonly key?: string;
  readonly nil?: NilReason;
  readonly constant?: string | number | boolean;
  readonly object?: HeldObject;
  readonly callees?: readonly Callee[];
  readonly table?: TableContents;
  readonly implies?: Implications;
  /** The call may give no value at all instead of nil, which matters where it stands last in a list. */
  readonly maybeNone?: true;
  /** Where the data comes from: `request-header:cookie`, `request-body`, `call`, `decoded`, `secret`… */
  readonly sources?: ReadonlySet<string>;
  /** A string glued together from parts that are not all constant. */
  readonly assembled?: true;
}

export const any: Value = { types: ANY };
export const nothing = (nil: NilReason): Value => ({ types: NIL, nil });
export const boolean: Value = { types: BOOLEAN };
export const number: Value = { types: NUMBER };
export const string: Value = { types: STRING };

export function constant(value: string | number | boolean): Value {
  if (typeof value === "boolean") return { types: value ? TRUE : FALSE, constant: value };
  return { types: typeof value === "string" ? STRING : NUMBER, constant: value };
}

export function withSources(value: Value, sources: ReadonlySet<string> | undefined): Value {
  return sources === undefined || sources.size === 0 ? value : { ...value, sources };
}

export function mergeSources(values: readonly (Value | undefined)[]): ReadonlySet<string> | undefined {
  let merged: Set<string> | undefined;
  for (const value of values) {
    if (!value?.sources) continue;
    merged ??= new Set();
    for (const source of value.sources) merged.add(source);
  }
  return merged?.size ? merged : undefined;
}

/** The value of either branch. `types` are what the branches still allow, after all that was learnt in them. */
export function joinValues(a: Value, b: Value, key: string): Value {
  if (a === b) return a;
  const nil = (a.types & NIL ? a.nil : undefined) ?? (b.types & NIL ? b.nil : undefined);
  // A nil of which nobody knows why makes the whole nil unclaimed.
  const claimed = nil !== undefined && !(a.types & NIL && !a.nil) && !(b.types & NIL && !b.nil);
  const object = joinObjects(a, b);
  const callees = a.callees || b.callees ? [...new Set([...(a.callees ?? []), ...(b.callees ?? [])])] : undefined;
  const sources = mergeSources([a, b]);
  return {
    types: a.types | b.types,
    key: a.key !== undefined && a.key === b.key ? a.key : key,
    ...(claimed && { nil }),
    ...(a.constant !== undefined && a.constant === b.constant && { constant: a.constant }),
    ...(object && { object }),
    ...(callees && callees.length <= 8 && { callees }),
    ...(a.table && b.table && { table: joinTables(a.table, b.table, key) }),
    ...(sources && { sources }),
    ...((a.assembled || b.assembled) && { assembled: true as const }),
    ...(a.implies && a.implies === b.implies && { implies: a.implies }),
  };
}

function joinObjects(a: Value, b: Value): HeldObject | undefined {
  if (!a.object || !b.object) {
    const one = a.object ?? b.object;
    const other = a.object ? b : a;
    return one && !(other.types & USERDATA) ? one : undefined;
  }
  if (a.object.name !== b.object.name) return undefined;
  const direction = a.object.direction === b.object.direction ? a.object.direction : undefined;
  const part = a.object.part === b.object.part ? a.object.part : undefined;
  return { name: a.object.name, direction, part, dead: a.object.dead ?? b.object.dead };
}

function joinTables(a: TableContents, b: TableContents, key: string): TableContents {
  if (a === b) return a;
  const fields = new Map<string, Value>();
  for (const [name, value] of a.fields) {
    const other = b.fields.get(name);
    if (other) fields.set(name, joinValues(value, other, `${key}.${name}`));
  }
  const other = a.other && b.other ? joinValues(a.other, b.other, `${key}[]`) : undefined;
  return {
    node: a.node === b.node ? a.node : undefined,
    fields,
    other,
    closed: a.closed && b.closed && a.fields.size === fields.size && b.fields.size === fields.size,
  };
}

/** `string or number`, as an error message would say it. */
export function typeNames(types: Types): string {
  const names: string[] = [];
  if (types & NIL) names.push("nil");
  if (types & BOOLEAN) names.push("boolean");
  if (types & NUMBER) names.push("number");
  if (types & STRING) names.push("string");
  if (types & TABLE) names.push("table");
  if (types & FUNCTION) names.push("function");
  if (types & USERDATA) names.push("userdata");
  return names.join(" or ");
}
