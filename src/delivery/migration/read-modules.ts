import { readFileSync } from "node:fs";
import type { LuaModule } from "../../lua/link-modules.js";
import { LuaSyntaxError, parseScript } from "../../lua/parse.js";
import { InputError } from "../../support/failure.js";

/**
 * The modules of `--module NAME=FILE.lua`.
 * @throws {InputError} for what is not of that form, a file that cannot be read, text that is not Lua, a name given twice
 */
export function readModules(options: readonly string[]): readonly LuaModule[] {
  const modules = options.map(readModule);
  const twice = modules.find(({ name }, i) => modules.findIndex((other) => other.name === name) < i);
  if (twice) throw new InputError(`--module ${twice.name}: given more than once`);
  return modules;
}

function readModule(option: string): LuaModule {
  const [, name, file] = /^([^=]+)=(.+)$/s.exec(option) ?? [];
  if (name === undefined || file === undefined) throw new InputError(`--module ${option}: not NAME=FILE.lua`);
  return { name, file, parsed: parse(file, readText(file)) };
}

function readText(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const what = code === "ENOENT" ? "no such file" : code === "EISDIR" ? "is a folder" : String(code);
    throw new InputError(what, { file });
  }
  if (bytes[0] === 0x1b) throw new InputError("compiled Lua (bytecode), which cannot be compiled in", { file });
  const text = bytes.toString("utf8");
  if (!Buffer.from(text).equals(bytes)) throw new InputError("not UTF-8", { file });
  // As for any file, LuaJIT leaves out a first line that begins with `#`.
  return text.replace(/^#[^\n]*/, "");
}

function parse(file: string, text: string): LuaModule["parsed"] {
  try {
    return parseScript(text);
  } catch (error) {
    if (error instanceof LuaSyntaxError) throw new InputError(error.message, { file, ...error.at });
    throw error;
  }
}
