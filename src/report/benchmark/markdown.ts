import type { Comparison, WorkloadResult } from "../../../bench/comparison.js";
import { checkedClaims } from "./claims.js";
import { caveats, conclusions, controlSentence, headline, isWholeFilter } from "./conclusions.js";
import { environmentRows, footprintRows, leftOutRows } from "./facts.js";
import { duration, interval, ratio } from "./numbers.js";

/** For a pull request: the conclusions first, the tables folded away. */
export function benchmarkMarkdown(comparison: Comparison): string {
  const measured = comparison.workloads.filter(({ kind }) => kind !== "control");
  const sections = [
    "## Lua against Wasm in Envoy",
    ...caveats(comparison).map((caveat) => `> **${caveat}**`),
    [headline(comparison), controlSentence(comparison)].filter(Boolean).join(" "),
    bullets(measured.filter(isWholeFilter)),
    ...operations(measured.filter(({ kind }) => kind === "micro")),
    folded("All figures", costTable(measured)),
    ...claims(comparison),
    ...latency(measured),
    ...footprint(comparison),
    ...leftOut(measured),
    folded("Environment and method", `${table(["", ""], environmentRows(comparison))}\n\n${METHOD}`),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

export const METHOD =
  "Cost is CPU time of Envoy's worker thread. All arms stand in one Envoy, each behind a listener of its own, one worker; the load is HTTP/2 " +
  "with 100 streams on one connection from another core. Envoy answers it itself, so that no upstream adds its noise; where requests have " +
  "bodies, Envoy's buffer filter stands behind every arm. Rounds run every arm once in an order drawn anew; warm-up is thrown away. Before " +
  "and after timing, every arm had to do to a request what the Lua does. Figures are medians, intervals are bootstrap 95 % intervals over " +
  "rounds, for ratios of the ratio itself; faster and slower are said only when the interval leaves out 1.";

function bullets(workloads: readonly WorkloadResult[]): string {
  return conclusions(workloads)
    .map(({ text }) => `- ${text}`)
    .join("\n");
}

function operations(workloads: readonly WorkloadResult[]): string[] {
  const told = bullets(workloads);
  return told === "" ? [] : [folded("Single operations", told)];
}

function costTable(workloads: readonly WorkloadResult[]): string {
  const rows = workloads.map(({ name, arms, ratio: compared, costUnit }) => [
    name,
    ...["lua", "wasm"].map((arm) => (arms[arm]?.costNs ? duration(arms[arm].costNs.median) : "–")),
    compared ? `${ratio(compared.luaOverWasm)} (${interval(compared.ci95)})` : "–",
    compared?.verdict ?? "–",
    costUnit,
  ]);
  return table(["workload", "Lua", "Wasm", "Lua / Wasm (95 % interval)", "Wasm is", "cost"], rows);
}

function claims(comparison: Comparison): string[] {
  const rows = checkedClaims(comparison).map(({ operation, luaNs, wasmNs, ratio: claimed, measured }) => [
    operation,
    `${duration(luaNs)} / ${duration(wasmNs)} = ${claimed}`,
    measured.name,
    `${duration(measured.arms.lua!.costNs!.median)} / ${duration(measured.arms.wasm!.costNs!.median)}`,
    `${ratio(measured.ratio!.luaOverWasm)} (${interval(measured.ratio!.ci95)})`,
  ]);
  const head = ["operation", "claimed, Lua / Wasm (Rust)", "workload", "measured, Lua / Wasm (moonshift)", "ratio"];
  return rows.length === 0 ? [] : [folded("Claimed and measured", table(head, rows))];
}

function latency(workloads: readonly WorkloadResult[]): string[] {
  const rows = workloads.flatMap(({ name, arms }) =>
    Object.entries(arms).flatMap(([arm, { latency: at }]) =>
      at
        ? [
            [
              name,
              arm,
              String(at.requestsPerSecond),
              ...["50", "99", "99.9"].map((share) => duration(at.percentiles[share]!)),
              interval(at.p99.ci95, duration),
            ],
          ]
        : [],
    ),
  );
  const head = ["filter", "arm", "requests/s", "p50", "p99", "p99.9", "95 % interval of p99"];
  return rows.length === 0 ? [] : [folded("Latency at a fixed rate", table(head, rows))];
}

function footprint({ footprint: measured }: Comparison): string[] {
  return measured
    ? [folded("Memory and start", table(["", ...Object.keys(measured.arms)], footprintRows(measured)))]
    : [];
}

function leftOut(workloads: readonly WorkloadResult[]): string[] {
  const rows = leftOutRows(workloads);
  return rows.length === 0 ? [] : [folded("Left out, and why", table(["workload", "arm", "reason"], rows))];
}

function folded(title: string, content: string): string {
  return `<details><summary>${title}</summary>\n\n${content}\n\n</details>`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeCell).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Reasons hold text of compilers and scripts. */
function escapeCell(text: string): string {
  return text
    .replace(/[\\|]/g, "\\$&")
    .replace(/[<>&]/g, (char) => `&#${char.charCodeAt(0)};`)
    .replace(/\s+/g, " ");
}
