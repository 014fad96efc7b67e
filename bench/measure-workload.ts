import { type EnvoyLauncher, EnvoyStartError } from "../src/harness/envoy.js";
import { MissingError } from "../src/support/failure.js";
import type { Arm, BuiltArm } from "./arms/arm.js";
import { buildArms, type LeftOutArm } from "./build-arms.js";
import { type Cell, DOES_NOTHING, type Plan, planCells } from "./cells.js";
import { expectingStatuses, luaIsSteady, observeCells, wrongArms } from "./check-outcomes.js";
import type { ArmResult, WorkloadResult } from "./comparison.js";
import { costsOf, evaluate } from "./evaluate.js";
import { type BenchEnvoy, startBenchEnvoy } from "./measure/bench-envoy.js";
import { EnvoyExecutor } from "./measure/envoy-executor.js";
import { measureUnderLoad, type UnderLoad } from "./measure/under-load.js";
import { ArmFailed, runRounds, type Slices } from "./rounds.js";
import { PRECISE_ENOUGH, type RunSettings } from "./settings.js";
import { ratioInterval } from "./statistics/bootstrap.js";
import { judgeMachine, relativeSpread } from "./statistics/noise.js";
import type { Random } from "./statistics/random.js";
import type { Workload } from "./workloads/workload.js";

/** Called when an Envoy with all arms is up and before it is timed; pins threads to cores. */
export type BeforeTiming = (bench: BenchEnvoy) => void;

export interface MeasureOptions {
  readonly launcher: EnvoyLauncher;
  readonly arms: readonly Arm[];
  readonly settings: RunSettings;
  readonly random: Random;
  readonly beforeTiming: BeforeTiming;
  /** Clock time for rounds beyond those of the settings, see `RunSettings.seconds`; default 0. */
  readonly spareSeconds?: number;
}

/**
 * Measures one workload: builds its arms, starts one Envoy with all of them, leaves out the ones that do not do what the Lua does,
 * times the others in interleaved rounds, and looks again afterwards whether they still do their work. All that several times,
 * since two Envoys of the same configuration differ too (where their memory lies), and again while the ratio is not known
 * precisely and there is time to spare.
 */
export async function measureWorkload(workload: Workload, options: MeasureOptions): Promise<WorkloadResult> {
  const { starts } = options.settings;
  let deadline = Number.POSITIVE_INFINITY;
  const { built, leftOut } = await buildArms(workload, options.arms);
  let sofar: Timed = {
    plan: planCells(workload, built),
    arms: built,
    slices: new Map(),
    underLoad: {},
    leftOut,
    configSha256: "",
  };
  let lost = 0;
  for (let start = 1; start <= starts || (performance.now() < deadline && !isPrecise(sofar, options.random)); ) {
    try {
      sofar = await timeInOneEnvoy(workload, sofar, start === starts, options);
      if (start++ === starts) deadline = performance.now() + (options.spareSeconds ?? 0) * 1000;
    } catch (error) {
      if (error instanceof ArmFailed) sofar = withoutArm(sofar, { arm: error.arm, reason: error.message });
      // An Envoy may be lost for reasons outside (killed, out of memory); twice is no accident.
      else if (error instanceof MissingError) throw error;
      else if (++lost > 1) throw new Error(`${workload.name}: ${(error as Error).message}`, { cause: error });
    }
  }
  const measured = result(workload, sofar, options.random);
  return { ...measured, arms: merge(measured.arms, described(built), sofar.underLoad) };
}

/** What the Envoys so far have yielded. */
interface Timed {
  readonly plan: Plan;
  readonly arms: ReadonlyMap<string, BuiltArm>;
  readonly slices: Slices;
  readonly underLoad: UnderLoad;
  readonly leftOut: readonly LeftOutArm[];
  readonly configSha256: string;
}

async function timeInOneEnvoy(
  workload: Workload,
  sofar: Timed,
  last: boolean,
  options: MeasureOptions,
): Promise<Timed> {
  const { settings, random, launcher } = options;
  if (sofar.plan.cells.length === 0) return sofar;
  await using started = await startWithWhatLoads(workload, sofar.arms, launcher);
  const { bench, arms } = started;
  const loaded = without(sofar.plan, started.rejected);
  const before = await observeCells(bench, loaded);
  const wrong = wrongArms(loaded, before, workload);
  const plan = expectingStatuses(without(loaded, wrong), before);
  options.beforeTiming(bench);
  using executor = new EnvoyExecutor(bench.envoy);
  const slices = await runRounds(executor, plan.cells, {
    rounds: Math.ceil((settings.rounds * (workload.kind === "control" ? 2 : 1)) / settings.starts),
    sliceNs: settings.sliceMs * 1e6,
    random,
  });
  const underLoad = last && isWholeFilter(workload) ? await measureUnderLoad(bench.envoy, plan, slices, options) : {};
  const after = await observeCells(bench, plan);
  const changed = workload.statusMayVary && !luaIsSteady(plan, before, after) ? [] : wrongArms(plan, after, workload);
  const failed = [...changed, ...failedRequests(plan, slices, workload.statusMayVary ?? false)];
  return {
    plan: without(plan, failed),
    arms,
    slices: joined(plan, sofar.slices, slices),
    underLoad: { ...sofar.underLoad, ...underLoad },
    leftOut: [...sofar.leftOut, ...started.rejected, ...wrong, ...failed],
    configSha256: bench.configSha256,
  };
}

function isPrecise({ plan, slices }: Timed, random: Random): boolean {
  const costs = costsOf(plan, slices);
  const lua = costs.get("lua");
  // The A/A control has no Wasm, but the same Lua twice.
  const other = costs.get("wasm") ?? [...costs].find(([arm]) => arm !== "lua")?.[1];
  if (!lua || !other) return true;
  const [low, high] = ratioInterval(lua, other, { random, resamples: 1_000 });
  return low > 0 && Math.sqrt(high / low) <= 1 + PRECISE_ENOUGH;
}

/** For an arm that broke down under load: Envoy is started again without it. */
function withoutArm(sofar: Timed, broken: LeftOutArm): Timed {
  return {
    ...sofar,
    arms: new Map([...sofar.arms].filter(([arm]) => arm !== broken.arm)),
    plan: without(sofar.plan, [broken]),
    leftOut: [...sofar.leftOut, broken],
  };
}

function joined({ cells }: Plan, before: Slices, after: Slices): Slices {
  return new Map(cells.map(({ id }) => [id, [...(before.get(id) ?? []), ...after.get(id)!]]));
}

function isWholeFilter({ kind }: Workload): boolean {
  return kind === "filter" || kind === "migration";
}

/** A module that Envoy rejects is left out; the others are measured without it. */
async function startWithWhatLoads(workload: Workload, built: ReadonlyMap<string, BuiltArm>, launcher: EnvoyLauncher) {
  const start = async (arms: ReadonlyMap<string, BuiltArm>, rejected: readonly LeftOutArm[]) => {
    const bench = await startBenchEnvoy(launcher, [...arms.values()], {
      ...workload,
      buffered: workload.request.body !== "",
    });
    return { bench, arms, rejected, [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose]() };
  };
  try {
    return await start(built, []);
  } catch (error) {
    if (!(error instanceof EnvoyStartError) || !built.has("wasm")) throw error;
    const rest = new Map([...built].filter(([arm]) => arm !== "wasm"));
    return await start(rest, [{ arm: "wasm", reason: `Envoy rejects the module: ${error.message}` }]);
  }
}

function without(plan: Plan, arms: readonly LeftOutArm[]): Plan {
  const gone = new Set(arms.map(({ arm }) => arm));
  return {
    ...plan,
    cells: plan.cells.filter((cell) => !gone.has(cell.arm)),
    arms: plan.arms
      .filter(({ arm }) => !gone.has(arm))
      .map(({ without: reference, ...rest }) =>
        reference === undefined || gone.has(reference) ? rest : { ...rest, without: reference },
      ),
  };
}

/** Failed requests that may be more or fewer than Lua's where statuses may vary, as a share of all. */
const TOLERATED_SHARE = 0.05;

function failedRequests({ cells }: Plan, slices: Slices, mayVary: boolean): LeftOutArm[] {
  const sum = (id: string, figure: "failures" | "requests") =>
    (slices.get(id) ?? []).reduce((total, slice) => total + slice[figure], 0);
  const share = (id: string) => sum(id, "failures") / Math.max(1, sum(id, "requests"));
  const tolerable = ({ id, arm }: Cell) =>
    mayVary && !DOES_NOTHING.test(arm) ? Math.abs(share(id) - share("lua")) <= TOLERATED_SHARE : share(id) === 0;
  return cells
    .filter((cell) => !tolerable(cell))
    .map(({ id, arm }) => ({
      arm,
      reason: `${sum(id, "failures")} of ${sum(id, "requests")} requests did not get the status they should have got`,
    }));
}

function result(workload: Workload, { plan, slices, leftOut, configSha256 }: Timed, random: Random): WorkloadResult {
  const { name, kind, group, about, series } = workload;
  const timed = plan.cells.map((cell) => slices.get(cell.id)!);
  return {
    name,
    kind,
    group,
    about,
    costUnit: plan.costUnit,
    ...(series ? { series } : {}),
    ...evaluate(plan, slices, { random }),
    leftOut: leftOut.filter(({ arm }, at) => leftOut.findIndex((other) => other.arm === arm) === at),
    configSha256,
    noise: judgeMachine(
      timed.flat().map((slice) => ({ waitShare: slice.waitNs / slice.cpuNs, stealShare: slice.stealShare })),
      timed.map((cell) => relativeSpread(cell.map((slice) => slice.cpuNs / slice.requests))),
    ),
  };
}

function described(built: ReadonlyMap<string, BuiltArm>): Readonly<Record<string, Partial<ArmResult>>> {
  return Object.fromEntries(
    [...built].map(([arm, { sha256, module }]) => [
      arm,
      { ...(sha256 ? { sha256 } : {}), ...(module ? { module } : {}) },
    ]),
  );
}

function merge(
  arms: WorkloadResult["arms"],
  ...more: readonly Readonly<Record<string, Partial<ArmResult>>>[]
): WorkloadResult["arms"] {
  return Object.fromEntries(
    Object.entries(arms).map(([name, arm]) => [name, Object.assign({}, arm, ...more.map((part) => part[name] ?? {}))]),
  );
}
