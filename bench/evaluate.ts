import type { ArmCells, Plan } from "./cells.js";
import type { ArmResult, Estimate, Ratio, WorkloadResult } from "./comparison.js";
import type { Slices } from "./rounds.js";
import { type BootstrapOptions, costRatio, medianInterval, ratioInterval } from "./statistics/bootstrap.js";
import { median } from "./statistics/summary.js";
import { verdictOf } from "./statistics/verdict.js";

/** The CPU figures of one workload. */
export type Evaluation = Pick<WorkloadResult, "ratio" | "otherRatios" | "wholeRequest"> & {
  readonly arms: Readonly<Record<string, Pick<ArmResult, "cpuNsPerRequest" | "referenceCpuNsPerRequest" | "costNs">>>;
};

/** Nanoseconds of each round that an arm costs over the one it is compared with. */
export function costsOf(plan: Plan, slices: Slices): ReadonlyMap<string, readonly number[]> {
  const costs = new Map<string, readonly number[]>();
  for (const arm of plan.arms) {
    if (arm.without === undefined) continue;
    costs.set(arm.arm, costPerOperation(arm, perRequest(slices, arm.with), perRequest(slices, arm.without)));
  }
  return costs;
}

function perRequest(slices: Slices, cell: string): readonly number[] {
  return slices.get(cell)!.map((slice) => slice.cpuNs / slice.requests);
}

/** Turns slices into costs and ratios. Costs are told apart round by round, so that what slowed a whole round down cancels. */
export function evaluate(plan: Plan, slices: Slices, options: BootstrapOptions): Evaluation {
  const costs = costsOf(plan, slices);
  const arms: Record<string, Evaluation["arms"][string]> = {};
  for (const arm of plan.arms) {
    const cost = costs.get(arm.arm);
    arms[arm.arm] = {
      cpuNsPerRequest: estimate(perRequest(slices, arm.with), options),
      ...(arm.without === undefined
        ? {}
        : { referenceCpuNsPerRequest: estimate(perRequest(slices, arm.without), options) }),
      ...(cost ? { costNs: estimate(cost, options) } : {}),
    };
  }
  const lua = costs.get("lua");
  const wasm = costs.get("wasm");
  return {
    arms,
    ...(lua && wasm ? { ratio: luaOverWasm(lua, wasm, options) } : {}),
    ...(lua && wasm
      ? { wholeRequest: luaOverWasm(perRequest(slices, "lua"), perRequest(slices, "wasm"), options) }
      : {}),
    otherRatios: otherPairs([...costs.keys()]).map(([of, over]) => ({
      of,
      over,
      ...ratioOf(costs.get(of)!, costs.get(over)!, options),
    })),
  };
}

function otherPairs(arms: readonly string[]): (readonly [of: string, over: string])[] {
  const others = arms.filter((arm) => arm !== "lua" && arm !== "wasm");
  return [
    ...(arms.includes("lua") ? others.map((arm) => ["lua", arm] as const) : []),
    ...(arms.includes("wasm") ? others.map((arm) => [arm, "wasm"] as const) : []),
  ];
}

function costPerOperation(arm: ArmCells, total: readonly number[], reference: readonly number[]): number[] {
  return total.map((cpuNs, round) => (cpuNs - reference[round]!) / arm.operations);
}

export function estimate(samples: readonly number[], options: BootstrapOptions): Estimate {
  return { median: median(samples), ci95: medianInterval(samples, options), samples };
}

function luaOverWasm(lua: readonly number[], wasm: readonly number[], options: BootstrapOptions): Ratio {
  const { value, ci95 } = ratioOf(lua, wasm, options);
  return { luaOverWasm: value, ci95, verdict: verdictOf(ci95) };
}

function ratioOf(above: readonly number[], below: readonly number[], options: BootstrapOptions) {
  return { value: costRatio(median(above), median(below)), ci95: ratioInterval(above, below, options) };
}
