import type { Expression } from "../../lua/ast.js";
import { callArguments, isCall } from "../../lua/ast.js";
import { type Code, callCode, comma } from "../code.js";
import type { FunctionContext } from "../context.js";
import { type CallSite, convertArguments, type Parameter } from "./arguments.js";
import { callLine } from "./call.js";
import { argumentList, runtimeName } from "./library-call.js";
import type { LoweredList } from "./values.js";

/** `string.match(s, "^/v(%d+)")` with a constant pattern → `pattern.matchValues<VMatch>(s)`, whose class stands in `patterns.ts`. */
export function matchConstant(context: FunctionContext, list: LoweredList, site: CallSite): Code | undefined {
  return search(context, list, site, "matchValues", 3);
}

/** `string.find(s, "%d+")`; with the fourth argument it may be a plain search. */
export function findConstant(context: FunctionContext, list: LoweredList, site: CallSite): Code | undefined {
  return search(context, list, site, "findValues", 3);
}

function search(
  context: FunctionContext,
  list: LoweredList,
  site: CallSite,
  name: string,
  most: number,
): Code | undefined {
  const matcher = list.tail || list.fixed.length > most ? undefined : matcherOf(context, list.fixed[1]);
  if (matcher === undefined) return undefined;
  const init: Parameter = { type: "int", fallback: "1" };
  const { before, texts } = convertArguments(context, [{ type: "string" }, { type: "any" }, init], list.fixed, site);
  const args = list.fixed.length > 2 ? [texts[0] as string, texts[2] as string] : [texts[0] as string];
  return comma(before, {
    ...callCode(`${runtimeName(context, "pattern/match", name)}<${matcher}>`, args, "value"),
    many: true,
  });
}

/** `string.gsub(s, "%s+", "-")` → `pattern.replaceText<SpaceMatch>(s, DASH)`; `pattern.replace` where what takes its place is not known to be plain. */
export function replaceConstant(context: FunctionContext, list: LoweredList, site: CallSite): Code | undefined {
  const { fixed, tail } = list;
  const matcher = tail || fixed.length < 3 || fixed.length > 4 ? undefined : matcherOf(context, fixed[1]);
  if (matcher === undefined) return undefined;
  const parameters: readonly Parameter[] = [
    { type: "string" },
    { type: "any" },
    { type: "any" },
    { type: "int", fallback: "lua.ABSENT" },
  ];
  const { before, texts } = convertArguments(context, parameters, fixed, site);
  const text = context.module.strings.bytesOf((fixed[2] as Code).text);
  const isText = text !== undefined && !text.includes("%");
  const name = isText ? "replaceText" : "replace";
  const replacement = isText ? (fixed[2] as Code).text : texts[2];
  const args = [texts[0], replacement, texts[3], ...(isText ? [] : [String(site.line)])] as string[];
  if (args.at(-1) === "lua.ABSENT") args.pop();
  return comma(before, {
    ...callCode(`${runtimeName(context, "pattern/match", name)}<${matcher}>`, args, "string"),
    many: true,
  });
}

function matcherOf(context: FunctionContext, code: Code | undefined): string | undefined {
  const text = code && context.module.strings.bytesOf(code.text);
  return text === undefined ? undefined : context.module.patterns.matcher(text);
}

/** `if s:match("^/admin/") then` → `if (startsWithAdmin(s))`: only whether it matches is asked. */
export function lowerTest(context: FunctionContext, node: Expression): Code | undefined {
  if (!isCall(node)) return undefined;
  const callee = context.types.callee(node);
  if (callee.kind !== "library" || !["string.match", "string.find"].includes(callee.row.name)) return undefined;
  const args = [...(callee.receiver ? [callee.receiver] : []), ...callArguments(node)];
  const [subject, literal] = args;
  if (args.length !== 2 || !subject || literal?.type !== "StringLiteral") return undefined;
  const test = context.module.patterns.test(literal.value);
  if (test === undefined) return undefined;
  const { fixed } = argumentList(context, node, callee.receiver);
  const site = { name: callee.row.name.slice("string.".length), line: callLine(node) };
  const { before, texts, pure } = convertArguments(context, [{ type: "string" }], fixed.slice(0, 1), site);
  return comma(before, callCode(test, [texts[0] as string], "boolean", pure));
}
