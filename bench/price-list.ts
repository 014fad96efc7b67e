import { type Operation, PRICE_LIST, type Price, type PriceList } from "../src/analyzer/price-list.js";
import type { ArmResult, Comparison } from "./comparison.js";

type Side = "lua" | "wasm";

/** Where the price of an operation is measured; several workloads span the range from the cheapest to the dearest. */
interface Source {
  readonly workloads: readonly string[];
  /** Another arm than Lua and Wasm themselves. */
  readonly arms?: Readonly<Record<Side, string>>;
  /** Workloads that are measured for one side only. */
  readonly wasmOnly?: readonly string[];
}

const SOURCES: Readonly<Record<Operation, Source>> = {
  filter: { workloads: ["set-constant-header"], arms: { lua: "no-op lua", wasm: "no-op wasm" } },
  firstHeaderRead: { workloads: ["header-get-first"] },
  headerRead: { workloads: ["header-get-again"] },
  headerIteration: { workloads: ["header-iterate"] },
  headerWrite: { workloads: ["header-set"] },
  property: { workloads: ["protocol"] },
  log: { workloads: ["log-off"] },
  clock: { workloads: ["timestamp"] },
  clearRouteCache: { workloads: ["clear-route-cache"] },
  body: { workloads: ["body-read-1kb"] },
  stringWork: {
    workloads: [
      "concat",
      "find-plain",
      "find-pattern",
      "match-captures",
      "gsub-constant",
      "lower",
      "sub",
      "format-constant",
    ],
  },
  jsonKilobyte: { workloads: ["json-decode-1kb"], wasmOnly: ["json-decode-in-lua-1kb"] },
};

/** Workloads that `bench --calibrate` measures. */
export const PRICED_WORKLOADS: readonly string[] = [
  ...new Set(Object.values(SOURCES).flatMap(({ workloads, wasmOnly = [] }) => [...workloads, ...wasmOnly])),
];

/**
 * The prices that `moonshift audit` predicts with, from a run. What the run did not measure on both sides keeps the price that
 * moonshift brings along, and says so.
 */
export function priceList(comparison: Comparison): PriceList {
  const { cpu, envoy } = comparison.environment;
  const doubt = comparison.controls.conclusive ? "" : " (a run that proves nothing: noisy machine or failed control)";
  const operations = Object.keys(SOURCES) as Operation[];
  return {
    source: `measured ${comparison.startedAt} on ${cpu} with Envoy ${envoy}${doubt}`,
    prices: Object.fromEntries(operations.map((operation) => [operation, priceOf(operation, comparison)])) as Record<
      Operation,
      Price
    >,
  };
}

function priceOf(operation: Operation, comparison: Comparison): Price {
  const source = SOURCES[operation];
  const lua = costsOf("lua", source.workloads, source, comparison);
  const wasm = costsOf("wasm", [...source.workloads, ...(source.wasmOnly ?? [])], source, comparison);
  if (lua.length === 0 || wasm.length === 0) {
    const { measured, ...brought } = PRICE_LIST.prices[operation];
    return { ...brought, measured: `not measured in this run; brought along: ${measured}` };
  }
  return { lua: spanOf(lua), wasm: spanOf(wasm), measured: `bench workloads ${source.workloads.join(", ")}` };
}

type Cost = NonNullable<ArmResult["costNs"]>;

function costsOf(side: Side, names: readonly string[], { arms }: Source, { workloads }: Comparison): readonly Cost[] {
  const chosen = workloads.filter(({ name }) => names.includes(name));
  return chosen.flatMap((workload) => workload.arms[arms?.[side] ?? side]?.costNs ?? []);
}

/** From the lowest end of the intervals to the highest; a price is never below nothing. */
function spanOf(costs: readonly Cost[]): Price["lua"] {
  const medians = costs.map(({ median }) => median).sort((a, b) => a - b);
  const atLeastZero = (ns: number) => Math.max(0, Math.round(ns));
  return {
    low: atLeastZero(Math.min(...costs.map(({ ci95 }) => ci95[0]))),
    likely: atLeastZero(medians[Math.floor((medians.length - 1) / 2)]!),
    high: atLeastZero(Math.max(...costs.map(({ ci95 }) => ci95[1]))),
  };
}
