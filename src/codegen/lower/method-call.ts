import { deviationOf, spellMethod } from "../../analyzer/verdict.js";
import type { Method } from "../../envoy/index.js";
import type { AnyCall, Expression } from "../../lua/ast.js";
import { callArguments } from "../../lua/ast.js";
import { isObject, isOptional, optional, type StaticType, withoutNil } from "../../lua/static-type.js";
import { type Code, comma, inside, Precedence, primary } from "../code.js";
import { describe, type FunctionContext } from "../context.js";
import { boxed } from "../convert.js";
import { type Refusal, refuse } from "../refusal.js";
import { hold } from "../sequence.js";
import { quote } from "../string-constants.js";
import { callLine } from "./call.js";
import { lowerExpression } from "./expression.js";
import { type LoweredList, lowerList, printValues } from "./values.js";

/** `headers:get("x")` → `headers.get(X)`: a method of the Envoy Lua API on an object that is known to be one. */
export function lowerMethodCall(
  context: FunctionContext,
  call: AnyCall,
  method: Method,
  receiver: Expression,
  inTail = false,
): Code {
  refuseImpossible(method, call);
  noteDeviation(context, method, call.range);
  const object = present(context, receiver, callLine(call));
  const list = lowerList(context, callArguments(call));
  const before: string[] = [];
  const { target, codes } = spread(context, method, object, list, before);
  const name = context.module.endings.has(call) ? method.name : guestMethod(method, codes.length);
  const wrapped = name === "bodyWrapped";
  const args = method.parameters.map(
    (_, i) => (codes[i] && (wrapped ? boxed(codes[i] as Code) : codes[i]))?.text ?? "lua.absent",
  );
  const given = trimAbsent(args, codes.length, wrapped ? codes.length : required(method));
  const raises = mayRaise(context, method, codes);
  // The function that ends with the call is gone by then: what is wrong is the caller's.
  const isLast = inTail && context.leavesTailCalls;
  const line = raises && isLast ? context.callerLine() : String(callLine(call));
  const texts = raises ? [...fill(method, given), line] : given;
  before.push(
    ...codes
      .slice(method.parameters.length)
      .filter((code) => !code.pure)
      .map((code) => code.text),
  );
  const text =
    method.name === "bodyChunks"
      ? chunkIterator(context, target, line)
      : `${inside(target, Precedence.Postfix)}.${name}(${texts.join(", ")})`;
  return comma(before, methodResult(method, text));
}

/** `local next = handle:bodyChunks()`: a function, where no loop takes its place. */
function chunkIterator({ module }: FunctionContext, handle: Code, line: string): string {
  module.imports.namespaces.set("chunks", "envoy/chunk-iterator");
  return `chunks.bodyChunks(${handle.text}, ${line})`;
}

/** The analyzer tells of the calls that it can follow; the compiler knows them all. */
export function noteDeviation({ module }: FunctionContext, method: Method, range: Refusal["range"]): void {
  const deviation = deviationOf(method, range);
  if (deviation) module.deviations.push(deviation);
}

function refuseImpossible(method: Method, call: AnyCall): void {
  if (method.fidelity.verdict !== "impossible") return;
  const { reason, wayOut } = method.fidelity;
  refuse(`api.${spellMethod(method)}`, `\`${spellMethod(method)}\`: ${reason}`, wayOut, call);
}

/** The arguments one by one; a last call or `...` that may give any number is spread over the parameters. */
function spread(
  context: FunctionContext,
  method: Method,
  object: Code,
  list: LoweredList,
  before: string[],
): { target: Code; codes: readonly Code[] } {
  const plain = (code: Code): Code => (code.type === "nil" || isObject(code.type) ? boxed(code) : code);
  if (!list.tail) return { target: object, codes: list.fixed.map(plain) };
  if (list.tail.kind === "optional") {
    // No value at all is not the same as nil where the binding counts its arguments.
    const { code } = list.tail;
    const last: Code = {
      ...code,
      text: `lua.valueOrAbsent(${boxed(code).text})`,
      type: "value",
      precedence: Precedence.Postfix,
    };
    return { target: object, codes: [...list.fixed.map(plain), last] };
  }
  const target = hold(context, object, before);
  const values = context.temporaryList();
  before.push(`${values} = ${printValues(list)}`);
  const codes = method.parameters.map((_, i): Code => primary(`${values}.orAbsent(${i + 1})`, "value", true));
  return { target, codes };
}

/** `body(true)` and the like have a guest method of their own. */
function guestMethod(method: Method, count: number): string {
  const name = method.guest?.split(".")[1] ?? method.name;
  return method.object === "Handle" && method.name === "body" && count > 0 ? "bodyWrapped" : name;
}

function required(method: Method): number {
  return method.parameters.filter((parameter) => !parameter.optional).length;
}

function trimAbsent(args: readonly string[], count: number, least: number): readonly string[] {
  return args.slice(0, Math.max(count, least));
}

/** With the line behind them no parameter can be left out. */
function fill(method: Method, args: readonly string[]): readonly string[] {
  if (method.object === "Handle" && method.name === "body") return args;
  return [...args, ...method.parameters.slice(args.length).map(() => "lua.absent")];
}

/** Whether the call needs to know its line. */
function mayRaise(context: FunctionContext, method: Method, codes: readonly Code[]): boolean {
  const { facts } = context.module;
  if (method.raises || facts.yields || facts.stateful || facts.iteratesHeaders) return true;
  return method.parameters.some((parameter, i) => !fits(parameter.type, codes[i]));
}

function fits(type: string, code: Code | undefined): boolean {
  if (!code) return false;
  if (type === "string") return code.type === "string" || code.type === "number";
  if (type === "number" || type === "int") return code.type === "number";
  return type === "value" || type === code.type;
}

function methodResult(method: Method, text: string): Code {
  const [first, ...more] = resultTypes(method);
  const call = { text, precedence: Precedence.Postfix, pure: false };
  if (more.length > 0) return { ...call, type: "value", list: true };
  const mayBeAbsent = method.results[0]?.absent === 0;
  return { ...call, type: first ?? "nil", ...(mayBeAbsent && { mayBeAbsent }) };
}

/** The receiver, or the error that indexing nil raises. */
function present(context: FunctionContext, receiver: Expression, line: number): Code {
  const object = lowerExpression(context, receiver);
  if (!isOptional(object.type)) return object;
  const what = describe(context, receiver);
  const message = what === "" ? "attempt to index a nil value" : `attempt to index ${what} (a nil value)`;
  const type = withoutNil(object.type) as StaticType;
  return {
    text: `lua.need<${type}>(${object.text}, ${quote(message)}, ${line})`,
    precedence: Precedence.Postfix,
    type,
    pure: false,
  };
}

export function resultTypes(method: Method): readonly StaticType[] {
  return method.results.map(({ type, absent }) => {
    if (type === "iterator") return "value";
    return absent === undefined ? (type as StaticType) : optional(type as StaticType);
  });
}
