import type { LibraryConstant, LibraryFunction } from "../library.js";
import { any, approximate, exact, quiet, raising, refused, rest } from "./rows.js";

/** What reaches out of the script: files, modules, LuaJIT itself. */
export const systemLibrary: readonly LibraryFunction[] = [
  ...refused(
    "a Wasm module has no files",
    "io.close",
    "io.flush",
    "io.input",
    "io.lines",
    "io.open",
    "io.output",
    "io.read",
    "io.tmpfile",
    "io.stderr",
    "io.stdin",
    "io.stdout",
    "io.type",
    "io.write",
  ),
  ...refused("a Wasm module can start no process", "io.popen"),
  ...refused(
    "only the libraries that LuaJIT opens itself are found there by name (`package.loaded.string`); `require` of a module says whether it is there",
    "package.loaded",
  ),
  ...refused(
    "there is nothing to load modules from; `--module NAME=FILE.lua` compiles one in",
    "package.loaders",
    "package.loadlib",
    "package.preload",
    "package.searchers",
    "package.searchpath",
    "package.seeall",
  ),
  exact("debug.getmetatable", "debug", quiet("rawMetatable", [any("v")], "value")),
  exact("debug.setmetatable", "debug", raising("setRawMetatable", [rest], "value")),
  ...["on", "off", "flush"].map((name) =>
    approximate(`jit.${name}`, "debug", "there is no just-in-time compiler to switch", quiet("switchCompiler", [rest])),
  ),
  approximate("debug.traceback", "debug", "it names no functions and no lines", quiet("traceback", [rest], "value")),
  ...refused(
    "a compiled function has no frames, names or upvalues to look at",
    "debug.debug",
    "debug.getfenv",
    "debug.gethook",
    "debug.getinfo",
    "debug.getlocal",
    "debug.getregistry",
    "debug.getupvalue",
    "debug.getuservalue",
    "debug.setfenv",
    "debug.sethook",
    "debug.setlocal",
    "debug.setupvalue",
    "debug.setuservalue",
    "debug.upvalueid",
    "debug.upvaluejoin",
  ),
  ...refused("there is no LuaJIT in a Wasm module", "jit.attach", "jit.opt", "jit.security", "jit.status", "gcinfo"),
];

/** What Envoy's LuaJIT says of itself. */
export const jitConstants: readonly LibraryConstant[] = [
  { name: "jit.version", type: "string", expression: 'Str.of("LuaJIT 2.1.ROLLING")' },
  { name: "jit.version_num", type: "number", expression: "20199.0" },
  { name: "jit.os", type: "string", expression: 'Str.of("Linux")' },
  { name: "jit.arch", type: "string", expression: 'Str.of("x64")' },
];

/** What Envoy's LuaJIT has there. Nothing is ever loaded by them: `require` is resolved when the module is compiled. */
export const packageConstants: readonly LibraryConstant[] = [
  {
    name: "package.path",
    type: "string",
    expression:
      'Str.of("./?.lua;/usr/local/share/luajit-2.1/?.lua;/usr/local/share/lua/5.1/?.lua;/usr/local/share/lua/5.1/?/init.lua")',
  },
  {
    name: "package.cpath",
    type: "string",
    expression: 'Str.of("./?.so;/usr/local/lib/lua/5.1/?.so;/usr/local/lib/lua/5.1/loadall.so")',
  },
  { name: "package.config", type: "string", expression: 'Str.of("/\\n;\\n?\\n!\\n-\\n")' },
];
