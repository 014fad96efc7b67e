import { type AnyCall, callArguments, type Expression, isCall, type Node } from "./ast.js";
import { pathOf } from "./callee.js";
import type { ResolvedNames } from "./script.js";
import { walk } from "./walk.js";

/**
 * Whether a script may change a metatable that all values of a type share: it uses `debug.setmetatable`, or asks for the metatable of a
 * string that it writes out.
 */
export function changesSharedMetatables(script: ResolvedNames): boolean {
  if (!/\b[gs]etmetatable\b/.test(script.bytes)) return false;
  let found = false;
  walk(script.chunk, (node) => {
    if (found) return false;
    const path = pathOf(script, node as Expression);
    found = path === "debug.setmetatable" || (isCall(node) && asksString(script, node));
    return !found;
  });
  return found;
}

/** `getmetatable("")` */
function asksString(script: ResolvedNames, call: AnyCall): boolean {
  const [of] = callArguments(call);
  return of !== undefined && readsMetatable(script, call) && isWrittenString(script, of);
}

/** Calls of `getmetatable`; not `getmetatable(x) == Class`, where no class is the metatable of strings. */
export function metatableReads(script: ResolvedNames): readonly AnyCall[] {
  const found: AnyCall[] = [];
  walk(script.chunk, (node, parents) => {
    if (!isCall(node) || !readsMetatable(script, node)) return;
    if (!isCompared(node, parents.at(-1))) found.push(node);
  });
  return found;
}

function isCompared(node: Node, parent: Node | undefined): boolean {
  if (parent?.type !== "BinaryExpression" || !["==", "~="].includes(parent.operator)) return false;
  return ![parent.left, parent.right].some((operand) => operand !== node && operand.type === "NilLiteral");
}

function readsMetatable(script: ResolvedNames, call: AnyCall): boolean {
  return ["getmetatable", "debug.getmetatable"].includes(pathOf(script, call.base) ?? "");
}

function isWrittenString(script: ResolvedNames, node: Expression): boolean {
  if (node.type === "StringLiteral") return true;
  const binding = node.type === "Identifier" ? script.bindingOf.get(node) : undefined;
  const [only, ...more] = binding?.assignments ?? [];
  return more.length === 0 && only?.index === 0 && only.value?.type === "StringLiteral";
}
