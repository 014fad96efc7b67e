/**
 * Do two runs of the benchmark agree? Prints every workload whose intervals of the ratio do not overlap.
 *
 *     npm run bench:agreement -- FIRST.json SECOND.json
 *
 * Two intervals of 95 % of the same thing lie apart in less than one case of a hundred; with many workloads some do.
 */
import { readComparison } from "../bench/comparison-file.js";

const [first, second] = process.argv.slice(2).map(readComparison);
if (!first || !second) {
  console.error("usage: npm run bench:agreement -- FIRST.json SECOND.json");
  process.exit(2);
}

const before = new Map(first.workloads.map((workload) => [workload.name, workload]));
let compared = 0;
const apart: string[] = [];
const turned: string[] = [];
for (const { name, ratio } of second.workloads) {
  const old = before.get(name)?.ratio;
  if (!old || !ratio) continue;
  compared++;
  const told = `${name}: ${print(old)}, then ${print(ratio)}`;
  if (old.ci95[1] < ratio.ci95[0] || ratio.ci95[1] < old.ci95[0]) apart.push(told);
  if (contradicts(old.verdict, ratio.verdict)) turned.push(told);
}
console.log(`${compared - apart.length} of ${compared} workloads agree within their intervals`);
for (const line of apart) console.log(`  apart: ${line}`);
console.log(
  turned.length === 0 ? "no verdict turned round" : turned.map((line) => `  turned round: ${line}`).join("\n"),
);
process.exitCode = turned.length === 0 ? 0 : 1;

function contradicts(a: string, b: string): boolean {
  return (a === "faster" && b === "slower") || (a === "slower" && b === "faster");
}

function print({ luaOverWasm, ci95: [low, high] }: { luaOverWasm: number; ci95: readonly [number, number] }): string {
  return `${luaOverWasm.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}
