import type { AnyCall } from "../../lua/ast.js";
import { LINES_PER_CHUNK } from "../../lua/link-modules.js";
import { fileChunkName } from "../chunk-name.js";
import { type Code, callCode, Precedence } from "../code.js";
import type { FunctionContext, ModuleContext, Variable } from "../context.js";
import { indent } from "../print.js";
import { refuse } from "../refusal.js";
import { quote } from "../string-constants.js";
import { callLine } from "./call.js";
import { retainedText } from "./statement.js";

/** `require "name"` of a module that was compiled in → `(loaded_name = lua.require(loaded_name, load_name, NAME, 3))` */
export function lowerRequire(context: FunctionContext, call: AnyCall, name: string): Code {
  const module = context.script.modules.get(name);
  if (!module) return refuseModule(call, name);
  const loaded = context.variable(module.loaded) as Variable;
  const loader = context.variable(module.loader) as Variable;
  // A function that is left by the call is not on the stack any more: the error names no place in it.
  const isTail = context.fn.returns.some(({ arguments: [only, ...more] }) => only === call && more.length === 0);
  const line = isTail && !call.inParens ? 0 : callLine(call);
  const args = [loaded.name, loader.name, context.string(name).text, String(line)];
  const { text } = callCode("lua.require", args, "value");
  const kept = loaded.isModule && context.module.facts.stateful ? retainedText(text, "value") : text;
  return { text: `(${loaded.name} = ${kept})`, precedence: Precedence.Primary, type: "value", pure: false };
}

const NATIVE =
  /^(?:ffi|jit(?:\..*)?|string\.buffer|lpeg|lfs|lsqlite3|luasql\..*|socket(?:\..*)?|ssl|zlib|redis|resty\..*)$/;

function refuseModule(call: AnyCall, name: string): never {
  if (NATIVE.test(name))
    return refuse(
      "native-module",
      `require("${name}") needs native code, which a Wasm module cannot have`,
      "do it in plain Lua, or keep this filter in Lua",
      call,
    );
  return refuse(
    "unknown-module",
    `require("${name}") needs a module that is not there`,
    `give it with --module ${name}=FILE.lua if it is pure Lua`,
    call,
  );
}

/**
 * The names of the modules, and of the texts that `load` is given, in error messages, by number:
 *
 *     function module_names(module: i32): Str { return module == 1 ? Str.of("./json.lua") : Str.of("./base64.lua"); }
 */
export function printModuleNames(module: ModuleContext): readonly string[] {
  const { modules, texts } = module.script;
  const names = [
    ...[...modules.values()].map(({ path, firstLine }) => ({ name: fileChunkName(`./${path}`), firstLine })),
    ...texts.map(({ chunkName, firstLine }) => ({ name: chunkName, firstLine })),
  ];
  if (names.length === 0) return [];
  const lines = names.map(
    ({ name, firstLine }) => `if (module == ${firstLine / LINES_PER_CHUNK}) return Str.of(${quote(name)});`,
  );
  return [
    ["function module_names(module: i32): Str {", ...indent([...lines, "return lua.EMPTY;"]), "}"].join("\n"),
    "lua.setModuleNames(module_names.index);",
  ];
}
