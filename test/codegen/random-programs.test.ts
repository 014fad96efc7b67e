import { expect, test } from "vitest";
import { startOracle } from "../oracle/luajit.js";
import { randomPrograms } from "./random/programs.js";
import { compare } from "./run-compiled.js";

test("random programs do what LuaJIT does", { timeout: 60_000 }, async () => {
  await using oracle = await startOracle();
  const { differences, refused } = await compare(oracle, randomPrograms(1, 40), { optimize: false });
  expect(differences).toEqual([]);
  expect(refused.size).toBe(0);
});
