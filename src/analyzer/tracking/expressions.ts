import { findMethod } from "../../envoy/index.js";
import type {
  BinaryExpression,
  Expression,
  FunctionDeclaration,
  Identifier,
  IndexExpression,
  LogicalExpression,
  MemberExpression,
  TableConstructorExpression,
} from "../../lua/ast.js";
import { isCall } from "../../lua/ast.js";
import { evaluateCall } from "./calls.js";
import { branch } from "./conditions.js";
import type { Argument } from "./facts.js";
import { COMPLETE_LIBRARIES, LIBRARY_GLOBALS } from "./library.js";
import type { Tracker } from "./tracker.js";
import {
  any,
  boolean,
  constant,
  FUNCTION,
  joinValues,
  mergeSources,
  NIL,
  NUMBER,
  nothing,
  number,
  STRING,
  string,
  TABLE,
  type TableContents,
  USERDATA,
  type Value,
  withSources,
} from "./value.js";

/** The single value of an expression (the first, where a call gives several). */
export function evaluate(t: Tracker, node: Expression): Value {
  if (!t.now || !t.step()) return any;
  switch (node.type) {
    case "Identifier":
      return t.mention(readVariable(t, node, "read"));
    case "StringLiteral":
    case "BooleanLiteral":
      return constant(node.value);
    case "NumericLiteral":
      return typeof node.value === "number" ? constant(node.value) : any;
    case "NilLiteral":
      return nothing({ kind: "nilLiteral", at: node });
    case "VarargLiteral":
      return t.frame.varargs[0] ?? any;
    case "FunctionDeclaration":
      return functionValue(node);
    case "BinaryExpression":
      return evaluateBinary(t, node);
    case "LogicalExpression":
      return evaluateLogical(t, node);
    case "UnaryExpression":
      return evaluateUnary(t, node);
    case "MemberExpression":
      return t.mention(evaluateMember(t, node));
    case "IndexExpression":
      return t.mention(evaluateIndex(t, node));
    case "TableConstructorExpression":
      return evaluateTable(t, node);
    default: {
      const [first] = evaluateCall(t, node, false).values;
      if (!first) return any;
      const { maybeNone: _, ...single } = first;
      return t.mention(single);
    }
  }
}

export interface Values {
  readonly values: readonly Value[];
  /** There may be more. */
  readonly open: boolean;
}

/** All values of an expression list, as arguments, initialisers and `return` take them. */
export function evaluateList(t: Tracker, nodes: readonly Expression[]): Values {
  const { list, open } = evaluateArguments(t, nodes);
  return { values: list.map(({ value }) => value), open };
}

export function evaluateArguments(
  t: Tracker,
  nodes: readonly Expression[],
): { readonly list: readonly Argument[]; readonly open: boolean } {
  const list: Argument[] = [];
  let open = false;
  for (const [i, node] of nodes.entries()) {
    const last = i === nodes.length - 1 && !(node as { inParens?: boolean }).inParens;
    if (last && isCall(node)) {
      const results = evaluateCall(t, node, false);
      for (const [index, value] of results.values.entries())
        list.push({ node: index === 0 ? node : undefined, value: index === 0 ? t.mention(value) : value });
      open = results.open;
    } else if (last && node.type === "VarargLiteral") {
      for (const value of t.frame.varargs) list.push({ node, value });
      open = true;
    } else {
      list.push({ node, value: evaluate(t, node) });
    }
  }
  return { list, open };
}

function functionValue(node: FunctionDeclaration): Value {
  return { types: FUNCTION, callees: [{ kind: "script", node }] };
}

/** @param use what the name stands in front of: decides how bad it is when the global does not exist */
export function readVariable(t: Tracker, node: Identifier, use: "called" | "indexed" | "read"): Value {
  const binding = t.bindingOf(node);
  if (!binding || !t.now) return any;
  if (t.outlives(binding) && t.phase !== "load") noteRead(t, node);
  const value = t.now.values.get(binding);
  t.summaries.read(binding, value);
  if (value) return value;
  if (binding.kind !== "global") return any;
  if (binding.assignments.length > 0) return any;
  const library = LIBRARY_GLOBALS.get(node.name);
  if (library && !(node.name === "EnvoyTimestampResolution" && t.phase === "load")) return library;
  if (t.setsGlobalsByName) return any;
  t.note("undefinedGlobals", node, { node, use, where: t.where() });
  return nothing({ kind: "undefinedGlobal", name: node.name, at: node });
}

function noteRead(t: Tracker, node: Identifier): void {
  const binding = t.bindingOf(node);
  if (!binding || !t.now || !isSharedVariable(t, node)) return;
  t.summaries.spoil();
  const write = t.now.sharedWrites.get(binding);
  t.note("reads", node, {
    binding,
    node,
    where: t.where(),
    written: write?.node,
    suspendedBetween: write && t.now.waits > write.waits ? t.now.lastWait : undefined,
  });
}

/** Assigned in a function and outliving the request: what one request writes another sees. */
function isSharedVariable(t: Tracker, node: Identifier): boolean {
  const binding = t.bindingOf(node);
  return (
    binding !== undefined && t.outlives(binding) && binding.assignments.some(({ inside }) => inside !== t.script.main)
  );
}

function evaluateMember(t: Tracker, node: MemberExpression): Value {
  const base =
    node.base.type === "Identifier" ? t.mention(readVariable(t, node.base, "indexed")) : evaluate(t, node.base);
  return field(t, node, node.base, base, constant(node.identifier.name));
}

function evaluateIndex(t: Tracker, node: IndexExpression): Value {
  const base =
    node.base.type === "Identifier" ? t.mention(readVariable(t, node.base, "indexed")) : evaluate(t, node.base);
  const key = evaluate(t, node.index);
  return field(t, node, node.base, base, key);
}

/** `base[key]`. Strings have the string library's functions as fields. */
export function field(t: Tracker, node: Expression, baseNode: Expression, base: Value, key: Value): Value {
  const name = typeof key.constant === "string" ? key.constant : undefined;
  t.expect(TABLE | USERDATA | STRING, base, baseNode, node, "index", name === undefined ? {} : { key: name });
  if (base.object && name !== undefined) return objectField(t, base, name, node);
  if (base.table) return tableField(t, base, base.table, key, node);
  if (base.key === undefined || name === undefined) return withSources(any, base.sources);
  return withSources({ types: 255, key: `${base.key}.${name}` }, base.sources);
}

function objectField(t: Tracker, base: Value, name: string, node: Expression): Value {
  const object = base.object as NonNullable<Value["object"]>;
  const method = findMethod(object.name, name);
  if (method) return { types: FUNCTION, callees: [{ kind: "method", object, method }] };
  t.summaries.spoil();
  t.note("objectFields", node, { node, object: object.name, field: name, where: t.where() });
  return nothing({ kind: "userdataField", object: object.name, field: name, at: node });
}

function tableField(t: Tracker, base: Value, contents: TableContents, key: Value, node: Expression): Value {
  const name = key.constant === undefined ? undefined : String(key.constant);
  const known = name === undefined ? undefined : contents.fields.get(name);
  if (known)
    return base.key === undefined || known.key !== undefined ? known : { ...known, key: `${base.key}.${name}` };
  const library = base.key?.startsWith("library:") ? base.key.slice("library:".length) : undefined;
  if (library !== undefined && name !== undefined && COMPLETE_LIBRARIES.has(library) && !isExtended(t, library)) {
    return nothing({ kind: "undefinedGlobal", name: `${library}.${name}`, at: node });
  }
  const path = base.key === undefined || name === undefined ? undefined : `${base.key}.${name}`;
  const other = contents.other ?? withSources(any, base.sources);
  if (path === undefined) return other.key === undefined ? other : { ...other, key: t.freshKey() };
  const nil = other.nil?.kind === "callHeader" ? { ...other.nil, name } : other.nil;
  return { ...other, key: path, ...(nil && { nil }) };
}

/** The script assigns to fields of the library table itself: `function string.fromhex(s)`. */
export function isExtended(t: Tracker, library: string): boolean {
  return t.extendedLibraries.has(library) || t.extendedLibraries.has("_G");
}

function evaluateTable(t: Tracker, node: TableConstructorExpression): Value {
  const fields = new Map<string, Value>();
  let closed = true;
  let position = 1;
  let items: Value | undefined;
  for (const entry of node.fields) {
    if (entry.type === "TableKeyString") {
      fields.set(entry.key.name, evaluate(t, entry.value));
    } else if (entry.type === "TableKey") {
      const key = evaluate(t, entry.key);
      const value = evaluate(t, entry.value);
      if (key.constant === undefined) closed = false;
      else fields.set(String(key.constant), value);
    } else {
      const value = evaluate(t, entry.value);
      if (isCall(entry.value) || entry.value.type === "VarargLiteral") closed = false;
      items = items ? joinValues(items, value, t.freshKey()) : value;
      fields.set(String(position++), value);
    }
  }
  const sources = mergeSources([...fields.values()]);
  return {
    types: TABLE,
    key: t.freshKey(),
    table: { node, fields, other: undefined, closed },
    ...(sources && { sources }),
  };
}

function evaluateLogical(t: Tracker, node: LogicalExpression): Value {
  const before = t.now;
  if (!before) return any;
  // `x or nil` is x, and nil for the reason that x is.
  if (node.operator === "or" && node.right.type === "NilLiteral") return evaluate(t, node.left);
  const left = branch(t, node.left);
  const goesRight = node.operator === "and" ? left.truthy : left.falsy;
  const stays = node.operator === "and" ? left.falsy : left.truthy;
  const leftValue = stays ? keep(stays.typesOf(left.value), left.value, node.operator) : undefined;
  let rightValue: Value | undefined;
  const after = t.from(goesRight, () => {
    if (t.now) rightValue = t.now.narrowed(evaluate(t, node.right));
  });
  if (node.operator === "or" && rightValue) rightValue = afterHeader(left.value, rightValue);
  t.now = t.join(stays, after);
  if (t.now) t.now.guarded = before.guarded;
  if (!leftValue || leftValue.types === 0) return rightValue ?? any;
  if (!rightValue) return leftValue;
  return joinValues(leftValue, rightValue, t.freshKey());
}

/** `get("a") or get("b")` is nil only when the message has neither header. */
function afterHeader({ nil: first }: Value, value: Value): Value {
  const { nil } = value;
  if (first?.kind !== "header" || nil?.kind !== "header" || first.name === undefined) return value;
  return { ...value, nil: { ...nil, before: [...(first.before ?? []), first.name] } };
}

function keep(types: number, value: Value, operator: "and" | "or"): Value {
  const kept = types & (operator === "and" ? NIL | 4 : 255 & ~(NIL | 4));
  const { constant: fixed, ...rest } = value;
  const narrowed: Value = { ...rest, types: kept, ...(fixed !== undefined && { constant: fixed }) };
  if (kept & NIL) return narrowed;
  const { nil: _, ...present } = narrowed;
  return present;
}

function evaluateUnary(t: Tracker, node: Expression & { type: "UnaryExpression" }): Value {
  if (node.operator === "not") {
    const before = t.now;
    const outcome = branch(t, node.argument);
    t.now = t.join(outcome.truthy, outcome.falsy) ?? before;
    const implies = outcome.value.implies;
    return { ...boolean, ...(implies && { implies: { truthy: implies.falsy, falsy: implies.truthy } }) };
  }
  const value = evaluate(t, node.argument);
  if (node.operator === "#") {
    t.expect(STRING | TABLE, value, node.argument, node, "length");
    return number;
  }
  t.expect(NUMBER | STRING | TABLE, value, node.argument, node, "arithmetic");
  return typeof value.constant === "number" ? constant(-value.constant) : number;
}

function evaluateBinary(t: Tracker, node: BinaryExpression): Value {
  switch (node.operator) {
    case "==":
    case "~=": {
      const before = t.now;
      const outcome = branch(t, node);
      t.now = t.join(outcome.truthy, outcome.falsy) ?? before;
      return outcome.value;
    }
    case "..":
      return concatenate(t, node);
    case "<":
    case "<=":
    case ">":
    case ">=":
      return compare(t, node);
    default: {
      const left = evaluate(t, node.left);
      const right = evaluate(t, node.right);
      for (const [operand, value] of [
        [node.left, left],
        [node.right, right],
      ] as const) {
        t.expect(NUMBER | STRING | TABLE, value, operand, node, "arithmetic");
      }
      return withSources(number, mergeSources([left, right]));
    }
  }
}

function concatenate(t: Tracker, node: BinaryExpression): Value {
  const left = evaluate(t, node.left);
  const right = evaluate(t, node.right);
  for (const [operand, value] of [
    [node.left, left],
    [node.right, right],
  ] as const) {
    t.expect(NUMBER | STRING | TABLE, value, operand, node, "concatenate");
  }
  if (left.constant !== undefined && right.constant !== undefined) return constant(`${left.constant}${right.constant}`);
  const sources = mergeSources([left, right]);
  return { ...string, assembled: true, ...(sources && { sources }) };
}

function compare(t: Tracker, node: BinaryExpression): Value {
  const left = evaluate(t, node.left);
  const right = evaluate(t, node.right);
  const { now } = t;
  if (!now) return boolean;
  const types = { left: now.typesOf(left), right: now.typesOf(right) };
  t.note("comparisons", node, {
    node,
    operator: node.operator,
    left: now.narrowed(left),
    right: now.narrowed(right),
    where: t.where(),
  });
  const mixed = (a: number, b: number): boolean => (a === STRING && b === NUMBER) || (a === NUMBER && b === STRING);
  // `string < number` is told by the rule on comparisons.
  if (mixed(types.left & ~NIL, types.right & ~NIL)) return boolean;
  for (const [operand, value] of [
    [node.left, left],
    [node.right, right],
  ] as const) {
    t.expect(NUMBER | STRING | TABLE, value, operand, node, "compare");
  }
  return boolean;
}
