import { parentPort } from "node:worker_threads";
import { randomPatterns } from "../../test/codegen/random/patterns.js";
import { randomPrograms } from "../../test/codegen/random/programs.js";
import { compare, type Difference } from "../../test/codegen/run-compiled.js";
import { startOracle } from "../../test/oracle/luajit.js";
import { shrink } from "./shrink.js";

export interface Batch {
  readonly kind: "programs" | "patterns";
  readonly seed: number;
  readonly from: number;
  readonly count: number;
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
  const cases = kind === "patterns" ? randomPatterns(seed, count, from) : randomPrograms(seed, count, from);
  const { differences, refused } = await compare(oracle, cases, { optimize });
  const small = differences.length > 0 ? await shrink(oracle, differences.slice(0, SHRUNK)) : [];
  return {
    differences: [...small, ...differences.slice(SHRUNK)],
    refusals: [...refused.values()].map(({ id }) => id),
  };
}

parentPort?.on("message", async (batch: Batch | undefined) => {
  if (batch) parentPort?.postMessage(await run(batch));
  else {
    await oracle[Symbol.asyncDispose]();
    parentPort?.close();
  }
});
