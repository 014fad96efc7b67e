import { afterAll, beforeAll, expect, test } from "vitest";
import { type Oracle, startOracle } from "../oracle/luajit.js";
import { randomPatterns } from "./random/patterns.js";
import { randomPrograms } from "./random/programs.js";
import { compare } from "./run-compiled.js";

const PER_MODULE = 250;

let oracle: Oracle;
beforeAll(async () => {
  oracle = await startOracle(30_000);
});
afterAll(() => oracle[Symbol.asyncDispose]());

test.each([0, 250, 500, 750])("random programs from %i do what LuaJIT does", { timeout: 300_000 }, async (from) => {
  const { differences, refused } = await compare(oracle, randomPrograms(2, PER_MODULE, from), { optimize: false });
  expect(differences).toEqual([]);
  expect(refused.size).toBe(0);
});

test("random patterns match as in LuaJIT, compiled and interpreted", { timeout: 300_000 }, async () => {
  const { differences } = await compare(oracle, randomPatterns(3, 2000), { optimize: false });
  expect(differences).toEqual([]);
});
