import type { AnyCall, Expression } from "./ast.js";
import { callArguments, isCall } from "./ast.js";
import { LIBRARY, LIBRARY_CONSTANTS, type LibraryConstant, type LibraryFunction, MODULES } from "./library.js";
import type { Binding, FunctionInfo, ResolvedNames, Script } from "./script.js";

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

/** LuaJIT's extensions, which are in no table until they are required. */
const ONLY_REQUIRED = new Set(["table.new", "table.clear"]);

const functions = new Map([
  ...LIBRARY.map((row) => [ONLY_REQUIRED.has(row.name) ? moduleName(row.name) : row.name, row] as const),
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
const opened = new Set([...libraries].filter((name) => !name.startsWith("require(")));
const served = new Set(MODULES.map(({ name }) => name));

export function libraryFunction(name: string): LibraryFunction | undefined {
  return functions.get(name);
}

export function libraryConstant(name: string): LibraryConstant | undefined {
  return constants.get(name);
}

/** The functions in the table of a library, and its constants. */
export function libraryFields(library: string): readonly (LibraryFunction | LibraryConstant)[] {
  return [...functions, ...constants].flatMap(([path, row]) =>
    path.startsWith(`${library}.`) && !path.slice(library.length + 1).includes(".") ? [row] : [],
  );
}

/** Whether `name` is one of the tables of functions that LuaJIT opens: `string`, `os`… */
export function isLibrary(name: string): boolean {
  return libraries.has(name);
}

/** Whether what a library holds under a name may be found there still: false where the script may have put something else there. */
type IsUnchanged = (library: string, key: string) => boolean;

/**
 * The name in the library that an expression certainly stands for: `string.sub`, `print`, `string`, `cjson.decode`;
 * through locals that are set once (`local sub = string.sub`) and `require` of a constant.
 */
export function libraryPath(script: Script, node: Expression): string | undefined {
  return pathOf(script, node, (library, key) => !isChanged(script, library, key));
}

/** `libraryPath` of a script whose changes to the library are not known yet, or do not matter. */
export function pathOf(script: ResolvedNames, node: Expression, isUnchanged?: IsUnchanged): string | undefined {
  switch (node.type) {
    case "Identifier": {
      const binding = script.bindingOf.get(node);
      return binding && pathOfBinding(script, binding, isUnchanged);
    }
    case "MemberExpression":
    case "IndexExpression": {
      const base = pathOf(script, node.base, isUnchanged);
      const key = node.type === "MemberExpression" ? node.identifier.name : stringValue(node.index);
      if (base === undefined || key === undefined) return undefined;
      // `package.loaded.string`: LuaJIT opens them all before the script runs.
      if (base === "package.loaded" && opened.has(key)) return key;
      return libraries.has(base) && isUnchanged?.(base, key) === false ? undefined : `${base}.${key}`;
    }
    // `loadstring or load`
    case "LogicalExpression": {
      const left = node.operator === "or" ? pathOf(script, node.left, isUnchanged) : undefined;
      return left !== undefined && functions.has(left) ? left : undefined;
    }
    default:
      return isCall(node) ? requiredPath(script, node) : undefined;
  }
}

/** Whether the script may have put something of its own under a name of a library. */
export function isChanged(script: Script, library: string, key: string): boolean {
  const changed = script.libraries.get(library)?.changed;
  return changed === "any" || changed?.has(key) === true;
}

/** `local sub = string.sub`, `local s = string`: another name for something of the library, and nothing else ever. */
export function isLibraryAlias(script: Script, binding: Binding): boolean {
  if (binding.kind === "global") return false;
  const path = pathOfBinding(script, binding, (library, key) => !isChanged(script, library, key));
  return path !== undefined && (functions.has(path) || constants.has(path) || libraries.has(path));
}

function pathOfBinding(script: ResolvedNames, binding: Binding, isUnchanged?: IsUnchanged): string | undefined {
  if (binding.kind === "global") return binding.assignments.length === 0 ? binding.name : undefined;
  const [only, ...more] = binding.assignments;
  if (!only?.value || more.length > 0 || only.how !== "declaration" || only.index !== 0) return undefined;
  return pathOf(script, only.value, isUnchanged);
}

/** `require "cjson"` is a module that the runtime serves, `require "string"` the library. */
function requiredPath(script: ResolvedNames, call: AnyCall): string | undefined {
  const name = requiredModule(script, call);
  if (name === undefined || script.modules.has(name)) return undefined;
  if (served.has(name) || ONLY_REQUIRED.has(name)) return moduleName(name);
  return libraries.has(name) ? name : undefined;
}

/** `require "cjson"` of a constant name. */
export function requiredModule(script: ResolvedNames, call: AnyCall): string | undefined {
  if (call.base.type !== "Identifier" || call.base.name !== "require") return undefined;
  if (script.bindingOf.get(call.base)?.kind !== "global") return undefined;
  const [name] = callArguments(call);
  return name && stringValue(name);
}

export function stringValue(node: Expression): string | undefined {
  return node.type === "StringLiteral" ? node.value : undefined;
}
