import type { Expression } from "../../lua/ast.js";
import type { LibraryFunction } from "../../lua/library.js";
import { type Code, callCode, primary } from "../code.js";
import type { FunctionContext } from "../context.js";
import { boxed } from "../convert.js";
import { indent } from "../print.js";
import { quote } from "../string-constants.js";
import { convertArgument, libraryParameters } from "./arguments.js";
import { refuseLibrary, runtimeName } from "./library-call.js";

/** A library function as a value, always the same one: `lua.builtin(string_lower_at, string_lower_value.index)`. */
export function libraryValue(context: FunctionContext, row: LibraryFunction, node?: Expression): Code {
  if (node && (row.status.kind === "refused" || row.forms.length === 0)) refuseLibrary(row, node);
  if (row.value) return callCode(runtimeName(context, row.file, row.value), [], "value", true);
  return builtin(context, libraryWrapper(context, row));
}

/** The one function value that there is of a function of the file. */
export function builtin(context: FunctionContext, name: string): Code {
  const { module } = context;
  let at = module.builtins.get(name);
  if (at === undefined) {
    at = module.topLevel.declare(`${name}_at`);
    module.builtins.set(name, at);
    module.declarations.push(`const ${at}: usize = memory.data(8, 8);`);
  }
  return callCode("lua.builtin", [at, `${name}.index`], "value", true);
}

/** In place of a function that a module cannot have, in a library that is used as a table: it raises an error when it is called. */
export function refusedValue(context: FunctionContext, row: LibraryFunction): Code {
  const { module } = context;
  let name = module.wrappers.get(row.name);
  if (name === undefined) {
    name = module.topLevel.declare(`${row.name.replace(/\W/g, "_")}_refused`);
    module.wrappers.set(row.name, name);
    const reason = row.status.kind === "refused" ? row.status.reason : "";
    module.declarations.push(
      [
        `function ${name}(self: Closure, count: i32, a: Value, b: Value, c: Value): Value {`,
        ...indent([`lua.raiseText(${quote(`${row.name}: ${reason}`)}, lua.callLine);`, "return lua.nil;"]),
        "}",
      ].join("\n"),
    );
  }
  return builtin(context, name);
}

const NAMES = ["a", "b", "c"];

/**
 *     function string_lower(self: Closure, count: i32, a: Value, b: Value, c: Value): Value {
 *       return lua.return1(lua.string(string.lower(lua.checkString(a, 1, "lower", lua.namedLine(), count < 1))));
 *     }
 */
function libraryWrapper(context: FunctionContext, row: LibraryFunction): string {
  const { module } = context;
  // `table.unpack` is `unpack`.
  const key = row.name === "table.unpack" ? "unpack" : row.name;
  const known = module.wrappers.get(key);
  if (known) return known;
  const name = module.topLevel.declare(`${key.replace(/\W/g, "_")}_value`);
  module.wrappers.set(key, name);
  if (row.name === "pairs") module.dynamicMethods.add("__pairs");
  const form = row.valueForm ?? (row.forms.at(-1) as LibraryFunction["forms"][number]);
  const site = { name: row.name.split(".").at(-1) as string, line: "lua.namedLine()", counted: "count" };
  const args = libraryParameters(form).map((parameter, i) => {
    if (parameter.type === "values") return `lua.varargs(${i}, count, a, b, c)`;
    const text = NAMES[i] ?? `(count > ${i} ? lua.argument(${i + 1}) : lua.nil)`;
    return convertArgument(parameter, primary(text, "value", true), i + 1, site);
  });
  const call = `${runtimeName(context, row.file, form.function)}(${[...args, ...(form.raises ? ["lua.namedLine()"] : [])].join(", ")})`;
  const lines = [
    `function ${name}(self: Closure, count: i32, a: Value, b: Value, c: Value): Value {`,
    ...indent(returned(call, form.results)),
    "}",
  ];
  module.declarations.push(lines.join("\n"));
  return name;
}

function returned(call: string, results: LibraryFunction["forms"][number]["results"]): readonly string[] {
  if (results === "multiple") return [`return ${call};`];
  const [first, second] = results;
  if (first === undefined) return [`${call};`, "return lua.return0();"];
  if (first === "number?") return [`return lua.return1(lua.numberOrNil(${call}));`];
  const value = boxed(primary(call, first)).text;
  if (second === undefined) return [`return lua.return1(${value});`];
  return [`const first = ${value};`, "return lua.return2(first, lua.result(2));"];
}
