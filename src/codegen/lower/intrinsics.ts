import { type AnyCall, callArguments, type Expression, isCall } from "../../lua/ast.js";
import { hasDeepLevel } from "../../lua/error-levels.js";
import { type Code, callCode, comma, Precedence, primary } from "../code.js";
import type { FunctionContext } from "../context.js";
import { boxed, printed } from "../convert.js";
import { type CallSite, convertArgument, convertArguments } from "./arguments.js";
import { BIT_FUNCTIONS, lowerBits } from "./bit-call.js";
import { callLine } from "./call.js";
import { lowerExpression } from "./expression.js";
import { lowerConstantFormat } from "./format-call.js";
import { runtimeName } from "./library-call.js";
import { findConstant, matchConstant, replaceConstant } from "./pattern-call.js";
import { type LoweredList, lowerList, printValues } from "./values.js";

/** `inTail`: the call is all that a `return` returns. */
type Intrinsic = (context: FunctionContext, call: AnyCall, inTail: boolean) => Code | undefined;

/** Calls for which static types or the compiler itself give something better than the library's general form; undefined: take the general one. */
export const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  tostring: (context, call) => {
    const [only, ...more] = callArguments(call);
    if (!only || more.length > 0) return undefined;
    const type = context.types.ofExpression(call) === "string" && context.types.ofExpression(only);
    if (type === "string") return lowerExpression(context, only);
    if (type === "number") {
      const code = lowerExpression(context, only);
      return { ...primary(printed(code), "string", code.pure), precedence: Precedence.Postfix };
    }
    if (context.types.ofExpression(call) !== "value") return undefined;
    const code = onlyValue(context, only);
    if (!code) return undefined;
    return callCode("lua.tostringValue", [boxed(code).text, String(callLine(call))], "value");
  },

  tonumber: (context, call) => {
    const [only, ...more] = callArguments(call);
    if (!only || more.length > 0) return undefined;
    const code = onlyValue(context, only);
    if (!code) return undefined;
    if (code.type === "number") return code;
    return callCode("lua.tonumber", [boxed(code).text], "number?", code.pure);
  },

  select: (context, call) => {
    const [what, rest, ...more] = callArguments(call);
    if (!what)
      return { ...callCode("lua.selectOf", ["Values.create(0)", String(callLine(call))], "value"), many: true };
    if (what?.type !== "StringLiteral" || what.value !== "#") return undefined;
    if (rest?.type === "VarargLiteral" && more.length === 0)
      return primary(`<f64>${context.varargs}.count`, "number", true);
    const list = lowerList(context, callArguments(call).slice(1));
    return callCode("lua.selectCount", [printValues(list)], "number");
  },

  /**
   * `error(v)`, `error(v, 0)`; level 2 names the line at which this function was called. `return error(v)` is a tail call: this function is gone by
   * then, and level 1 is its caller.
   */
  error: (context, call, inTail) => {
    const [value, level, ...more] = callArguments(call);
    if (more.length > 0) return undefined;
    const all = value && !level ? lowerList(context, [value]) : undefined;
    if (all?.tail && ["varargs", "results", "list"].includes(all.tail.kind)) {
      const own = value?.type === "VarargLiteral" ? context.callerLine() : "0";
      const lines = inTail ? [own, "0"] : [String(callLine(call)), own];
      return callCode("lua.errorMany", [printValues(all), ...lines], "nil");
    }
    const nil = primary("lua.nil", "value", true);
    const what = value ? boxed(all?.fixed[0] ?? lowerExpression(context, value)) : nil;
    if (level && hasDeepLevel(context.script, call)) {
      const site = { name: "error", line: callLine(call) };
      const n = convertArgument({ type: "int", fallback: "1" }, lowerExpression(context, level), 2, site);
      if (inTail) return callCode("lua.errorFromTail", [what.text, n], "nil");
      return callCode("lua.errorAtLevel", [what.text, n, String(callLine(call))], "nil");
    }
    const at = level ? lowerExpression(context, level) : primary("1", "number", true);
    if (at.type !== "number") return undefined;
    const constant = level === undefined || (level.type === "NumericLiteral" && level.value < 2);
    const lines = inTail
      ? [context.callerLine()]
      : [String(callLine(call)), ...(constant ? [] : [context.callerLine()])];
    const args = [what.text, at.text, ...lines];
    return callCode("lua.error", args, "nil");
  },

  pcall: (context, call) => {
    const [f, ...rest] = callArguments(call);
    if (!f) return undefined;
    const many = { many: true } as const;
    // The function may be the first of several values: `pcall(...)`.
    const all = rest.length === 0 && (f.type === "VarargLiteral" || isCall(f)) ? lowerList(context, [f]) : undefined;
    if (all?.tail && all.tail.kind !== "optional")
      return { ...callCode("lua.pcallAll", [printValues(all)], "boolean"), ...many };
    const target = boxed(all?.fixed[0] ?? lowerExpression(context, f));
    const list = lowerList(context, rest);
    if (list.tail || list.fixed.length > 3)
      return { ...callCode("lua.pcallMany", [target.text, printValues(list)], "boolean"), ...many };
    const args = list.fixed.map((code) => boxed(code).text);
    return {
      ...callCode("lua.pcall", [target.text, ...(args.length > 0 ? [String(args.length), ...args] : [])], "boolean"),
      ...many,
    };
  },

  xpcall: (context, call, inTail) => {
    const [f, handler, ...rest] = callArguments(call);
    if (!f || !handler) return undefined;
    const args = [f, handler].map((node) => boxed(lowerExpression(context, node)).text);
    const list = rest.length > 0 ? [printValues(lowerList(context, rest))] : [];
    const isLast = inTail && context.leavesTailCalls;
    const line = isLast && handler.type !== "FunctionDeclaration" ? context.callerLine() : String(callLine(call));
    return { ...callCode("lua.xpcall", [...args, line, ...list], "boolean"), many: true };
  },

  pairs: (context) => {
    // Of what may be an object of Envoy it finds the iterator as a method.
    context.module.dynamicMethods.add("__pairs");
    return undefined;
  },
};

/** An argument that is one value for certain; a call may give none. */
function onlyValue(context: FunctionContext, node: Expression): Code | undefined {
  const { fixed, tail } = lowerList(context, [node]);
  return tail ? undefined : fixed[0];
}

type OnList = (context: FunctionContext, list: LoweredList, site: CallSite, call: AnyCall) => Code | undefined;

/** The same on the lowered arguments, for `string.byte(s, i)` as for `s:byte(i)`. */
export const LIST_INTRINSICS: Readonly<Record<string, OnList>> = {
  /** One byte: a number, or nothing beyond the ends. */
  "string.byte": (context, list, site, call) => {
    if (list.tail || list.fixed.length > 2) return undefined;
    if (context.types.ofExpression(call) === "number") {
      const [text, at] = list.fixed.map((code) => code.text) as [string, string];
      return callCode(runtimeName(context, "string", "byteOf"), [text, at], "number", true);
    }
    const { before, texts, pure, quiet } = convertArguments(
      context,
      [{ type: "string" }, { type: "int", fallback: "1" }],
      list.fixed,
      site,
    );
    const byte = callCode(runtimeName(context, "string", "byteAt"), texts, "number", pure);
    return comma(before, { ...callCode("lua.numberOrNil", [byte.text], "number?", pure), quiet, mayBeAbsent: true });
  },

  "string.match": (context, list, site) => matchConstant(context, list, site),
  "string.find": (context, list, site) => findConstant(context, list, site),
  "string.gsub": (context, list, site) => replaceConstant(context, list, site),

  "string.format": (context, list, site) => lowerConstantFormat(context, list, site),

  ...Object.fromEntries(
    BIT_FUNCTIONS.map((name): [string, OnList] => [
      `bit.${name}`,
      (context, list, site) => lowerBits(context, list, site, name),
    ]),
  ),
};
