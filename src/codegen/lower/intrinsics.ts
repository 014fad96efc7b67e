import type { AnyCall, Expression } from "../../lua/ast.js";
import { callArguments } from "../../lua/ast.js";
import { libraryFunction } from "../../lua/callee.js";
import type { LibraryFunction } from "../../lua/library.js";
import { type Code, callCode, comma, primary } from "../code.js";
import type { FunctionContext } from "../context.js";
import { boxed } from "../convert.js";
import { refuse } from "../refusal.js";
import { convertArguments } from "./arguments.js";
import { callLine } from "./call.js";
import { lowerExpression } from "./expression.js";
import { callForm, runtimeName } from "./library-call.js";
import { lowerList, printValues } from "./values.js";

/** Calls for which static types or the compiler itself give something better than the library's general form; undefined: take the general one. */
export const INTRINSICS: Readonly<Record<string, (context: FunctionContext, call: AnyCall) => Code | undefined>> = {
  tostring: (context, call) => {
    const [only, ...more] = callArguments(call);
    if (!only || more.length > 0) return undefined;
    const type = context.types.ofExpression(only);
    if (type === "string") return lowerExpression(context, only);
    if (type === "number") {
      const code = lowerExpression(context, only);
      return callCode("lua.numberToString", [code.text], "string", code.pure);
    }
    return undefined;
  },

  tonumber: (context, call) => {
    const [only, ...more] = callArguments(call);
    if (!only || more.length > 0) return undefined;
    const code = lowerExpression(context, only);
    if (code.type === "number") return code;
    if (code.mayBeAbsent || code.many) return undefined;
    return callCode("lua.tonumber", [boxed(code).text], "number?", code.pure);
  },

  select: (context, call) => {
    const [what, rest, ...more] = callArguments(call);
    if (what?.type !== "StringLiteral" || what.value !== "#") return undefined;
    if (rest?.type === "VarargLiteral" && more.length === 0) return primary(`<f64>${context.varargs}.count`, "number", true);
    const list = lowerList(context, callArguments(call).slice(1));
    return callCode("lua.selectCount", [printValues(list)], "number");
  },

  /** `error(v)`, `error(v, 0)`; level 2 names the line at which this function was called. */
  error: (context, call) => {
    const [value, level, ...more] = callArguments(call);
    if (more.length > 0) return undefined;
    const nil = primary("lua.nil", "value", true);
    const what = value ? boxed(lowerExpression(context, value)) : nil;
    const at = level ? lowerExpression(context, level) : primary("1", "number", true);
    if (at.type !== "number") return undefined;
    const constant = level === undefined || (level.type === "NumericLiteral" && level.value < 2);
    const args = [what.text, at.text, String(callLine(call)), ...(constant ? [] : [context.callerLine()])];
    return callCode("lua.error", args, "nil");
  },

  pcall: (context, call) => {
    const [f, ...rest] = callArguments(call);
    if (!f) return undefined;
    const target = boxed(lowerExpression(context, f));
    const list = lowerList(context, rest);
    const many = { many: true } as const;
    if (list.tail || list.fixed.length > 3) return { ...callCode("lua.pcallMany", [target.text, printValues(list)], "boolean"), ...many };
    const args = list.fixed.map((code) => boxed(code).text);
    return { ...callCode("lua.pcall", [target.text, ...(args.length > 0 ? [String(args.length), ...args] : [])], "boolean"), ...many };
  },

  xpcall: (context, call) => {
    const [f, handler, ...rest] = callArguments(call);
    if (!f || !handler) return undefined;
    const args = [f, handler].map((node) => boxed(lowerExpression(context, node)).text);
    const list = rest.length > 0 ? [printValues(lowerList(context, rest))] : [];
    return { ...callCode("lua.xpcall", [...args, String(callLine(call)), ...list], "boolean"), many: true };
  },

  "bit.band": (context, call) => nested(context, call, "band"),
  "bit.bor": (context, call) => nested(context, call, "bor"),
  "bit.bxor": (context, call) => nested(context, call, "bxor"),

  pairs: (_context, call) => outsideFor(call, "pairs"),
  ipairs: (_context, call) => outsideFor(call, "ipairs"),
};

/** `bit.bxor(a, b, c)` → `bit.bxor(bit.bxor(a, b), c)`, without a list of arguments. */
function nested(context: FunctionContext, call: AnyCall, name: string): Code {
  const list = lowerList(context, callArguments(call));
  const site = { name, line: callLine(call) };
  if (list.tail || list.fixed.length < 3) return callForm(context, libraryFunction(`bit.${name}`) as LibraryFunction, list, site);
  const parameters = list.fixed.map(() => ({ type: "number" as const }));
  const { before, texts, pure, quiet } = convertArguments(context, parameters, list.fixed, site);
  const operator = runtimeName(context, "bit", name);
  const text = texts.reduce((left, right) => `${operator}(${left}, ${right})`);
  return comma(before, { ...primary(text, "number", pure), quiet });
}

function outsideFor(call: AnyCall, name: string): never {
  return refuse("iterator-value", `${name}() stands outside of a for loop`, `write for … in ${name}(t) do`, call as Expression);
}

