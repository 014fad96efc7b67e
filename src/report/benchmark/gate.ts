import type { GateResult } from "../../../bench/gate.js";
import { interval, ratio } from "./numbers.js";

const SUMMARY = {
  passed: "gate: no regression beyond the noise of both runs",
  regression: "gate: REGRESSION",
  "cannot tell": "gate: cannot tell",
} as const;

/** For a terminal or a build log. */
export function gateText({ state, changes, notes }: GateResult): string {
  const dearer = changes.filter(({ verdict }) => verdict === "dearer");
  const unclear = changes.filter(({ verdict }) => verdict === "cannot tell");
  const cheaper = changes.filter(({ verdict }) => verdict === "cheaper");
  const lines = [
    SUMMARY[state],
    ...notes.map((note) => `  ${note}`),
    ...dearer.map(
      ({ workload, factor, interval: range }) =>
        `  ${workload}: Wasm costs ${ratio(factor)} times what it did in the baseline (${interval(range)})`,
    ),
    ...unclear.map(
      ({ workload, interval: range }) => `  ${workload}: between ${interval(range)} times what it cost in the baseline`,
    ),
    ...cheaper.map(
      ({ workload, factor, interval: range }) =>
        `  ${workload}: cheaper than in the baseline, ${ratio(factor)} times (${interval(range)})`,
    ),
  ];
  return `${lines.join("\n")}\n`;
}
