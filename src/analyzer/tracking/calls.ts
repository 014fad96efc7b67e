import { findMethod } from "../../envoy/index.js";
import type { AnyCall, Expression, FunctionDeclaration, MemberExpression } from "../../lua/ast.js";
import { callArguments } from "../../lua/ast.js";
import { callMethod } from "./envoy-calls.js";
import { evaluate, evaluateArguments, field, isExtended, readVariable, type Values } from "./expressions.js";
import type { Argument } from "./facts.js";
import { agedObject, type FlowState, forgetOwn, implicationsOf } from "./flow-state.js";
import { signatureOf } from "./library.js";
import { callLibrary } from "./library-calls.js";
import { runBody } from "./statements.js";
import type { Tracker } from "./tracker.js";
import {
  any,
  type Callee,
  constant,
  FUNCTION,
  joinValues,
  type Learnt,
  NIL,
  nothing,
  STRING,
  TABLE,
  USERDATA,
  type Value,
} from "./value.js";

export const unknown: Values = { values: [any], open: true };

/** @param bare the call is a statement of its own */
export function evaluateCall(t: Tracker, node: AnyCall, bare: boolean): Values {
  if (!t.now || !t.step()) return unknown;
  const { base } = node;
  if (base.type === "MemberExpression" && base.indexer === ":") return callOnObject(t, node, base, bare);
  const callee = base.type === "Identifier" ? readVariable(t, base, "called") : evaluate(t, base);
  const { list, open } = evaluateArguments(t, callArguments(node));
  t.expect(FUNCTION | TABLE, callee, base, node, "call");
  return callValue(t, node, callee, list, open, bare);
}

/** Calls what `callee` may be and joins what comes back. */
export function callValue(
  t: Tracker,
  node: AnyCall,
  callee: Value,
  args: readonly Argument[],
  open: boolean,
  bare = false,
): Values {
  const callees = callee.callees ?? [];
  if (callees.length === 0 || !t.now) return callUnknown(t, node, args);
  const before = t.now;
  let after: FlowState | undefined;
  let results: Values | undefined;
  for (const one of callees) {
    t.now = callees.length === 1 ? before : before.copy();
    const given = callOne(t, node, one, args, open, bare);
    if (t.now) results = results ? joinResults(t, results, given) : given;
    after = t.join(after, t.now);
  }
  t.now = after;
  return results ?? { values: [], open: false };
}

function joinResults(t: Tracker, a: Values, b: Values): Values {
  const count = Math.max(a.values.length, b.values.length);
  const values = Array.from({ length: count }, (_, i) =>
    joinValues(a.values[i] ?? any, b.values[i] ?? any, t.freshKey()),
  );
  return { values, open: a.open || b.open };
}

function callOne(
  t: Tracker,
  node: AnyCall,
  callee: Callee,
  args: readonly Argument[],
  open: boolean,
  bare: boolean,
): Values {
  switch (callee.kind) {
    case "script":
      return callScript(
        t,
        node,
        callee.node,
        args.map(({ value }) => value),
        open,
      );
    case "library":
      return callLibrary(t, node, callee.name, args, open);
    case "iterator":
      return { values: callee.item, open: false };
    case "method": {
      // `handle.headers(handle)`, `pcall(handle.httpCall, handle, …)`
      const [self, ...rest] = args;
      t.summaries.spoil();
      if (!self?.value.object) {
        t.note("selfless", node, { node, object: callee.object.name, name: callee.method.name, where: t.where() });
        return unknown;
      }
      return callMethod(t, node, { ...callee.object, dead: self.value.object.dead }, callee.method, rest, open, bare);
    }
  }
}

function callUnknown(t: Tracker, node: AnyCall, args: readonly Argument[]): Values {
  for (const { value } of args)
    for (const callee of value.callees ?? []) if (callee.kind === "script") maybeCall(t, node, callee.node);
  return unknown;
}

/** A function handed to somebody may be called, with anything. */
export function maybeCall(t: Tracker, node: AnyCall, fn: FunctionDeclaration, args?: readonly Value[]): void {
  const before = t.now;
  if (!before) return;
  const given = args ?? fn.parameters.map(() => any);
  const after = t.from(before.copy(), () => callScript(t, node, fn, given, true));
  t.now = t.join(before, after);
}

/** `object:name(…)`. */
function callOnObject(t: Tracker, node: AnyCall, callee: MemberExpression, bare: boolean): Values {
  const { name } = callee.identifier;
  const held = evaluateBase(t, callee.base);
  t.expect(TABLE | USERDATA | STRING, held, callee.base, node, "index", { key: name });
  const waits = t.now?.waits ?? 0;
  const { list, open } = evaluateArguments(t, callArguments(node));
  if (!t.now) return unknown;
  const types = t.now.typesOf(held) & ~NIL;
  // The object was evaluated before the arguments, so it dies when they suspend the script.
  const object =
    held.object && t.now.waits > waits && t.now.lastWait ? agedObject(held.object, t.now.lastWait) : held.object;
  if (object) {
    t.summaries.spoil();
    const method = findMethod(object.name, name);
    if (method) return callMethod(t, node, object, method, list, open, bare);
    t.note("unknownMethodCalls", node, { node, on: held, name, where: t.where() });
    return unknown;
  }
  if (types === STRING) return callStringMethod(t, node, name, { node: callee.base, value: held }, list, open);
  const method = field(t, callee, callee.base, { ...held, types: held.types & ~NIL }, constant(name));
  return callValue(t, node, method, [{ node: callee.base, value: held }, ...list], open);
}

function evaluateBase(t: Tracker, base: Expression): Value {
  return base.type === "Identifier" ? t.mention(readVariable(t, base, "indexed")) : evaluate(t, base);
}

function callStringMethod(
  t: Tracker,
  node: AnyCall,
  name: string,
  self: Argument,
  args: readonly Argument[],
  open: boolean,
): Values {
  const added = t.libraryAdditions.get(`string.${name}`);
  if (added) return callValue(t, node, added, [self, ...args], open);
  if (signatureOf(`string.${name}`)) return callLibrary(t, node, `string.${name}`, [self, ...args], open, "method");
  if (!isExtended(t, "string")) t.note("unknownMethodCalls", node, { node, on: self.value, name, where: t.where() });
  return callUnknown(t, node, args);
}

/** Follows a function of the script with these arguments. */
export function callScript(
  t: Tracker,
  node: AnyCall | undefined,
  fn: FunctionDeclaration,
  args: readonly Value[],
  open: boolean,
): Values {
  const before = t.now;
  if (!before) return unknown;
  if (!t.canEnter(fn)) {
    t.reached.add(fn);
    t.summaries.enter(fn);
    if (t.depth >= t.maxDepth) t.summaries.spoil();
    forgetAssigned(t, fn);
    return unknown;
  }
  if (t.phase !== "unreached") t.reached.add(fn);
  t.summaries.enter(fn);
  const recording = t.summaries.begin(fn, args, open);
  const enter = (given: readonly Value[]): Values => followScript(t, node, fn, given, open, before);
  return recording ? t.summaries.follow(recording, args, enter) : enter(args);
}

function followScript(
  t: Tracker,
  node: AnyCall | undefined,
  fn: FunctionDeclaration,
  args: readonly Value[],
  open: boolean,
  before: FlowState,
): Values {
  const { last } = t.keys;
  bindParameters(t, fn, args, open);
  if (node) t.chain.push(node);
  const { loops } = t;
  const base = before.known;
  const returns = runBody(t, fn, args.slice(fn.parameters.filter(({ type }) => type === "Identifier").length));
  t.loops = loops;
  if (node) t.chain.pop();
  t.now = returns.reduce<FlowState | undefined>((joined, { state }) => t.join(joined, state), undefined);
  if (t.now && returns.length === 1) t.now.guarded = before.guarded;
  if (t.now) forgetLocals(t, fn, t.now);
  const results = joinReturns(t, fn, returns, base);
  return t.now ? { ...results, values: forgetOwn(t.now, last, results.values, t.keys) } : results;
}

function bindParameters(t: Tracker, fn: FunctionDeclaration, args: readonly Value[], open: boolean): void {
  const info = t.script.functionOf.get(fn);
  for (const [i, binding] of (info?.parameters ?? []).entries()) {
    const given = args[i];
    const value = given ?? (open ? any : nothing({ kind: "unassigned", binding, at: fn }));
    const { maybeNone: _, ...single } = value;
    t.loopsAround.set(binding, t.loops);
    t.now?.values.set(
      binding,
      single.key === undefined && single.constant === undefined ? { ...single, key: t.freshKey() } : single,
    );
  }
}

interface Return {
  readonly state: FlowState;
  readonly values: readonly Value[];
  readonly open: boolean;
}

function joinReturns(t: Tracker, fn: FunctionDeclaration, returns: readonly Return[], base: Learnt): Values {
  const [only] = returns;
  if (!only) return { values: [], open: false };
  if (returns.length === 1) return { values: only.values, open: only.open };
  const name = t.script.functionOf.get(fn)?.name ?? "the function";
  const count = Math.max(...returns.map(({ values }) => values.length));
  const missing = returns.some(({ open }) => open) ? any : nothing({ kind: "returnsNothing", function: name, at: fn });
  const joined: Value[] = [];
  for (let i = 0; i < count; i++) {
    const alternatives = returns.map(({ state, values }) => state.narrowed(renamed(values[i] ?? missing, name)));
    const key = t.freshKey();
    for (const [j, { state }] of returns.entries()) state.known.set(key, alternatives[j]?.types ?? 255);
    const value = alternatives.reduce((a, b) => joinValues(a, b, key));
    joined.push({ ...value, key: value.key ?? key });
  }
  return {
    values: joined.map((value, i) => {
      const sides = returns.map(({ state, values }) => ({
        types: state.typesOf(values[i] ?? missing),
        known: state.known,
        implies: values[i]?.implies,
      }));
      const implies = implicationsOf(sides, base) ?? value.implies;
      return implies ? { ...value, implies } : value;
    }),
    open: returns.some(({ open }) => open),
  };
}

/** Locals that no closure captured are gone with the call. */
function forgetLocals(t: Tracker, fn: FunctionDeclaration, now: FlowState): void {
  for (const binding of now.values.keys()) {
    if (binding.owner.node !== fn || t.frames.some((frame) => frame.node === fn)) continue;
    if (!t.captured.has(binding)) now.values.delete(binding);
  }
}

/** `return nil` says less than the function's name does. */
function renamed(value: Value, name: string): Value {
  if (value.nil?.kind !== "nilLiteral") return value;
  return { ...value, nil: { kind: "returnsNothing", function: name, at: value.nil.at } };
}

/** A function that is not followed may have changed whatever it assigns. */
function forgetAssigned(t: Tracker, fn: FunctionDeclaration): void {
  for (const binding of t.now?.values.keys() ?? []) {
    if (!binding.assignments.some(({ inside }) => inside.node === fn)) continue;
    t.summaries.write(binding);
    t.now?.values.set(binding, any);
  }
}
