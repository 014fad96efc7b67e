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

/** Nanoseconds of each round, at one speed of the machine, that an arm costs over the one it is compared with. */
export function costsOf(plan: Plan, slices: Slices): ReadonlyMap<string, readonly number[]> {
  return overReference(plan, atOneSpeed(slices));
}

type RoundsOfCells = ReadonlyMap<string, readonly number[]>;

function overReference(plan: Plan, steady: RoundsOfCells): ReadonlyMap<string, readonly number[]> {
  const costs = new Map<string, readonly number[]>();
  for (const arm of plan.arms) {
    if (arm.without === undefined) continue;
    costs.set(arm.arm, costPerOperation(arm, steady.get(arm.with)!, steady.get(arm.without)!));
  }
  return costs;
}

/**
 * CPU time per request of each cell and round, as if the machine had always been as fast as in its middle turn. How slow it was in a turn is told by all
 * cells together (geometric mean, so that each counts alike): another guest on the same processor makes everything up to twice as slow for some
 * milliseconds. Dividing by it leaves ratios as they are; measured on such a machine, intervals became two and a half times narrower. The median of
 * the turns stands for their round.
 */
function atOneSpeed(slices: Slices): RoundsOfCells {
  const cells = [...slices.values()];
  const slowness = (cells[0] ?? []).map(({ turnsNs }, round) =>
    turnsNs.map((_, turn) => geometricMean(cells.map((cell) => cell[round]!.turnsNs[turn]!))),
  );
  const middle = median(slowness.flat());
  return new Map(
    [...slices].map(([id, rounds]) => [
      id,
      rounds.map(({ turnsNs }, round) => median(turnsNs.map((ns, turn) => (ns / slowness[round]![turn]!) * middle))),
    ]),
  );
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

function perRequest(slices: Slices, cell: string): readonly number[] {
  return slices.get(cell)!.map((slice) => slice.cpuNs / slice.requests);
}

/** Turns slices into costs and ratios. Costs are told apart round by round, at one speed of the machine. */
export function evaluate(plan: Plan, slices: Slices, options: BootstrapOptions): Evaluation {
  const steady = atOneSpeed(slices);
  const costs = overReference(plan, steady);
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
    ...(lua && wasm ? { wholeRequest: luaOverWasm(steady.get("lua")!, steady.get("wasm")!, options) } : {}),
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
