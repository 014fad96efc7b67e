import { parentPort } from "node:worker_threads";
import { randomPatterns } from "../../test/codegen/random/patterns.js";
import { byModule, randomPrograms } from "../../test/codegen/random/programs.js";
import { compare, type Difference } from "../../test/codegen/run-compiled.js";
import { startOracle } from "../../test/oracle/luajit.js";
import { shrink } from "./shrink.js";

export interface Batch {
  readonly kind: "programs" | "patterns";
  readonly seed: number;
  readonly from: number;
  readonly count: number;
  /** Compiled as for users, with all of Binaryen's passes. */
  readonly optimize: boolean;
}

export interface BatchOutcome {
  readonly differences: readonly Difference[];
  /** Ids of refusals, one a program. */
  readonly refusals: readonly string[];
}

/** More than these are not made smaller: the first few say most. */
const SHRUNK = 3;

const oracle = await startOracle(30_000);

async function run({ kind, seed, from, count, optimize }: Batch): Promise<BatchOutcome> {
  const modules =
    kind === "patterns" ? [randomPatterns(seed, count, from)] : byModule(randomPrograms(seed, count, from));
  const found: Difference[] = [];
  const refusals: string[] = [];
  for (const cases of modules) {
    const { differences, refused } = await compare(oracle, cases, { optimize });
    for (const { name } of differences) console.error(`${name} differs`);
    for (const difference of differences.slice(0, SHRUNK)) found.push(await shrink(oracle, difference, optimize));
    found.push(...differences.slice(SHRUNK));
    for (const { id } of refused.values()) refusals.push(id);
  }
  return { differences: found, refusals };
}

parentPort?.on("message", async (batch: Batch | undefined) => {
  if (batch) parentPort?.postMessage(await run(batch));
  else {
    await oracle[Symbol.asyncDispose]();
    parentPort?.close();
  }
});
