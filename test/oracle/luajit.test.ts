import { afterAll, expect, test } from "vitest";
import { luajit, startOracle } from "./luajit.js";

const oracle = await startOracle(1_000);
afterAll(() => oracle[Symbol.asyncDispose]());

const text = (value: string) => ({ type: "string", hex: Buffer.from(value, "latin1").toString("hex") });
const number = (value: string) => ({ type: "number", value });

test("values come back with their types and every bit", async () => {
  const [result] = await oracle.run(['return nil, true, 0.1, -0, 1/0, "a\\0\\255", print, 2^53, nil']);
  expect(result).toEqual({
    phase: "run",
    ok: true,
    printed: [],
    values: [
      { type: "nil" },
      { type: "boolean", value: true },
      number("0.10000000000000001"),
      number("-0"),
      number("inf"),
      text("a\0\xff"),
      { type: "function" },
      number("9007199254740992"),
      { type: "nil" },
    ],
  });
});

test("tables are walked, sorted, and cycles kept", async () => {
  const [result] = await oracle.run(["local t = {10, 20, b = {}, a = 1}; t.b.up = t; t.again = t.b; return t, t.b"]);
  expect(result!.values).toEqual([
    {
      type: "table",
      id: 1,
      entries: [
        [number("1"), number("10")],
        [number("2"), number("20")],
        [text("a"), number("1")],
        [text("again"), { type: "table", id: 2, entries: [[text("up"), { type: "seen", id: 1 }]] }],
        [text("b"), { type: "seen", id: 2 }],
      ],
    },
    { type: "seen", id: 2 },
  ]);
});

test("errors carry the position under the chunk's name", async () => {
  const results = await oracle.run([
    "local x = nil\nreturn x.y",
    { text: "\nerror('boom')", name: "=filter" },
    "return (",
    "error({code = 1})",
    "coroutine.yield(7)",
  ]);
  expect(results.map((result) => [result.phase, result.ok, result.error])).toEqual([
    ["run", false, "[string \"local x = nil...\"]:2: attempt to index local 'x' (a nil value)"],
    ["run", false, "filter:2: boom"],
    ["load", false, "[string \"return (\"]:1: unexpected symbol near '<eof>'"],
    ["run", false, undefined],
    ["yield", true, undefined],
  ]);
  expect(results[4]!.values).toEqual([number("7")]);
});

test("chunks do not see each other, whatever they change", async () => {
  const results = await oracle.run([
    "x = 1; string.upper = nil; getmetatable('').__index = {}; debug.setmetatable(nil, {__index = {}}); print('a', 1)",
    "return x, ('a'):upper(), pcall(function() return (nil).y end)",
  ]);
  expect(results[0]!.printed).toEqual(["a\t1"]);
  expect(results[1]!.values.slice(0, 3)).toEqual([{ type: "nil" }, text("A"), { type: "boolean", value: false }]);
});

test("a chunk that never ends times out, the others still run", async () => {
  const results = await oracle.run(["return 1", "while true do end", "return 3"]);
  expect(results.map((result) => result.phase)).toEqual(["run", "timeout", "run"]);
});

test("thousands of chunks take seconds at most", async () => {
  const results = await luajit(Array.from({ length: 5_000 }, (_, index) => `return ${index} .. '', {${index}}`));
  expect(results[4_999]!.values[0]).toEqual(text("4999"));
  expect(results).toHaveLength(5_000);
}, 20_000);
