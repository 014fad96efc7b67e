import { afterAll, beforeAll, expect, test } from "vitest";
import { generate } from "../../src/codegen/generate.js";
import { type Oracle, startOracle } from "../oracle/luajit.js";
import { compileQuickly } from "./compile-quickly.js";
import { runModule } from "./run-module.js";

/** Scripts whose top level does it all: variables of the chunk are treated otherwise than those of a function. */
const CHUNKS = {
  "constants in a block": `do
  local base = 3
  function constant() return base end
end
local one, list = 1, {5}
function beside_table() return one + list[1] end
print(constant(), beside_table())`,
  "a string that is set to nil": `local nothing = nil
function keeps_nil() return nothing end
text = "x"
print(text)
text = nil
print(keeps_nil(), text)`,
  "a local that is filled later": `local later
local function now(n) return later(n) + 1 end
print(pcall(now, 1))
function later(n) return n * 2 end
print(now(2))`,
  "called by what pcall is given, before it is there": `local function now() return global_later() end
print(pcall(now))
function global_later() return 1 end
print(now())`,
  "called by what gsub is given, before it is there": `print(pcall(string.gsub, "a", "a", function() return global_later() end))
function global_later() return "b" end
print(global_later())`,
  "called by a method, before it is there": `local object = {}
function object:call() return pcall(function() return global_later() end) end
print(object:call())
function global_later() return "b" end
print(object:call())`,
  "records of the chunk, used by its functions": `-- limits
local config = {burst = 20, names = {first = "a"}, unused = 1}
local stats = {count = 0, last = nil}
local m = {}
function m.before(n) return m.after(n) + 1 end
function hit(name) stats.count = stats.count + 1 stats.last = name return m.before(stats.count + config.burst) end
print(pcall(hit, "x"))
function m.after(n) return n * 2 end
print(hit("y"), stats.count, stats.last, config.names.first, config.none)
print(pcall(function() return config.none.x end))
print(pcall(function() return stats.count.x end))
print(pcall(function() return m.none() end))`,
  "constants declared beside variables": `local a, b, c = 1, 2, 3
local function first(x) b = x return c end
local function second(x) a = x return c + b end
print(first(5), second(6), a, b, c)`,
  "coroutines by way of package.loaded": `local wrap = package.loaded.coroutine.wrap
print(type(package.loaded.coroutine), wrap(function(n) return n + 1 end)(1))`,
  "hundreds of functions": Array.from(
    { length: 600 },
    (_, i) =>
      `local ok${i % 100} = pcall(function() return function() return pcall(function() return ${i} end) end end)`,
  )
    .map((line) => `do ${line} end`)
    .concat("print(1)")
    .join("\n"),
};

let oracle: Oracle;
beforeAll(async () => {
  oracle = await startOracle();
});
afterAll(() => oracle[Symbol.asyncDispose]());

test.each(Object.entries(CHUNKS))("%s", async (_, text) => {
  const [result] = await oracle.run([text]);
  const program = generate(text);
  expect(program.refusals).toEqual([]);
  const lines: string[] = [];
  await runModule(await compileQuickly(program), (line) => lines.push(line));
  expect(lines).toEqual(result?.printed);
});
