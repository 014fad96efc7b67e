import type { Method } from "../envoy/index.js";
import { type AnyCall, callArguments, type Expression, isCall, type MemberExpression, type Node } from "../lua/ast.js";
import type { Types } from "../lua/infer.js";
import type { Binding, FunctionInfo, Script } from "../lua/script.js";
import { isObject, withoutNil } from "../lua/static-type.js";
import { walk } from "../lua/walk.js";
import type { YieldKinds } from "./entry.js";

/**
 * Whether a request can leave something behind: a handler assigns a variable of the chunk, or writes into a table that may be one that
 * outlives the request. When in doubt, yes.
 */
export function keepsState(script: Script, types: Types<Method>, moduleVariables: ReadonlySet<Binding>): boolean {
  if (makesCoroutines(script)) return true;
  if (moduleVariables.size === 0 && ![...script.libraries.values()].some(({ isValue }) => isValue)) return false;
  if (sharesAssignedVariables(script)) return true;
  return script.functions.some(
    (fn) => fn !== script.main && (assignsModuleVariable(fn, moduleVariables) || writesForeignTable(script, types, fn)),
  );
}

/** The chunk's own statements may make a coroutine, whose own variables then outlive the request. */
function makesCoroutines(script: Script): boolean {
  if (!hasCoroutines(script)) return false;
  let found = false;
  walkOwn(script.main, (node) => {
    if (isCall(node)) found = true;
  });
  return found;
}

/** A closure assigns a local of a function around it: if a variable of the chunk holds the closure, that local outlives the request. */
function sharesAssignedVariables(script: Script): boolean {
  for (const binding of script.bindingOf.values()) {
    if (binding.kind === "global" || binding.owner === script.main) continue;
    if (binding.assignments.some(({ inside }) => inside !== binding.owner)) return true;
  }
  return false;
}

function assignsModuleVariable(fn: FunctionInfo, moduleVariables: ReadonlySet<Binding>): boolean {
  for (const binding of moduleVariables) if (binding.assignments.some(({ inside }) => inside === fn)) return true;
  return false;
}

const TABLE_WRITERS = new Set([
  "table.insert",
  "table.remove",
  "table.sort",
  "table.move",
  "table.clear",
  "rawset",
  "setmetatable",
  "table.foreach",
]);

function writesForeignTable(script: Script, types: Types<Method>, fn: FunctionInfo): boolean {
  let found = false;
  for (const statement of fn.node.body) {
    walk(statement, (node) => {
      if (found) return false;
      if (node.type === "AssignmentStatement") {
        found = node.variables.some((target) => target.type !== "Identifier" && !isOwnTable(script, fn, target.base));
      } else if (node.type === "FunctionDeclaration" && node.identifier?.type === "MemberExpression") found = true;
      else if (isCall(node)) found = writesArgument(script, types, fn, node);
      return !found;
    });
  }
  return found;
}

function writesArgument(script: Script, types: Types<Method>, fn: FunctionInfo, call: AnyCall): boolean {
  const callee = types.callee(call);
  if (callee.kind !== "library" || !TABLE_WRITERS.has(callee.row.name)) return false;
  const [table] = callArguments(call);
  return table !== undefined && !isOwnTable(script, fn, table);
}

/** A local of the function itself that never holds anything but tables made right there. */
function isOwnTable(script: Script, fn: FunctionInfo, node: Expression): boolean {
  if (node.type === "TableConstructorExpression") return true;
  if (node.type !== "Identifier") return false;
  const binding = script.bindingOf.get(node);
  return (
    binding !== undefined &&
    binding.kind === "local" &&
    binding.owner === fn &&
    binding.assignments.every(({ value, index }) => index === 0 && value?.type === "TableConstructorExpression")
  );
}

/** Whether the script names the library at all. */
export function hasCoroutines(script: Script): boolean {
  let found = false;
  walk(script.chunk, (node) => {
    if (node.type === "Identifier") found ||= node.name === "coroutine";
    else if (node.type === "MemberExpression") found ||= node.identifier.name === "coroutine";
    else if (node.type === "StringLiteral") found ||= node.value === "coroutine";
    return !found;
  });
  return found;
}

/** What a function may wait for, over everything that can run on its behalf. */
export function yieldKinds(script: Script, types: Types<Method>, entry: FunctionInfo | undefined): YieldKinds {
  const names = new Set<string>();
  for (const fn of entry ? reachable(script, types, entry) : script.functions) collectWaits(fn, types, names);
  return {
    body: names.has("body"),
    bodyChunks: names.has("bodyChunks"),
    trailers: names.has("trailers"),
    httpCall: names.has("httpCall"),
  };
}

const WAITING = new Set(["body", "bodyChunks", "trailers", "httpCall"]);

function collectWaits(fn: FunctionInfo, types: Types<Method>, names: Set<string>): void {
  walkOwn(fn, (node) => {
    if (node.type === "MemberExpression" && isMethodValue(node, types)) names.add(node.identifier.name);
    if (!isCall(node)) return;
    const callee = types.callee(node);
    if (callee.kind === "method" && WAITING.has(callee.method.name) && !isAsynchronous(node, types))
      names.add(callee.method.name);
    if (callee.kind === "dynamicMethod" && WAITING.has(callee.name)) names.add(callee.name);
  });
}

/** `pcall(handle.httpCall, handle, …)`: who calls it, and how, is not known. */
function isMethodValue({ base, indexer, identifier }: MemberExpression, types: Types<Method>): boolean {
  return indexer === "." && WAITING.has(identifier.name) && withoutNil(types.ofExpression(base)) === "Handle";
}

/** `httpCall(…, 1000, true)`: nothing is waited for. With options in place of the timeout, they say what is. */
function isAsynchronous(call: AnyCall, types: Types<Method>): boolean {
  const [, , , timeout, flag] = callArguments(call);
  return (
    flag?.type === "BooleanLiteral" && flag.value && timeout !== undefined && types.ofExpression(timeout) === "number"
  );
}

/** Functions that may run when `entry` does: itself, what stands inside it, what it calls by name; and, once anything is called as a value, every closure. */
function reachable(script: Script, types: Types<Method>, entry: FunctionInfo): ReadonlySet<FunctionInfo> {
  const direct = new Set(types.direct.values());
  const closures = script.functions.filter((fn) => fn !== script.main && !direct.has(fn));
  const found = new Set([entry]);
  let callsValues = false;
  for (const fn of found) {
    walkOwn(fn, (node) => {
      if (node.type === "FunctionDeclaration") {
        const inner = script.functionOf.get(node);
        if (inner && !direct.has(inner)) found.add(inner);
      }
      if (!isCall(node)) return;
      const callee = types.callee(node);
      if (callee.kind === "direct") found.add(callee.fn);
      else if (callee.kind !== "method" && !callsValues) {
        callsValues = true;
        for (const closure of closures) found.add(closure);
      }
    });
  }
  return found;
}

/** The nodes of a function's own body; functions inside it are seen but not entered. */
function walkOwn(fn: FunctionInfo, visit: (node: Node) => void): void {
  for (const statement of fn.node.body) {
    walk(statement, (node) => {
      visit(node);
      return node.type !== "FunctionDeclaration";
    });
  }
}

/** Whether `pairs` may be called with headers: while such a traversal is unfinished, writes raise. */
export function iteratesHeaders(script: Script, types: Types<Method>): boolean {
  const name = script.globals.get("pairs");
  // As a value it may be called with anything.
  if (name?.references.some(({ how }) => how === "read")) return true;
  let found = false;
  walk(script.chunk, (node) => {
    if (!isCall(node)) return;
    if (node.base.type !== "Identifier" || node.base.name !== "pairs") return;
    const [over] = callArguments(node);
    const type = over ? types.ofExpression(over) : "value";
    if (type === "value" || (isObject(type) && withoutNil(type) === "Headers")) found = true;
  });
  return found;
}
