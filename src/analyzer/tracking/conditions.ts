import type { BinaryExpression, Expression } from "../../lua/ast.js";
import { callArguments, isCall } from "../../lua/ast.js";
import { evaluate } from "./expressions.js";
import type { FlowState } from "./flow-state.js";
import type { Tracker } from "./tracker.js";
import {
  ANY,
  any,
  BOOLEAN,
  boolean,
  FALSE,
  FALSY,
  FUNCTION,
  type Learnt,
  NIL,
  NUMBER,
  STRING,
  TABLE,
  TRUE,
  TRUTHY,
  type Types,
  USERDATA,
  type Value,
} from "./value.js";

/** Where a condition leads. Either state is undefined when the condition cannot have that outcome. */
export interface Outcome {
  readonly truthy: FlowState | undefined;
  readonly falsy: FlowState | undefined;
  /** The condition's own value. */
  readonly value: Value;
}

/** Evaluates a condition in the current state, which is spent: go on from one of the outcomes. */
export function branch(t: Tracker, node: Expression): Outcome {
  if (!t.now) return { truthy: undefined, falsy: undefined, value: any };
  if (node.type === "UnaryExpression" && node.operator === "not") {
    const { truthy, falsy, value } = branch(t, node.argument);
    const implies = value.implies && { truthy: value.implies.falsy, falsy: value.implies.truthy };
    return { truthy: falsy, falsy: truthy, value: { ...boolean, ...(implies && { implies }) } };
  }
  if (node.type === "LogicalExpression") return branchLogical(t, node.operator, node.left, node.right);
  if (node.type === "BinaryExpression" && (node.operator === "==" || node.operator === "~="))
    return branchEquality(t, node);
  return branchOnValue(t, node);
}

function branchLogical(t: Tracker, operator: "and" | "or", left: Expression, right: Expression): Outcome {
  const base: Learnt = t.now?.known ?? new Map<string, Types>();
  const first = branch(t, left);
  t.now = operator === "and" ? first.truthy : first.falsy;
  const second = branch(t, right);
  const truthy = operator === "and" ? second.truthy : t.join(first.truthy, second.truthy);
  const falsy = operator === "and" ? t.join(first.falsy, second.falsy) : second.falsy;
  return {
    truthy,
    falsy,
    value: { types: ANY, implies: { truthy: learntSince(base, truthy), falsy: learntSince(base, falsy) } },
  };
}

function learntSince(base: Learnt, state: FlowState | undefined): Learnt {
  const learnt = new Map<string, Types>();
  for (const [key, types] of state?.known ?? []) if (base.get(key) !== types) learnt.set(key, types);
  return learnt;
}

function branchOnValue(t: Tracker, node: Expression): Outcome {
  const plain = !isCall(node) && node.type !== "BinaryExpression";
  const { value, mentioned } = mentions(t, () => evaluate(t, node));
  const state = t.now;
  if (!state) return { truthy: undefined, falsy: undefined, value };
  const understood = new Set<string>([
    value.key ?? "",
    ...(value.implies?.truthy.keys() ?? []),
    ...(value.implies?.falsy.keys() ?? []),
  ]);
  suspect(state, mentioned, plain ? mentioned.map(({ key }) => key ?? "") : [...understood]);
  const result = outcomes(state, value, TRUTHY, FALSY);
  const implies = value.implies ?? learntFrom(state.known, result);
  return { ...result, value: implies === value.implies ? value : { ...value, implies } };
}

function learntFrom(base: Learnt, { truthy, falsy }: Omit<Outcome, "value">) {
  return { truthy: learntSince(base, truthy), falsy: learntSince(base, falsy) };
}

/** The two states after learning that `value` has one of the given types. */
function outcomes(state: FlowState, value: Value, ifTrue: Types, ifFalse: Types): Omit<Outcome, "value"> {
  const truthy = state.copy();
  const falsy = state.copy();
  return {
    truthy: truthy.learn(value, ifTrue) ? truthy : undefined,
    falsy: falsy.learn(value, ifFalse) ? falsy : undefined,
  };
}

const TYPE_BITS: Readonly<Record<string, Types>> = {
  nil: NIL,
  boolean: BOOLEAN,
  number: NUMBER,
  string: STRING,
  table: TABLE,
  function: FUNCTION,
  userdata: USERDATA,
};

function branchEquality(t: Tracker, node: BinaryExpression): Outcome {
  const typeTest = asTypeTest(t, node);
  if (typeTest) return typeTest;
  const { value: pair, mentioned } = mentions(t, () => {
    const left = evaluate(t, node.left);
    return { left, right: evaluate(t, node.right) };
  });
  const state = t.now;
  if (!state) return { truthy: undefined, falsy: undefined, value: boolean };
  const left = state.narrowed(pair.left);
  const right = state.narrowed(pair.right);
  t.note("comparisons", node, { node, operator: node.operator, left, right, where: t.where() });
  const plain = [left, right].some((side) => side.types === NIL || side.constant !== undefined);
  suspect(state, mentioned, plain ? [left.key ?? "", right.key ?? ""] : []);
  const equal = state.copy();
  const unequal = state.copy();
  const possible = learnEqual(equal, left, right) && learnEqual(equal, right, left);
  const different = learnUnequal(unequal, left, right) && learnUnequal(unequal, right, left);
  const states = { equal: possible ? equal : undefined, unequal: different ? unequal : undefined };
  const [truthy, falsy] = node.operator === "==" ? [states.equal, states.unequal] : [states.unequal, states.equal];
  const implies = { truthy: learntSince(state.known, truthy), falsy: learntSince(state.known, falsy) };
  return { truthy, falsy, value: { ...boolean, implies } };
}

function learnEqual(state: FlowState, value: Value, other: Value): boolean {
  if (value.constant !== undefined && other.constant !== undefined) return value.constant === other.constant;
  return state.learn(value, other.types);
}

/** Only `~= nil`, `~= true` and `~= false` say something of the other side. */
function learnUnequal(state: FlowState, value: Value, other: Value): boolean {
  if (value.constant !== undefined && other.constant !== undefined) return value.constant !== other.constant;
  if (other.types === NIL || other.types === TRUE || other.types === FALSE)
    return state.learn(value, ~other.types & ANY);
  return true;
}

/** `type(x) == "string"`. */
function asTypeTest(t: Tracker, node: BinaryExpression): Outcome | undefined {
  const [call, literal] = isCall(node.left) ? [node.left, node.right] : [node.right, node.left];
  if (!isCall(call) || literal.type !== "StringLiteral") return undefined;
  const [argument] = callArguments(call);
  const isType =
    call.base.type === "Identifier" && call.base.name === "type" && t.bindingOf(call.base)?.kind === "global";
  const bits = TYPE_BITS[literal.value];
  if (!isType || !argument || bits === undefined) return undefined;
  evaluate(t, call);
  const value = evaluate(t, argument);
  const state = t.now;
  if (!state) return { truthy: undefined, falsy: undefined, value: boolean };
  const { truthy, falsy } = outcomes(state, value, bits, ~bits & ANY);
  const pair = node.operator === "==" ? { truthy, falsy } : { truthy: falsy, falsy: truthy };
  return { ...pair, value: { ...boolean, implies: learntFrom(state.known, pair) } };
}

/** Evaluates and collects the values that were mentioned on the way. */
function mentions<R>(t: Tracker, body: () => R): { readonly value: R; readonly mentioned: readonly Value[] } {
  const outer = t.mentions;
  const mentioned: Value[] = [];
  t.mentions = mentioned;
  const value = body();
  t.mentions = outer;
  outer?.push(...mentioned);
  return { value, mentioned };
}

/** What a condition mentions without being understood may decide whether the code behind it is reached with nil. */
function suspect(state: FlowState, mentioned: readonly Value[], understood: readonly string[]): void {
  const clear = new Set(understood);
  for (const { key } of mentioned) {
    if (key === undefined) continue;
    const family = /^call#\d+/.exec(key)?.[0];
    if (family !== undefined) state.suspects.set(family, true);
    if (!clear.has(key)) state.suspects.set(key, true);
  }
}
