import { envoyApi } from "../../envoy/index.js";
import type { Expression, Identifier, IndexExpression, MemberExpression } from "../../lua/ast.js";
import { isLibrary, libraryConstant, libraryFunction, libraryPath } from "../../lua/callee.js";
import type { LibraryConstant } from "../../lua/library.js";
import type { Binding } from "../../lua/script.js";
import { isObject } from "../../lua/static-type.js";
import { type Code, callCode, comma, inside, isQuiet, Precedence, primary, quietly } from "../code.js";
import { describe, type FunctionContext, lineOf } from "../context.js";
import { boxed, cast } from "../convert.js";
import { FOLLOW_ON, refuse } from "../refusal.js";
import { evaluateFirst } from "../sequence.js";
import { quote } from "../string-constants.js";
import { lowerCall } from "./call.js";
import { lowerClosure } from "./closure.js";
import { runtimeName } from "./library-call.js";
import { libraryTable } from "./library-table.js";
import { libraryValue } from "./library-value.js";
import { lowerLogical } from "./logical.js";
import { lowerBinary, lowerUnary } from "./operator.js";
import { lowerTable } from "./table-constructor.js";

/** The first value of an expression. */
export function lowerExpression(context: FunctionContext, node: Expression): Code {
  const code = lowerFirst(context, node);
  return code.type === "number" && context.module.wholeNumbers.has(node) ? { ...code, whole: true } : code;
}

function lowerFirst(context: FunctionContext, node: Expression): Code {
  switch (node.type) {
    case "NilLiteral":
      return primary("lua.nil", "nil", true);
    case "BooleanLiteral":
      return primary(String(node.value), "boolean", true);
    case "NumericLiteral":
      return lowerNumber(node);
    case "StringLiteral":
      return context.string(node.value);
    case "VarargLiteral":
      return primary(`${context.varargs}.at(1)`, "value");
    case "Identifier":
      return lowerName(context, node);
    case "FunctionDeclaration":
      return lowerClosure(context, node);
    case "UnaryExpression":
      return lowerUnary(context, node);
    case "BinaryExpression":
      return lowerBinary(context, node);
    case "LogicalExpression":
      return lowerLogical(context, node);
    case "MemberExpression":
    case "IndexExpression":
      return lowerIndex(context, node);
    case "TableConstructorExpression":
      return lowerTable(context, node);
    default:
      return firstResult(lowerCall(context, node));
  }
}

function firstResult(code: Code): Code {
  if (code.list) return primary(`${code.text}.at(1)`, "value");
  const { mayBeAbsent: _, ...present } = code;
  return present;
}

export function lowerBoxed(context: FunctionContext, node: Expression): Code {
  return boxed(lowerExpression(context, node));
}

function lowerNumber(node: Expression & { type: "NumericLiteral" }): Code {
  if (/(?:u?ll|i)$/i.test(node.raw) && !/^0x[\da-f.]+$/i.test(node.raw)) {
    refuse("cdata", `${node.raw} is a 64-bit or complex number of LuaJIT's FFI`, "use a plain number", node);
  }
  const { value } = node;
  if (value === Number.POSITIVE_INFINITY) return primary("Infinity", "number", true);
  const text =
    Number.isInteger(value) && Math.abs(value) >= 2 ** 31 ? `${value}.0`.replace(/e([^.]*)\.0$/, "e$1") : String(value);
  return primary(text, "number", true);
}

function lowerName(context: FunctionContext, node: Identifier): Code {
  const binding = context.script.bindingOf.get(node);
  const variable = binding && context.variable(binding);
  if (variable) {
    const own = variable.boxed ? `${variable.name}.value` : variable.name;
    const text = context.module.accumulators.finished.has(node) ? `lua.finished(${own})` : own;
    const shared = variable.boxed || variable.isModule;
    const code: Code = { ...primary(text, variable.type, true), stable: !shared || isAssignedOnce(binding) };
    const type = context.types.ofExpression(node);
    return type === variable.type ? code : cast(code, type);
  }
  return lowerAlias(context, node) ?? lowerGlobal(context, node);
}

/** `local LIMIT = 100`, and nothing afterwards. */
function isAssignedOnce({ kind, assignments: [only, ...more] }: Binding): boolean {
  return kind === "local" && only?.how === "declaration" && more.length === 0;
}

function libraryConstantCode(context: FunctionContext, { expression, type, file }: LibraryConstant): Code {
  return primary(file ? runtimeName(context, file, expression) : expression, type, true);
}

function lowerAlias(context: FunctionContext, node: Identifier): Code | undefined {
  const path = libraryPath(context.script, node);
  const constant = path === undefined ? undefined : libraryConstant(path);
  if (constant) return libraryConstantCode(context, constant);
  const row = path === undefined ? undefined : libraryFunction(path);
  if (row) return libraryValue(context, row, node);
  return path !== undefined && isLibrary(path) ? libraryTable(context, path, node) : undefined;
}

/** A name that the script never assigns: the library's, or nil. */
function lowerGlobal(context: FunctionContext, node: Identifier): Code {
  const { name } = node;
  const binding = context.script.bindingOf.get(node);
  if (binding && binding.kind !== "global") {
    return refuse(FOLLOW_ON, `${name} was not compiled`, "see the refusal of its declaration", node);
  }
  if (binding && binding.assignments.length > 0) {
    return refuse(
      "escaping-global",
      `the function ${name} is used as a value here before it is sure to be defined`,
      "define it before its first use",
      node,
    );
  }
  switch (name) {
    case "_VERSION":
      return context.string("Lua 5.1");
    case "EnvoyTimestampResolution":
      return refuse(
        "timestamp-resolution",
        "EnvoyTimestampResolution is used as a table",
        "write EnvoyTimestampResolution.MILLISECOND or .MICROSECOND",
        node,
      );
    case "require":
      return refuse("dynamic-require", "require is used as a value", 'write require "name" where it is needed', node);
    case "_G":
      return refuse("dynamic-globals", "_G is used as a value", "name the globals that are meant", node);
    default:
      return primary("lua.nil", "nil", true);
  }
}

function lowerIndex(context: FunctionContext, node: MemberExpression | IndexExpression): Code {
  const path = libraryPath(context.script, node);
  const constant = path === undefined ? undefined : libraryConstant(path);
  if (constant) return libraryConstantCode(context, constant);
  const row = path === undefined ? undefined : libraryFunction(path);
  if (row) return libraryValue(context, row, node);
  if (path !== undefined && isLibrary(path)) return libraryTable(context, path, node);
  if (path !== undefined && isLibrary(path.slice(0, path.lastIndexOf(".")))) return primary("lua.nil", "nil", true);
  const global = globalThroughG(context, node);
  if (global) return global;
  const resolution = timestampResolution(context, node);
  if (resolution) return resolution;
  const base = lowerExpression(context, node.base);
  const type = context.types.ofExpression(node);
  if (node.type === "MemberExpression" || node.index.type === "StringLiteral") {
    const name = node.type === "MemberExpression" ? node.identifier.name : (node.index as { value: string }).value;
    return cast(indexByName(context, node, base, name), type);
  }
  return cast(indexByValue(context, node, base, node.index), type);
}

function indexByName(
  context: FunctionContext,
  node: MemberExpression | IndexExpression,
  base: Code,
  name: string,
): Code {
  const key = context.string(name);
  if (base.type === "table" && !context.types.metamethods.has("__index")) {
    const read = callCode(`${inside(base, Precedence.Postfix)}.getString`, [key.text], "value");
    return isQuiet(base) ? quietly(read) : read;
  }
  // A string or an object of Envoy may turn up there, whose methods are its fields.
  if (isMethodName(name)) context.module.dynamicMethods.add(name);
  return callCode("lua.indexString", [boxed(base).text, key.text, ...place(context, node, node.base)], "value");
}

function isMethodName(name: string): boolean {
  return libraryFunction(`string.${name}`) !== undefined || envoyApi.some((method) => method.name === name);
}

function indexByValue(context: FunctionContext, node: IndexExpression, base: Code, indexNode: Expression): Code {
  const index = lowerExpression(context, indexNode);
  const { before, operands } = evaluateFirst(context, [base, index], [base.type !== "table", false]);
  const [table = base, key = index] = operands;
  if (table.type === "table" && !context.types.metamethods.has("__index")) {
    const method = key.type === "number" ? "getNumber" : key.type === "string" ? "getString" : "get";
    const argument = method === "get" ? boxed(key) : key;
    const read = callCode(`${inside(table, Precedence.Postfix)}.${method}`, [argument.text], "value");
    return comma(before, isQuiet(table) && isQuiet(key) ? quietly(read) : read);
  }
  if (isObject(base.type)) {
    refuse(
      "computed-method",
      "which method of an Envoy object is meant is known only at run time",
      "write the calls out: `object:method()`",
      node,
    );
  }
  return comma(
    before,
    callCode("lua.index", [boxed(table).text, boxed(key).text, ...place(context, node, node.base)], "value"),
  );
}

/** The last two arguments of a runtime call that may raise: the line, and how LuaJIT names the operand. */
export function place(context: FunctionContext, node: Expression, operand: Expression): readonly [string, string] {
  return [String(lineOf(node)), quote(describe(context, operand))];
}

/** `_G.name` and `_G["name"]` are the global `name`. */
function globalThroughG(context: FunctionContext, node: MemberExpression | IndexExpression): Code | undefined {
  if (node.base.type !== "Identifier" || node.base.name !== "_G") return undefined;
  const g = context.script.bindingOf.get(node.base);
  if (g?.kind !== "global" || g.assignments.length > 0) return undefined;
  const name =
    node.type === "MemberExpression"
      ? node.identifier.name
      : node.index.type === "StringLiteral"
        ? node.index.value
        : undefined;
  if (name === undefined)
    return refuse("dynamic-globals", "a global is looked up by a computed name", "use a table of your own", node);
  const binding = context.script.globals.get(name);
  const variable = binding && context.variable(binding);
  if (variable) return primary(variable.name, variable.type, true);
  if (libraryFunction(name) || binding) return refuse("dynamic-globals", `_G.${name} is read`, `write ${name}`, node);
  return primary("lua.nil", "nil", true);
}

function timestampResolution(context: FunctionContext, node: MemberExpression | IndexExpression): Code | undefined {
  if (
    node.type !== "MemberExpression" ||
    node.base.type !== "Identifier" ||
    node.base.name !== "EnvoyTimestampResolution"
  )
    return undefined;
  const binding = context.script.bindingOf.get(node.base);
  if (binding?.kind !== "global" || binding.assignments.length > 0) return undefined;
  if (node.identifier.name === "MILLISECOND") return primary("0", "number", true);
  return node.identifier.name === "MICROSECOND" ? primary("1", "number", true) : primary("lua.nil", "nil", true);
}
