import { expect, test } from "vitest";
import { generate } from "../../src/codegen/generate.js";
import type { LuaModule } from "../../src/lua/link-modules.js";
import { parseScript } from "../../src/lua/parse.js";
import { startOracle } from "../oracle/luajit.js";
import { compileQuickly } from "./compile-quickly.js";
import { compare, preload } from "./run-compiled.js";
import { runModule } from "./run-module.js";

const module = (name: string, text: string, file = `${name}.lua`): LuaModule => ({
  name,
  file,
  parsed: parseScript(text),
});

/** Longer than LuaJIT shows. */
const LONG = "a.module.that.lies.at.the.end.of.a.very.long.path.and.is.broken";

const modules = [
  module(
    "counter",
    `-- counts
local M = {}
local count = 0

--- one more
function M.next()
  count = count + 1 -- kept
  return count
end

function M.fail(v)
  return v.x.y
end
M.name = ...
return M
`,
  ),
  module("nothing", 'loads = (loads or 0) + 1\nhelper = function() return "global of a module" end\n'),
  module("no", "loads_of_no = (loads_of_no or 0) + 1\nreturn false\n"),
  module("text", 'return "a text"'),
  module(
    "outer.inner",
    'local counter = require("counter")\nreturn { counter = counter, inner = true }\n',
    "lib/outer/inner.lua",
  ),
  module("a", 'local b = require("b")\nreturn {}\n'),
  module("b", 'local a = require("a")\nreturn a\n'),
  module("c", 'return require("d")\n'),
  module("d", 'return require("c")\n'),
  module("jumps", "local n = 0\n::again::\nn = n + 1\nif n < 3 then goto again end\nreturn n\n"),
  module(LONG, '\nerror("at load")\n'),
  module("level", 'return function(v) if not v then error("no value", 2) end return v end\n'),
  module("strings", 'function string.shout(s) return s:upper() .. "!" end\nreturn string.shout\n'),
];

const cases = [
  { name: "module", lua: 'local c = require("counter") return c.next(), c.next(), require "counter" == c, c.name' },
  { name: "shared", lua: 'return require("outer.inner").counter == require("counter"), require("outer.inner").inner' },
  { name: "no value", lua: 'return require("nothing"), require("nothing"), loads, helper()' },
  { name: "false", lua: 'return require("no"), require("no"), loads_of_no' },
  { name: "text", lua: 'return require("text"), #require("text")' },
  { name: "error inside", lua: 'return pcall(require("counter").fail, nil)' },
  { name: "error inside a field", lua: 'local c = require "counter" return pcall(function() return c.fail({}) end)' },
  { name: "error at load", lua: `return pcall(function() return require("${LONG}") end)` },
  { name: "error at load again", lua: `return pcall(function()\n  return require("${LONG}")\nend)` },
  { name: "error at load once more", lua: `return pcall(function()\n  local m = require("${LONG}")\n  return m\nend)` },
  { name: "loop", lua: 'return pcall(function() return require("a") end)' },
  { name: "loop of tail calls", lua: 'return pcall(function() return require("c") end)' },
  { name: "jumps", lua: 'return require("jumps")' },
  { name: "level two", lua: 'local check = require("level")\nreturn pcall(function()\n  check(nil)\nend)' },
  { name: "protected", lua: 'local ok, c = pcall(require, "counter") return ok, type(c), c == require("counter")' },
  { name: "protected served", lua: 'local ok, t = pcall(require, "string") return ok, t.upper("x")' },
  { name: "library", lua: 'local shout = require("strings") return shout("x"), ("y"):shout(), string.shout("z")' },
];

test("modules that are compiled in do what LuaJIT does", { timeout: 60_000 }, async () => {
  await using oracle = await startOracle();
  const { differences, refused } = await compare(oracle, cases, { modules });
  expect(differences).toEqual([]);
  expect([...refused]).toEqual([]);
});

test("required by the chunk alone", { timeout: 60_000 }, async () => {
  await using oracle = await startOracle();
  const text =
    'local inner = require("outer.inner")\nprint(inner.counter.next(), require("text"))\nfunction envoy_on_request() end\n';
  const program = generate(text, { modules });
  const lines: string[] = [];
  await runModule(await compileQuickly(program), (line) => lines.push(line));
  const [result] = await oracle.run([preload(modules) + text]);
  expect(lines).toEqual(result?.printed);
  expect(lines).toEqual(["1\ta text"]);
});

const refusalsOf = (text: string, ...available: readonly LuaModule[]) =>
  generate(text, { modules: available }).refusals.map(({ id, message, range }) => ({
    id,
    message,
    at: text.slice(...range),
  }));

test("what a module needs and cannot have is told with its place in the module, at the require that leads there", () => {
  const text =
    'local x = 1\nlocal m = require("outer")\nfunction envoy_on_request(handle) handle:logInfo(m.name) end\n';
  const outer = module("outer", 'local inner = require("inner")\nreturn { name = inner }\n', "lib/outer.lua");
  const inner = module("inner", '\n\nlocal f = io.open("x")\nlocal ffi = require("ffi")\nreturn f\n', "lib/inner.lua");
  expect(refusalsOf(text, outer, inner)).toEqual([
    { id: "library.io.open", message: "lib/inner.lua:3: io.open: a Wasm module has no files", at: 'require("outer")' },
    {
      id: "native-module",
      message: 'lib/inner.lua:4: require("ffi") needs native code, which a Wasm module cannot have',
      at: 'require("outer")',
    },
  ]);
  expect(refusalsOf(text, outer)).toEqual([
    {
      id: "unknown-module",
      message: 'lib/outer.lua:1: require("inner") needs a module that is not there',
      at: 'require("outer")',
    },
  ]);
});

test("modules that are not required leave no trace", () => {
  const text = "function envoy_on_request(handle) handle:logInfo('x') end\n";
  expect([...generate(text, { modules }).files]).toEqual([...generate(text).files]);
});

test("require as a value is refused", () => {
  expect(refusalsOf("local load = require\nfunction envoy_on_request(h) h:logInfo(load('x')) end")).toMatchObject([
    { id: "dynamic-require" },
  ]);
});
