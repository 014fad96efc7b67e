import { type AnyCall, callArguments, isCall } from "./ast.js";
import { libraryPath } from "./callee.js";
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

/** Whether the script calls `error` with a level of which it is not certain that it is 0, 1 or 2. */
export function usesErrorLevels(script: Script): boolean {
  if (!/\berror\b/.test(script.bytes)) return false;
  let found = false;
  walk(script.chunk, (node) => {
    found ||= isCall(node) && hasDeepLevel(script, node);
    return !found;
  });
  return found;
}

/** `error(message, 3)`, `error(message, level)` */
export function hasDeepLevel(script: Script, call: AnyCall): boolean {
  const [, level, ...more] = callArguments(call);
  if (!level || more.length > 0 || level.type === "NilLiteral") return false;
  if (level.type === "NumericLiteral" && level.value < 3) return false;
  return libraryPath(script, call.base) === "error";
}
