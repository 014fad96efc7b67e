import type { AnyCall, Expression } from "./ast.js";
import { callArguments, isCall } from "./ast.js";
import { LIBRARY, LIBRARY_CONSTANTS, type LibraryConstant, type LibraryFunction, MODULES } from "./library.js";
import type { Binding, FunctionInfo, Script } from "./script.js";

/** What a call calls, as far as it is known without running the script. */
export type Callee<Method> =
  /** `string.sub(s, 1)`, or `s:sub(1)` with `receiver` the first argument. */
  | { readonly kind: "library"; readonly row: LibraryFunction; readonly receiver?: Expression }
  /** `headers:get("x")` on an object of the host. */
  | { readonly kind: "method"; readonly method: Method; readonly receiver: Expression }
  /** A function of the script, by its only name. */
  | { readonly kind: "direct"; readonly fn: FunctionInfo }
  /** `object:name(…)` on what may be anything. */
  | { readonly kind: "dynamicMethod"; readonly receiver: Expression; readonly name: string }
  | { readonly kind: "dynamic"; readonly callee: Expression };

/** What `require "name"` of a served module stands for: never the global of the same name. */
function moduleName(name: string): string {
  return `require(${name})`;
}

const functions = new Map([
  ...LIBRARY.map((row) => [row.name, row] as const),
  ...MODULES.flatMap(({ name, functions: rows }) =>
    rows.map((row) => [moduleName(name) + row.name.slice(name.length), row] as const),
  ),
]);
const constants = new Map([
  ...LIBRARY_CONSTANTS.map((row) => [row.name, row] as const),
  ...MODULES.flatMap(({ name, constants: rows }) =>
    rows.map((row) => [moduleName(name) + row.name.slice(name.length), row] as const),
  ),
]);
const libraries = new Set([
  ...LIBRARY.flatMap((row) => (row.name.includes(".") ? [row.name.split(".")[0] as string] : [])),
  ...MODULES.map(({ name }) => moduleName(name)),
]);
const served = new Set(MODULES.map(({ name }) => name));

export function libraryFunction(name: string): LibraryFunction | undefined {
  return functions.get(name);
}

export function libraryConstant(name: string): LibraryConstant | undefined {
  return constants.get(name);
}

/** Whether `name` is one of the tables of functions that LuaJIT opens: `string`, `os`… */
export function isLibrary(name: string): boolean {
  return libraries.has(name);
}

/**
 * The name in the library that an expression certainly stands for: `string.sub`, `print`, `string`, `cjson.decode`;
 * through locals that are set once (`local sub = string.sub`) and `require` of a constant.
 */
export function libraryPath(script: Script, node: Expression): string | undefined {
  switch (node.type) {
    case "Identifier": {
      const binding = script.bindingOf.get(node);
      return binding && pathOfBinding(script, binding);
    }
    case "MemberExpression":
    case "IndexExpression": {
      const base = libraryPath(script, node.base);
      const key = node.type === "MemberExpression" ? node.identifier.name : stringValue(node.index);
      return base === undefined || key === undefined ? undefined : `${base}.${key}`;
    }
    default:
      return isCall(node) ? requiredPath(script, node) : undefined;
  }
}

/** `local sub = string.sub`, `local s = string`: another name for something of the library, and nothing else ever. */
export function isLibraryAlias(script: Script, binding: Binding): boolean {
  if (binding.kind === "global") return false;
  const path = pathOfBinding(script, binding);
  return path !== undefined && (functions.has(path) || constants.has(path) || libraries.has(path));
}

function pathOfBinding(script: Script, binding: Binding): string | undefined {
  if (binding.kind === "global") return binding.assignments.length === 0 ? binding.name : undefined;
  const [only, ...more] = binding.assignments;
  if (!only?.value || more.length > 0 || only.how !== "declaration" || only.index !== 0) return undefined;
  return libraryPath(script, only.value);
}

/** `require "cjson"` is a module that the runtime serves, `require "string"` the library. */
function requiredPath(script: Script, call: AnyCall): string | undefined {
  const name = requiredModule(script, call);
  if (name === undefined) return undefined;
  return served.has(name) ? moduleName(name) : libraries.has(name) || functions.has(name) ? name : undefined;
}

/** `require "cjson"` of a constant name. */
export function requiredModule(script: Script, call: AnyCall): string | undefined {
  if (call.base.type !== "Identifier" || call.base.name !== "require") return undefined;
  if (script.bindingOf.get(call.base)?.kind !== "global") return undefined;
  const [name] = callArguments(call);
  return name && stringValue(name);
}

export function stringValue(node: Expression): string | undefined {
  return node.type === "StringLiteral" ? node.value : undefined;
}
