/**
 * `npm run fuzz -- --seed N --count M`: random programs, compiled and in Envoy's LuaJIT. `--patterns`: random calls of functions that take
 * patterns and formats instead. Every tenth batch is compiled with all optimisations, as for users; `--optimize` compiles all so. `--jobs`: batches
 * at the same time. What differs is made as small as it goes and printed with how to run it again; exit code 1. `--all` goes on after that.
 */

import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import type { Difference } from "../test/codegen/run-compiled.js";
import type { Batch, BatchOutcome } from "./fuzz/worker.js";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    count: { type: "string", default: "2000" },
    from: { type: "string", default: "0" },
    patterns: { type: "boolean", default: false },
    optimize: { type: "boolean", default: false },
    jobs: { type: "string", default: "2" },
    all: { type: "boolean", default: false },
  },
});
const [seed, count, from] = [Number(values.seed), Number(values.count), Number(values.from)];
const kind = values.patterns ? "patterns" : "programs";
const perBatch = values.patterns ? 2000 : 1000;

/** Batches begin at multiples of their size, whatever is asked for, so that a program run again is compiled in the same way. */
function* batches(): Generator<Batch> {
  for (let at = from; at < from + count; ) {
    const number = Math.floor(at / perBatch);
    const end = Math.min((number + 1) * perBatch, from + count);
    yield { kind, seed, from: at, count: end - at, optimize: values.optimize || number % 10 === 9 };
    at = end;
  }
}

let done = 0;
let differing = 0;
const refused = new Map<string, number>();

function note(batch: Batch, { differences, refusals }: BatchOutcome): void {
  done += batch.count;
  differing += differences.length;
  for (const id of refusals) refused.set(id, (refused.get(id) ?? 0) + 1);
  for (const difference of differences) console.log(described(difference));
  console.error(`${done} of ${count} done, ${differing} differ${refusedText()}`);
}

function refusedText(): string {
  return refused.size > 0 ? `, refused: ${[...refused].map(([id, n]) => `${n} ${id}`).join(", ")}` : "";
}

function described({ name, lua, compiled, luajit }: Difference): string {
  const [, whose, place] = /^\w+ (\d+) (\d+)/.exec(name) ?? [];
  const again = `--seed ${whose} --from ${place} --count ${values.patterns ? "10 --patterns" : "1"}`;
  return `--- ${name}: npm run fuzz -- ${again}\n${lua}\n-- compiled: ${compiled}\n-- LuaJIT:   ${luajit}\n`;
}

/** Gives a worker one batch after the other, until none is left or something differs. */
async function work(queue: Generator<Batch>): Promise<void> {
  const worker = new Worker(new URL("./fuzz/worker.js", import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: 4096, stackSizeMb: 8 },
  });
  try {
    for (const batch of queue) {
      note(batch, await ask(worker, batch));
      if (differing > 0 && !values.all) return;
    }
  } finally {
    worker.postMessage(undefined);
  }
}

function ask(worker: Worker, batch: Batch): Promise<BatchOutcome> {
  return new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.once("message", (outcome: BatchOutcome) => {
      worker.off("error", reject);
      resolve(outcome);
    });
    worker.postMessage(batch);
  });
}

console.error(`${kind}: seed ${seed}, ${count} from ${from}`);
const queue = batches();
await Promise.all(Array.from({ length: Number(values.jobs) }, () => work(queue)));
console.error(`${done} ${kind}, ${differing} differ${refusedText()}`);
process.exitCode = differing > 0 ? 1 : 0;
