import type { Comparison, Footprint, WorkloadResult } from "../../../bench/comparison.js";
import { caveats, conclusions, controlSentence, headline } from "./conclusions.js";
import { footprintRows } from "./facts.js";
import { duration, interval, ratio } from "./numbers.js";

/** For a terminal: what was measured, one line each, then what follows from it. */
export function benchmarkText(comparison: Comparison): string {
  const shown = comparison.workloads.filter(({ kind }) => kind !== "control");
  const lines = [
    ...caveats(comparison),
    controlSentence(comparison),
    ...(shown.length > 0 ? costLines(comparison, shown) : []),
    ...(comparison.footprint ? ["", ...footprintLines(comparison.footprint)] : []),
  ];
  return `${lines
    .filter((line) => line !== undefined)
    .join("\n")
    .trimStart()}\n`;
}

function costLines(comparison: Comparison, shown: readonly WorkloadResult[]): string[] {
  const width = Math.max(8, ...shown.map(({ name }) => name.length)) + 2;
  return [
    "",
    `${"".padEnd(width)}${"Lua".padStart(10)}${"Wasm".padStart(10)}   Lua/Wasm (95 % interval)`,
    ...shown.flatMap((workload) => row(workload, width)),
    "",
    headline(comparison),
    ...conclusions(shown.filter(({ kind }) => kind !== "growth")).map(({ text }) => `- ${text}`),
  ];
}

function footprintLines(footprint: Footprint): string[] {
  const rows = footprintRows(footprint);
  const width = Math.max(...rows.map(([name]) => name!.length)) + 2;
  const line = ([name, ...figures]: readonly string[]) =>
    `${name!.padEnd(width)}${figures.map((figure) => figure.padStart(12)).join("")}`;
  return [["", ...Object.keys(footprint.arms)], ...rows].map(line);
}

function row({ name, arms, ratio: compared, leftOut }: WorkloadResult, width: number): string[] {
  const cost = (arm: string) => (arms[arm]?.costNs ? duration(arms[arm].costNs.median) : "-").padStart(10);
  const verdict = compared ? `   ${ratio(compared.luaOverWasm)} (${interval(compared.ci95)})  ${compared.verdict}` : "";
  const missing = leftOut
    .filter(({ arm }) => arm === "lua" || arm === "wasm")
    .map(({ arm, reason }) => `${"".padEnd(width)}${arm} left out: ${reason}`);
  return [`${name.padEnd(width)}${cost("lua")}${cost("wasm")}${verdict}`, ...missing];
}
