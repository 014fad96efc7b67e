import type { Comparison, WorkloadResult } from "../../../bench/comparison.js";
import { type Dot, dotPlot } from "../charts/dot-plot.js";

const SIDES = ["Lua cheaper", "Wasm cheaper"] as const;

/** The chart of a README: whole filters and examples, Lua's cost divided by Wasm's. One SVG file, in light and dark. */
export function benchmarkSvg({ workloads }: Comparison): string {
  const filters = workloads.filter(({ kind, ratio }) => kind === "filter" && ratio !== undefined);
  const svg = dotPlot("Lua's cost divided by Wasm's, whole filters", filters.map(ratioDot), SIDES);
  return `${svg.replace(/>/, `>${STYLE}`)}\n`;
}

/** The ratio of a workload that has one, as a dot. */
export function ratioDot({ name, ratio }: WorkloadResult): Dot {
  const { luaOverWasm, ci95, verdict } = ratio!;
  const tone = verdict === "faster" ? "for" : verdict === "slower" ? "against" : "neutral";
  return { label: name, value: luaOverWasm, interval: ci95, tone };
}

/** An image of a page has no style sheet but its own. */
const STYLE = `<style>
svg { font: 12px system-ui, sans-serif; fill: #1a1d21; }
.grid { stroke: #d9dde2; } .one { stroke: #5b6470; stroke-width: 1.5; } .tick, .side { fill: #5b6470; font-size: 11px; }
.interval { stroke-width: 2.5; stroke: #6b7280; } .dot { fill: #6b7280; }
.for .dot { fill: #1565a8; } .for .interval { stroke: #1565a8; }
.against .dot { fill: #b3261e; } .against .interval { stroke: #b3261e; }
@media (prefers-color-scheme: dark) {
  svg { fill: #e6e9ed; } .grid { stroke: #3a414a; } .one { stroke: #9aa4b0; } .tick, .side { fill: #9aa4b0; }
  .for .dot { fill: #6db3f2; } .for .interval { stroke: #6db3f2; } .against .dot { fill: #ff8a80; } .against .interval { stroke: #ff8a80; }
}
</style>`;
