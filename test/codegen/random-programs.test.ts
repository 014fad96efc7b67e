import { afterAll, beforeAll, expect, test } from "vitest";
import { type Oracle, startOracle } from "../oracle/luajit.js";
import { randomPatterns } from "./random/patterns.js";
import { byModule, randomPrograms } from "./random/programs.js";
import { type Case, type Comparison, compare } from "./run-compiled.js";

/** Ten times what it takes on a machine with nothing else to do: only what hangs is stopped. */
const TIMEOUT_MS = 600_000;

let oracle: Oracle;
beforeAll(async () => {
  oracle = await startOracle(120_000);
});
afterAll(() => oracle[Symbol.asyncDispose]());

const NOTHING: Comparison = { differences: [], refused: new Map() };

test.each(byModule(randomPrograms(2, 2000)).map((cases) => [cases.length, cases] as const))(
  "random programs do what LuaJIT does: %i",
  { timeout: TIMEOUT_MS },
  async (_, cases) => {
    expect(await same(cases)).toEqual(NOTHING);
  },
);

test("random programs do what LuaJIT does, with all optimisations", { timeout: TIMEOUT_MS }, async () => {
  const [withoutMetatables = []] = byModule(randomPrograms(4, 100));
  expect(await same(withoutMetatables, true)).toEqual(NOTHING);
});

test("random patterns match as in LuaJIT, compiled and interpreted", { timeout: TIMEOUT_MS }, async () => {
  expect(await same(randomPatterns(3, 2000))).toEqual(NOTHING);
});

function same(cases: readonly Case[], optimize = false): Promise<Comparison> {
  return compare(oracle, cases, { optimize, timeLimitMs: TIMEOUT_MS / 4 });
}
