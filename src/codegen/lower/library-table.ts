import type { Expression } from "../../lua/ast.js";
import { libraryConstant, libraryFields, libraryFunction } from "../../lua/callee.js";
import type { LibraryConstant, LibraryFunction } from "../../lua/library.js";
import { type Code, primary } from "../code.js";
import { FunctionContext, type ModuleContext, type Variable } from "../context.js";
import { boxed } from "../convert.js";
import { refuse } from "../refusal.js";
import { runtimeName } from "./library-call.js";
import { libraryValue, refusedValue } from "./library-value.js";

/** A library as a value: the variable that holds its table, see `printLibraryTables`. */
export function libraryTable(context: FunctionContext, path: string, node: Expression): Code {
  const variable = context.module.libraryTables.get(path);
  // Only a statement that does nothing, `require "string"`, names a library without need for its table.
  if (!variable) return primary("lua.nil", "nil", true);
  refuseEmpty(path, node);
  return primary(variable.name, "table", true);
}

function refuseEmpty(path: string, node: Expression): void {
  if (libraryFields(path).some(isThere)) return;
  const name = shortName(path);
  refuse("library-value", `the library ${name} is used as a value: nothing of it is there`, "leave it out", node);
}

function isThere(field: LibraryFunction | LibraryConstant): boolean {
  return !("status" in field) || field.status.kind !== "refused";
}

/** `string`; `cjson` for `require(cjson)`. */
function shortName(path: string): string {
  return /^require\((.*)\)$/.exec(path)?.[1] ?? path;
}

/** A variable for every library that the script uses as a table. */
export function declareLibraryTables(module: ModuleContext): void {
  if (module.script.globals.get("pairs")?.assignments.length) module.dynamicMethods.add("__pairs");
  for (const [path, { isValue }] of module.script.libraries) {
    if (!isValue) continue;
    const name = module.topLevel.declare(`${shortName(path).replace(/\W/g, "_")}_library`);
    module.libraryTables.set(path, { name, type: "table", boxed: false, isModule: true });
  }
  if (!module.types.readsStringMetatable) return;
  const name = module.topLevel.declare("shared_metatables");
  module.libraryTables.set(SHARED, { name, type: "table", boxed: false, isModule: true });
}

/** In place of a library's path: the table with the metatables that all values of a type share. */
export const SHARED = "(metatables)";

/**
 * Statements that make the tables, first of all in `main`:
 *
 *     string_library = Table.create(0, 2).field(UPPER, lua.builtin(…)).field(LOWER, …);
 *     unpack = lua.builtin(…);
 */
export function printLibraryTables(module: ModuleContext): readonly string[] {
  const context = new FunctionContext(module, module.script.main, { kind: "void" });
  const lines = [...module.libraryTables].map(([path, { name }]) => {
    if (path === SHARED) return `${name} = ${sharedMetatables(context)};`;
    const fields = fieldsOf(module, path).map((field) => {
      const key = field.name.slice(field.name.lastIndexOf(".") + 1);
      return `.field(${context.string(key).text}, ${boxed(fieldValue(context, field)).text})`;
    });
    return `${name} = Table.create(0, ${fields.length})${fields.join("")};`;
  });
  return [...lines, ...initialGlobals(context)];
}

/** That of strings; its `__index` is empty when the script has no use for the library as a table. */
function sharedMetatables(context: FunctionContext): string {
  const strings = context.module.libraryTables.get("string")?.name ?? "Table.create(0, 0)";
  const [type, index] = [context.string("string").text, context.string("__index").text];
  return `Table.create(0, 1).field(${type}, lua.table(Table.create(0, 1).field(${index}, lua.table(${strings}))))`;
}

function fieldsOf(module: ModuleContext, path: string): readonly (LibraryFunction | LibraryConstant)[] {
  const use = module.script.libraries.get(path);
  const fields = libraryFields(path);
  if (!use || use.isWhole || use.changed === "any") return fields;
  const { changed } = use;
  const isMethod = (key: string): boolean => path === "string" && changed.size > 0 && module.dynamicMethods.has(key);
  return fields.filter(({ name }) => {
    const key = name.slice(name.lastIndexOf(".") + 1);
    return changed.has(key) || isMethod(key);
  });
}

function fieldValue(context: FunctionContext, field: LibraryFunction | LibraryConstant): Code {
  if (!("status" in field)) {
    const { file, expression, type } = field;
    return primary(file ? runtimeName(context, file, expression) : expression, type, true);
  }
  return field.status.kind === "refused" ? refusedValue(context, field) : libraryValue(context, field);
}

/** A global of the library that the script assigns (`unpack = unpack or table.unpack`) holds the library's at first. */
function initialGlobals(context: FunctionContext): readonly string[] {
  const { script, variables, libraryTables } = context.module;
  return [...script.globals].flatMap(([name, binding]) => {
    const variable = variables.get(binding) as Variable | undefined;
    if (!variable || binding.assignments.length === 0) return [];
    const row = libraryFunction(name);
    const value = libraryTables.has(name)
      ? primary((libraryTables.get(name) as Variable).name, "table", true)
      : libraryConstant(name) || !row
        ? undefined
        : fieldValue(context, row);
    return value ? [`${variable.name} = ${variable.type === "table" ? value.text : boxed(value).text};`] : [];
  });
}
