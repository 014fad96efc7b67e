import { readFileSync } from "node:fs";
import { join } from "node:path";
import Handlebars from "handlebars";
import type { Comparison, WorkloadResult } from "../../../bench/comparison.js";
import { packageRoot } from "../../support/package-root.js";
import { type Dot, dotPlot } from "../charts/dot-plot.js";
import { type Curve, lineChart } from "../charts/line-chart.js";
import { checkedClaims } from "./claims.js";
import { caveats, conclusions, controlSentence, headline } from "./conclusions.js";
import { environmentRows, footprintRows, leftOutRows } from "./facts.js";
import { METHOD } from "./markdown.js";
import { duration, interval, ratio, size } from "./numbers.js";
import { ratioDot } from "./svg.js";

/** One file without any reference to the outside; charts as SVG. */
export function benchmarkHtml(comparison: Comparison): string {
  const file = join(packageRoot(), "src", "report", "benchmark", "benchmark.html.hbs");
  const template = Handlebars.create().compile(readFileSync(file, "utf8"), { strict: true });
  return template(page(comparison));
}

const SIDES = ["Lua cheaper", "Wasm cheaper"] as const;

function page(comparison: Comparison) {
  const measured = comparison.workloads.filter(({ kind }) => kind !== "control");
  return {
    caveats: caveats(comparison),
    headline: headline(comparison),
    control: controlSentence(comparison) ?? "",
    conclusions: conclusions(measured.filter(({ kind }) => kind !== "growth")),
    ratioCharts: ratioCharts(measured),
    armCharts: measured.flatMap(armChart),
    latencyCharts: measured.flatMap(latencyChart),
    growthCharts: growthCharts(measured),
    claims: checkedClaims(comparison).map(claimRow),
    costs: measured.map(costRow),
    modules: measured.flatMap(moduleRow),
    throughput: measured.flatMap(throughputRows),
    footprint: comparison.footprint
      ? { arms: Object.keys(comparison.footprint.arms), rows: footprintRows(comparison.footprint) }
      : false,
    leftOut: leftOutRows(measured),
    environment: environmentRows(comparison),
    method: METHOD,
  };
}

/** A dot plot for each group of workloads, whole filters first. */
function ratioCharts(workloads: readonly WorkloadResult[]) {
  const compared = workloads.filter(({ kind, ratio: value }) => value && kind !== "growth");
  const groups = [...new Set(compared.map(({ group }) => group))];
  return groups.map((group) => ({
    title: group,
    svg: dotPlot(
      `Lua's cost divided by Wasm's, ${group}`,
      compared.filter((one) => one.group === group).map(ratioDot),
      SIDES,
    ),
  }));
}

/** Other arms against Wasm, for the workloads that have peers or a native filter. */
function armChart({ name, kind, otherRatios }: WorkloadResult) {
  const dots = otherRatios
    .filter(({ of, over }) => over === "wasm" && kind === "filter" && !/^no-op /.test(of))
    .map(
      ({ of, value, ci95 }): Dot => ({
        label: of,
        value,
        interval: ci95,
        tone: ci95[0] > 1 ? "for" : ci95[1] < 1 ? "against" : "neutral",
      }),
    );
  if (dots.length === 0) return [];
  return [
    {
      title: name,
      svg: dotPlot(`Cost of other ways divided by Wasm's, ${name}`, dots, ["other cheaper", "Wasm cheaper"]),
    },
  ];
}

const ARMS = ["none", "lua", "wasm"] as const;

function latencyChart({ name, arms }: WorkloadResult) {
  const curves = ARMS.flatMap((arm): Curve[] => {
    const latency = arms[arm]?.latency;
    if (latency === undefined) return [];
    const shares = Object.entries(latency.percentiles).sort(([a], [b]) => Number(a) - Number(b));
    return [
      {
        label: arm === "none" ? "no filter" : arm,
        tone: arm,
        points: shares.map(([share, y]) => ({ x: Number(share), y })),
      },
    ];
  });
  if (curves.length === 0) return [];
  const rate = ARMS.map((arm) => arms[arm]?.latency?.requestsPerSecond).find((value) => value !== undefined);
  const title = `Latency of ${name} at ${rate} requests per second`;
  const svg = lineChart({
    title,
    curves,
    xTitle: "percentile",
    yTitle: "latency",
    formatX: (share) => `p${share}`,
    formatY: duration,
    evenly: true,
  });
  return [{ title, svg }];
}

function growthCharts(workloads: readonly WorkloadResult[]) {
  const series = [...new Set(workloads.flatMap(({ series: point }) => (point ? [point.name] : [])))];
  return series.map((name) => {
    const points = workloads.filter((workload) => workload.series?.name === name);
    const { unit } = points[0]!.series!;
    const curve = (arm: "lua" | "wasm"): Curve => ({
      label: arm,
      tone: arm,
      points: points.flatMap(({ series: point, arms }) => {
        const cost = arms[arm]?.costNs;
        return cost ? [{ x: point!.x, y: cost.median, interval: cost.ci95 }] : [];
      }),
    });
    const curves = [curve("lua"), curve("wasm")].filter((one) => one.points.length > 0);
    const title = `Cost per request by ${unit}`;
    return {
      title,
      svg: lineChart({
        title,
        curves,
        xTitle: unit,
        yTitle: "cost over no filter",
        formatX: String,
        formatY: duration,
      }),
    };
  });
}

function costRow({ name, about, arms, ratio: compared, costUnit }: WorkloadResult): readonly string[] {
  const cost = (arm: string) =>
    arms[arm]?.costNs ? `${duration(arms[arm].costNs.median)} (${interval(arms[arm].costNs.ci95, duration)})` : "–";
  return [
    name,
    about,
    cost("lua"),
    cost("wasm"),
    compared ? `${ratio(compared.luaOverWasm)} (${interval(compared.ci95)})` : "–",
    compared?.verdict ?? "–",
    costUnit,
  ];
}

function claimRow({
  operation,
  luaNs,
  wasmNs,
  ratio: claimed,
  measured,
}: ReturnType<typeof checkedClaims>[number]): readonly string[] {
  const cost = (arm: string) => duration(measured.arms[arm]!.costNs!.median);
  return [
    operation,
    `${duration(luaNs)} / ${duration(wasmNs)}`,
    String(claimed),
    measured.name,
    `${cost("lua")} / ${cost("wasm")}`,
    `${ratio(measured.ratio!.luaOverWasm)} (${interval(measured.ratio!.ci95)})`,
  ];
}

function moduleRow({ name, arms }: WorkloadResult): (readonly string[])[] {
  return Object.entries(arms)
    .filter(([arm]) => arm !== "no-op wasm")
    .flatMap(([arm, { module }]) => (module ? [[name, arm, size(module.bytes), size(module.initialMemoryBytes)]] : []));
}

function throughputRows({ name, arms }: WorkloadResult): (readonly string[])[] {
  return Object.entries(arms).flatMap(([arm, { throughput }]) =>
    throughput
      ? [
          [
            name,
            arm,
            `${Math.round(throughput.requestsPerSecond.median)} (${interval(throughput.requestsPerSecond.ci95, (end) => String(Math.round(end)))})`,
            `${Math.round(throughput.workerUtilisation * 100)} %`,
          ],
        ]
      : [],
  );
}
