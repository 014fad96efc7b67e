import type { Comparison, Environment, Interval, WorkloadResult } from "./comparison.js";
import { bootstrapInterval, costRatio, costRatioOfDrawn } from "./statistics/bootstrap.js";
import { randomFrom } from "./statistics/random.js";
import { median } from "./statistics/summary.js";

/** What a run says against an earlier one. */
export interface GateResult {
  /** Only `regression` fails a build. */
  readonly state: "passed" | "regression" | "cannot tell";
  readonly changes: readonly Change[];
  /** Why nothing can be told, workloads that are in one run only, other things to know. */
  readonly notes: readonly string[];
}

/** How Wasm's cost, measured in Lua's, changed from the baseline: above 1 it got dearer. */
export interface Change {
  readonly workload: string;
  readonly factor: number;
  readonly interval: Interval;
  /** `cannot tell`: neither no change at all nor one of `WORTH_CATCHING` can be left out. */
  readonly verdict: "dearer" | "cheaper" | "no difference" | "cannot tell";
}

const WRONG_ALARMS = 0.05;
/** A filter that became so many times dearer must not pass. */
const WORTH_CATCHING = 1.2;
const SEED = 1;

/**
 * Compares the ratio of Lua to Wasm, which a faster or slower machine leaves as it is, not nanoseconds.
 *
 * A workload regressed when the interval of the change lies above 1 and the change is larger than what the A/A controls of the two
 * runs showed for no change at all. The intervals are so wide that one wrong alarm in all the workloads together has a chance of
 * 5 % (Bonferroni), however many there are. It passes only when the interval leaves out a change of `WORTH_CATCHING`.
 */
export function compareWithBaseline(baseline: Comparison, current: Comparison): GateResult {
  const notes = [...differences(baseline.environment, current.environment), ...missing(baseline, current)];
  const noisy = [["baseline", baseline] as const, ["current run", current] as const].filter(
    ([, run]) => !run.controls.conclusive,
  );
  if (noisy.length > 0) {
    const which = noisy.map(([name]) => name).join(" and the ");
    return {
      state: "cannot tell",
      changes: [],
      notes: [`the ${which} proved nothing (machine too noisy, or no A/A control that held)`, ...notes],
    };
  }
  const pairs = comparable(baseline, current);
  const confidence = 1 - WRONG_ALARMS / Math.max(1, pairs.length);
  const floor = Math.max(noiseFloor(baseline), noiseFloor(current));
  const changes = pairs.map((pair) => change(pair, confidence, floor));
  const broken = brokenArms(baseline, current);
  return { state: stateOf(changes, broken), changes, notes: [...broken, ...notes] };
}

function stateOf(changes: readonly Change[], broken: readonly string[]): GateResult["state"] {
  const is = (wanted: Change["verdict"]) => changes.some(({ verdict }) => verdict === wanted);
  if (is("dearer") || broken.length > 0) return "regression";
  return is("cannot tell") ? "cannot tell" : "passed";
}

type Pair = readonly [before: WorkloadResult, after: WorkloadResult];

function comparable(baseline: Comparison, current: Comparison): readonly Pair[] {
  return current.workloads.flatMap((after) => {
    const before = baseline.workloads.find(({ name }) => name === after.name);
    return before?.ratio && after.ratio ? [[before, after] as const] : [];
  });
}

function change([before, after]: Pair, confidence: number, floor: number): Change {
  const [luaBefore, wasmBefore] = costs(before);
  const [luaAfter, wasmAfter] = costs(after);
  const factor = costRatio(median(luaBefore), median(wasmBefore)) / costRatio(median(luaAfter), median(wasmAfter));
  const ratioBefore = costRatioOfDrawn(luaBefore, wasmBefore);
  const ratioAfter = costRatioOfDrawn(luaAfter, wasmAfter);
  const interval = bootstrapInterval(
    [luaBefore.length, luaAfter.length],
    (old, now) => ratioBefore(old) / ratioAfter(now),
    { random: randomFrom(SEED), confidence, resamples: 10_000 },
  );
  return { workload: after.name, factor, interval, verdict: verdictOf(interval, factor, floor) };
}

function verdictOf([low, high]: Interval, factor: number, floor: number): Change["verdict"] {
  if (low > 1 && factor > 1 + floor) return "dearer";
  if (high < 1 && factor < 1 / (1 + floor)) return "cheaper";
  return high < WORTH_CATCHING ? "no difference" : "cannot tell";
}

function costs({ arms }: WorkloadResult): readonly [lua: readonly number[], wasm: readonly number[]] {
  return [arms.lua!.costNs!.samples, arms.wasm!.costNs!.samples];
}

/** How far from 1 the A/A control's interval reaches. */
function noiseFloor({ controls: { aa } }: Comparison): number {
  return aa ? Math.max(aa.ci95[1] - 1, 1 / aa.ci95[0] - 1) : 0;
}

/** Workloads whose Wasm was measured before and is left out now because something is wrong with it. */
function brokenArms(baseline: Comparison, current: Comparison): string[] {
  return current.workloads.flatMap(({ name, ratio, leftOut }) => {
    const before = baseline.workloads.find((workload) => workload.name === name);
    const reason = leftOut.find(({ arm }) => arm === "wasm")?.reason;
    return before?.ratio && !ratio && reason
      ? [`${name}: Wasm was measured in the baseline and is left out now: ${reason}`]
      : [];
  });
}

function missing(baseline: Comparison, current: Comparison): string[] {
  const names = new Set(baseline.workloads.map(({ name }) => name));
  const fresh = current.workloads.filter(({ name }) => !names.has(name)).map(({ name }) => name);
  return fresh.length > 0 ? [`not in the baseline: ${fresh.join(", ")}`] : [];
}

function differences(before: Environment, after: Environment): string[] {
  const fields = ["cpu", "cores", "envoy"] as const;
  return fields
    .filter((field) => before[field] !== after[field])
    .map((field) => `the baseline was measured with another ${field}: ${before[field]}, now ${after[field]}`);
}
