import type { AnyCall, Expression } from "../../lua/ast.js";
import { callArguments } from "../../lua/ast.js";
import { libraryFunction, libraryPath, requiredModule } from "../../lua/callee.js";
import type { FunctionInfo } from "../../lua/script.js";
import { type Code, callCode, comma } from "../code.js";
import { describe, type FunctionContext, type Variable } from "../context.js";
import { boxed, carrier, cast } from "../convert.js";
import { directFunctionName, liftedCaptures, needsCallerLine } from "../functions.js";
import { hold } from "../sequence.js";
import { quote } from "../string-constants.js";
import { lowerBoxed, lowerExpression } from "./expression.js";
import { lowerLibraryCall } from "./library-call.js";
import { libraryTable } from "./library-table.js";
import { libraryValue } from "./library-value.js";
import { lowerMethodCall } from "./method-call.js";
import { lowerRequire } from "./require.js";
import { type LoweredList, lowerList, printValues } from "./values.js";

/**
 * A call. Its further results, if it has `many`, are read right after it.
 * @param inTail it is all that a `return` returns
 */
export function lowerCall(context: FunctionContext, call: AnyCall, inTail = false): Code {
  const required = requiredLibrary(context, call);
  if (required) return required;
  const callee = context.types.callee(call);
  switch (callee.kind) {
    case "library":
      return lowerLibraryCall(context, call, callee.row, callee.receiver, inTail);
    case "method":
      return lowerMethodCall(context, call, callee.method, callee.receiver, inTail);
    case "direct":
      return lowerDirectCall(context, call, callee.fn, inTail);
    case "dynamicMethod":
      return lowerInvoke(context, call, callee.receiver, callee.name, inTail);
    default:
      return lowerDynamicCall(context, call, callee.callee, inTail);
  }
}

/** `require "string"`, `require "cjson"`, `require "table.new"`. */
function requiredLibrary(context: FunctionContext, call: AnyCall): Code | undefined {
  const path = libraryPath(context.script, call);
  if (path === undefined) return undefined;
  const row = libraryFunction(path);
  return row ? libraryValue(context, row, call) : libraryTable(context, path, call);
}

/** 1-based line at which LuaJIT places the call: that of the token in front of the arguments. */
export function callLine(call: AnyCall): number {
  return call.base.loc.end.line;
}

function lowerDirectCall(context: FunctionContext, call: AnyCall, fn: FunctionInfo, inTail: boolean): Code {
  const list = lowerList(context, callArguments(call));
  const { before, args } = parameterValues(context, fn, list);
  const captured = liftedCaptures(context.module, fn).map((binding) => context.variable(binding)?.name ?? "");
  const mode = context.types.resultMode(fn);
  const type = mode === "none" ? "nil" : mode === "one" ? context.types.ofResult(fn) : "value";
  const line = needsCallerLine(context.module, fn) ? [inTail ? context.callerLine() : String(callLine(call))] : [];
  const code = callCode(directFunctionName(context.module, fn), [...captured, ...args, ...line], type);
  return comma(before, mode === "many" ? { ...code, many: true } : code);
}

/** `return f(n - 1, n)` in `f` itself: its parameters get their new values. */
export function lowerNewArguments(context: FunctionContext, call: AnyCall): readonly string[] {
  const { fn } = context;
  const { before, args } = parameterValues(context, fn, lowerList(context, callArguments(call)));
  const changed = fn.parameters
    .map((parameter, i) => ({ ...(context.variable(parameter) as Variable), arg: args[i] as string }))
    .filter(({ name, arg }) => name !== arg);
  const lines = before.map((effect) => `${effect};`);
  const last: string[] = [];
  for (const [i, { name, type, arg }] of changed.entries()) {
    // What a later argument reads must not have changed by then.
    const isRead = changed.slice(i + 1).some((later) => new RegExp(`\\b${name}\\b`).test(later.arg));
    const fresh = isRead ? context.names.declareForFunction(`${name}_`) : undefined;
    lines.push(fresh === undefined ? `${name} = ${arg};` : `const ${fresh}: ${carrier(type)} = ${arg};`);
    if (fresh !== undefined) last.push(`${name} = ${fresh};`);
  }
  return [...lines, ...last];
}

/** The arguments as the parameters of the function are typed: missing ones nil, surplus ones evaluated and dropped. */
function parameterValues(
  context: FunctionContext,
  fn: FunctionInfo,
  list: LoweredList,
): { before: string[]; args: string[] } {
  const types = fn.parameters.map((parameter) => context.types.ofBinding(parameter));
  const { fixed, tail } = list;
  const nil = lowerExpression(context, { type: "NilLiteral" } as Expression);
  if (!tail || fixed.length >= types.length) {
    const extra = fixed.slice(types.length).filter((code) => !code.pure);
    const args = types.map((type, i) => cast(fixed[i] ?? nil, type).text);
    if (tail && tail.kind !== "varargs") extra.push(tail.code);
    if (extra.length === 0) return { before: [], args };
    const held = fixed
      .slice(0, types.length)
      .map((code, i) => ({ name: context.temporary(types[i] ?? "value"), code: cast(code, types[i] ?? "value") }));
    return {
      before: [...held.map(({ name, code }) => `${name} = ${code.text}`), ...extra.map((code) => code.text)],
      args: types.map((type, i) => held[i]?.name ?? cast(nil, type).text),
    };
  }
  if (tail.kind === "optional" && fixed.length === types.length - 1) {
    return { before: [], args: [...fixed, tail.code].map((code, i) => cast(code, types[i] ?? "value").text) };
  }
  const values = context.temporaryList();
  const before = [`${values} = ${printValues(list)}`];
  return {
    before,
    args: types.map((type, i) => cast({ ...callCode(`${values}.at`, [String(i + 1)], "value") }, type).text),
  };
}

function lowerDynamicCall(context: FunctionContext, call: AnyCall, callee: Expression, inTail: boolean): Code {
  const name = requiredModule(context.script, call);
  if (name !== undefined) return lowerRequire(context, call, name);
  const list = lowerList(context, callArguments(call));
  const place = [String(callLine(call)), quote(describe(context, callee))];
  const f = lowerBoxed(context, callee).text;
  return dynamic(verbOf(context, inTail), [f], list, [...place, ...outer(context, inTail)], 3);
}

/** What a plain function ends with has to know who called that. */
function verbOf(context: FunctionContext, inTail: boolean): "call" | "callLast" {
  return inTail && context.isGivenCallerLine ? "callLast" : "call";
}

/** The line at which the plain function was called, and by what name. */
function outer(context: FunctionContext, inTail: boolean): readonly string[] {
  if (verbOf(context, inTail) === "call") return [];
  return [context.callerLine(), quote(`local '${context.fn.name.split(/[.:]/).at(-1)}'`)];
}

/**
 * `object:name(…)` → `lua.invoke1(object, NAME, a, 12, "local 'object'")`. Lua looks the method up before it evaluates the arguments; where that can be told,
 * `(t = object, f = lua.method(t, NAME, …), lua.call2(f, t, a, 12, "method 'name'"))`.
 */
function lowerInvoke(
  context: FunctionContext,
  call: AnyCall,
  receiver: Expression,
  name: string,
  inTail: boolean,
): Code {
  const object = lowerBoxed(context, receiver);
  context.module.dynamicMethods.add(name);
  const list = lowerList(context, callArguments(call));
  const place = [String(callLine(call)), quote(describe(context, receiver))];
  const key = context.string(name).text;
  const verb = verbOf(context, inTail);
  if (verb === "call" && !list.tail && list.fixed.length <= 2 && list.fixed.every((code) => code.pure)) {
    return dynamic("invoke", [object.text, key], list, place, 2);
  }
  const before: string[] = [];
  const self = hold(context, object, before);
  const found: Code = { ...callCode("lua.method", [self.text, key, ...place], "value") };
  const f = hold(context, found, before);
  const called = { ...list, fixed: [self, ...list.fixed] };
  const by = [String(callLine(call)), quote(`method '${name}'`), ...outer(context, inTail)];
  return comma(before, dynamic(verb, [f.text], called, by, 3));
}

/** `lua.call2(f, a, b, 12, "local 'f'")`, or `lua.callMany(f, values, …)` for more arguments than `most` or an unknown number. */
function dynamic(
  verb: "call" | "callLast" | "invoke",
  target: readonly string[],
  list: LoweredList,
  place: readonly string[],
  most: number,
): Code {
  const { fixed, tail } = list;
  const many = tail !== undefined || fixed.length > most;
  const args = many ? [printValues(list)] : fixed.map((code) => boxed(code).text);
  const suffix = many ? "Many" : String(fixed.length);
  const code = callCode(`lua.${verb}${suffix}`, [...target, ...args, ...place], "value");
  if (verb === "callLast") return { ...code, many: true };
  const inTail = callCode(`lua.${TAIL_VERBS[verb]}${suffix}`, [...target, ...args, ...place], "value");
  return { ...code, many: true, ...(!(many && verb === "invoke") && { tail: inTail.text }) };
}

const TAIL_VERBS = { call: "tail", invoke: "tailInvoke" } as const;
