import { type AnyCall, callArguments, type Expression, isCall, isMulti, type Node } from "./ast.js";
import { isLibraryAlias, libraryPath } from "./callee.js";
import type { Script } from "./script.js";
import { walk } from "./walk.js";

/** Functions of the library that call what they are given: to `error` they are a level of their own. */
const CALL_BACK = new Set([
  ...["pcall", "xpcall", "string.gsub", "table.sort", "table.foreach", "table.foreachi"],
  ...["coroutine.resume", "coroutine.wrap"],
]);

export function callsBack(path: string): boolean {
  return CALL_BACK.has(path);
}

/**
 * Whether the script calls `error` with a level of which it is not certain that it is 0, 1 or 2, or hands `error` to something that may call it with
 * one: `pcall(error, message, 2)`, `{ fail = error }`.
 */
export function usesErrorLevels(script: Script): boolean {
  if (!/\berror\b/.test(script.bytes)) return false;
  let found = false;
  walk(script.chunk, (node, parents) => {
    found ||= isCall(node) && hasDeepLevel(script, node);
    found ||= isErrorItself(script, node as Expression, parents.at(-1));
    return !found;
  });
  return found;
}

/** These do not call what they are given. */
const READERS = new Set(["type", "tostring", "rawequal", "print"]);

/** `error` that is neither called where it stands, nor given another name, nor called by `pcall` without a level. */
function isErrorItself(script: Script, node: Expression, parent: Node | undefined): boolean {
  if (!parent || libraryPath(script, node) !== "error") return false;
  switch (parent.type) {
    case "LocalStatement":
      return parent.init.some((value, i) => value === node && !isAlias(script, parent.variables[i]));
    case "CallExpression":
      return parent.base !== node && isHandedOver(script, parent);
    // An entry of `_G`: that a level may be given through that is a known limit.
    case "TableKeyString":
      return parent.ofGlobals !== true;
    case "BinaryExpression":
    case "UnaryExpression":
    case "IfClause":
    case "ElseifClause":
      return false;
    default:
      return true;
  }
}

function isHandedOver(script: Script, call: AnyCall): boolean {
  const [, message, ...more] = callArguments(call);
  const path = libraryPath(script, call.base) ?? "";
  if (path === "pcall") return more.length > 0 || (message !== undefined && isMulti(message));
  return !READERS.has(path);
}

function isAlias(script: Script, variable: Expression | undefined): boolean {
  const binding = variable?.type === "Identifier" ? script.bindingOf.get(variable) : undefined;
  return binding !== undefined && isLibraryAlias(script, binding);
}

/** `error(message, 3)`, `error(message, level)` */
export function hasDeepLevel(script: Script, call: AnyCall): boolean {
  const [, level, ...more] = callArguments(call);
  if (!level || more.length > 0 || level.type === "NilLiteral") return false;
  if (level.type === "NumericLiteral" && level.value < 3) return false;
  return libraryPath(script, call.base) === "error";
}
