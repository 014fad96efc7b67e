import type { EnvoyLauncher } from "../src/harness/envoy.js";
import type { Arm } from "./arms/arm.js";
import type { Comparison, Environment, Footprint, WorkloadResult } from "./comparison.js";
import { judgeRun } from "./controls.js";
import { describeEnvironment } from "./environment.js";
import { allowedCores, choosePinning, type Pinning, setCores } from "./measure/affinity.js";
import { type BenchEnvoy, startBenchEnvoy } from "./measure/bench-envoy.js";
import { type FootprintOptions, measureFootprint } from "./measure/footprint.js";
import { findWorker } from "./measure/worker-thread.js";
import { measureWorkload } from "./measure-workload.js";
import type { RunSettings } from "./settings.js";
import { randomFrom } from "./statistics/random.js";
import { expectedFootprintSeconds, expectedSeconds } from "./timing.js";
import type { Workload } from "./workloads/workload.js";

export interface SuiteOptions {
  /** In the order in which they are measured; a control among them decides whether the run can prove anything. */
  readonly workloads: readonly Workload[];
  /** Filters for memory and start times, measured last. */
  readonly footprintOf?: Pick<FootprintOptions, "workload" | "bundled">;
  readonly arms: readonly Arm[];
  readonly launcher: EnvoyLauncher;
  readonly settings: RunSettings;
  readonly seed: number;
  readonly version: string;
  /** Called after each workload with everything so far, so that a run that breaks off loses nothing. */
  readonly save: (sofar: Comparison) => Promise<void>;
  readonly progress: (step: Step) => void;
}

/** What is being done now. */
export interface Step {
  readonly number: number;
  readonly of: number;
  readonly name: string;
  readonly secondsLeft: number;
}

/** Measures the workloads one after the other. This process stays on one core meanwhile, where there are two. */
export async function runSuite(options: SuiteOptions): Promise<Comparison> {
  const cores = allowedCores(process.pid);
  const pinning = choosePinning(cores);
  if (pinning) setCores(process.pid, [pinning.load]);
  try {
    return await measureAll(options, pinning);
  } finally {
    if (pinning) setCores(process.pid, cores);
  }
}

async function measureAll(options: SuiteOptions, pinning: Pinning | undefined): Promise<Comparison> {
  const { workloads, progress, save } = options;
  const random = randomFrom(options.seed);
  const beforeTiming = ({ envoy }: BenchEnvoy) => {
    const worker = findWorker(envoy.pid);
    if (pinning) setCores(worker, [pinning.worker]);
  };
  const compare = comparer(options, await environmentOf(options, pinning));
  const { secondsLeft, spareSeconds } = timeTable(options);
  const of = workloads.length + (options.footprintOf ? 1 : 0);
  const results: WorkloadResult[] = [];
  for (const [at, workload] of workloads.entries()) {
    progress({ number: at + 1, of, name: workload.name, secondsLeft: secondsLeft(at) });
    results.push(await measureWorkload(workload, { ...options, random, beforeTiming, spareSeconds: spareSeconds(at) }));
    await save(compare(results));
  }
  const footprint = await footprintIfAsked(options, random, () =>
    progress({ number: of, of, name: "memory and start", secondsLeft: secondsLeft(workloads.length) }),
  );
  const complete = { ...compare(results, footprint), complete: true };
  await save(complete);
  return complete;
}

async function footprintIfAsked(
  { footprintOf, settings, ...rest }: SuiteOptions,
  random: () => number,
  begin: () => void,
): Promise<Footprint | undefined> {
  if (footprintOf === undefined || settings.footprint === undefined) return undefined;
  begin();
  return measureFootprint({ ...rest, ...footprintOf, settings: settings.footprint, random });
}

/** Asks an Envoy without any filter what it is; also shows early that there is one, and that its worker can be seen. */
async function environmentOf(
  { launcher, settings, seed }: SuiteOptions,
  pinning: Pinning | undefined,
): Promise<Environment> {
  await using bench = await startBenchEnvoy(launcher, [{ name: "none", filters: [], files: {} }]);
  findWorker(bench.envoy.pid);
  return describeEnvironment(bench.envoy, pinning, settings, seed);
}

function comparer({ arms, version }: SuiteOptions, environment: Environment) {
  const startedAt = new Date().toISOString();
  return (results: readonly WorkloadResult[], footprint?: Footprint): Comparison => ({
    schemaVersion: 1,
    tool: { name: "moonshift", version },
    startedAt,
    complete: false,
    environment,
    arms: arms.map(({ name, description }) => ({ name, description })),
    workloads: [...results],
    controls: judgeRun(results),
    ...(footprint ? { footprint } : {}),
  });
}

interface TimeTable {
  /** Expected seconds from the start of a step to the end of the run, corrected by how long the steps so far took. */
  readonly secondsLeft: (step: number) => number;
  /** What a workload may take beyond what is expected of it, if the run is to end in the time of its settings. */
  readonly spareSeconds: (step: number) => number;
}

/** Shares of the spare time, which is divided anew before each workload: most need none of theirs. */
const SHARES_OF_SPARE_TIME = 2;

function timeTable({ workloads, settings, footprintOf }: SuiteOptions): TimeTable {
  const expected = workloads.map((workload) => expectedSeconds(workload, settings));
  expected.push(footprintOf ? expectedFootprintSeconds(settings) : 0);
  const sum = (seconds: readonly number[]) => seconds.reduce((total, second) => total + second, 0);
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1000;
  return {
    secondsLeft: (step) => sum(expected.slice(step)) * (step === 0 ? 1 : elapsed() / sum(expected.slice(0, step))),
    spareSeconds: (step) => {
      const spare = (settings.seconds ?? 0) - elapsed() - sum(expected.slice(step));
      return (SHARES_OF_SPARE_TIME * Math.max(0, spare)) / (workloads.length - step);
    },
  };
}
