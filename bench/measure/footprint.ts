import type { EnvoyLauncher } from "../../src/harness/envoy.js";
import type { Arm, BuiltArm } from "../arms/arm.js";
import { buildArms } from "../build-arms.js";
import type { EnvoyStart, Estimate, Footprint, FootprintOfArm } from "../comparison.js";
import { estimate } from "../evaluate.js";
import type { RunSettings } from "../settings.js";
import { type Random, shuffled } from "../statistics/random.js";
import { line, median } from "../statistics/summary.js";
import type { Workload } from "../workloads/workload.js";
import { startBenchEnvoy } from "./bench-envoy.js";
import { measureBundle } from "./bundle-memory.js";
import { exchange } from "./exchange.js";
import { bytesPerSuspendedStream } from "./suspended-streams.js";
import { residentBytes } from "./worker-thread.js";

export interface FootprintOptions {
  readonly launcher: EnvoyLauncher;
  readonly arms: readonly Arm[];
  /** The filter whose copies are loaded. */
  readonly workload: Workload;
  /** Of whose scripts the bundle is made. */
  readonly bundled: readonly Workload[];
  readonly settings: NonNullable<RunSettings["footprint"]>;
  readonly random: Random;
}

const BASELINE = "none";
const CONNECTIONS_PER_WORKER = 4;
const REQUESTS_PER_CONNECTION = 100;

/** Memory per filter and worker, load time, first request, and memory per suspended stream, memory of a bundle; each from Envoys of their own. */
export async function measureFootprint(options: FootprintOptions): Promise<Footprint> {
  const { settings, random, workload } = options;
  const many = await chosenArms({ ...workload, copies: settings.copies }, options.arms);
  const starts: EnvoyStart[] = [];
  for (const concurrency of settings.concurrencies) {
    for (const [arm, built] of shuffled([...many], random))
      starts.push(await startOnce(options, arm, built, concurrency));
  }
  const first = await firstRequests(options);
  const { perStream: suspended, sideCall } = await bytesPerSuspendedStream(options.launcher, options.arms);
  const { launcher, bundled: workloads } = options;
  const { bundled: filters, concurrencies } = settings;
  const bundle = await measureBundle({ launcher, workloads, filters, concurrencies, random });
  const arms = [...many.keys()].filter((arm) => arm !== BASELINE);
  return {
    filter: workload.name,
    copies: settings.copies,
    arms: Object.fromEntries(
      arms.map((arm) => [
        arm,
        {
          ...footprintOf(arm, starts, settings.copies),
          ...(first.has(arm) ? { firstRequestNs: first.get(arm)! } : {}),
          ...(suspended.has(arm) ? { bytesPerSuspendedStream: suspended.get(arm)! } : {}),
        },
      ]),
    ),
    bytesPerSideCall: sideCall,
    bundle,
    starts,
  };
}

async function chosenArms(workload: Workload, arms: readonly Arm[]): Promise<ReadonlyMap<string, BuiltArm>> {
  const { built } = await buildArms(workload, arms);
  return new Map([...built].filter(([arm]) => [BASELINE, "lua", "wasm", "no-op wasm"].includes(arm)));
}

async function startOnce(
  { launcher, workload, settings }: FootprintOptions,
  arm: string,
  built: BuiltArm,
  concurrency: number,
): Promise<EnvoyStart> {
  const start = process.hrtime.bigint();
  await using bench = await startBenchEnvoy(launcher, [built], { concurrency });
  const startNs = Number(process.hrtime.bigint() - start);
  for (let connection = 0; connection < concurrency * CONNECTIONS_PER_WORKER; connection++) {
    await exchange(bench, built.name, workload.request, REQUESTS_PER_CONNECTION);
  }
  const filters = arm === BASELINE ? 0 : settings.copies;
  return { arm, concurrency, filters, residentBytes: residentBytes(bench.envoy.pid), startNs };
}

/** Slopes over the number of workers, against the Envoy without filters and with as many workers. */
function footprintOf(arm: string, starts: readonly EnvoyStart[], copies: number): FootprintOfArm {
  const baseline = new Map(starts.filter((start) => start.arm === BASELINE).map((start) => [start.concurrency, start]));
  const own = starts.filter((start) => start.arm === arm);
  const over = (figure: "residentBytes" | "startNs") =>
    own.map(
      (start) => [start.concurrency, (start[figure] - baseline.get(start.concurrency)![figure]) / copies] as const,
    );
  const memory = line(over("residentBytes"));
  return {
    bytesPerFilterAndWorker: memory.slope,
    bytesPerFilter: memory.intercept,
    loadNsPerFilter: median(over("startNs").map(([, ns]) => ns)),
  };
}

/** First request to each arm on a fresh worker, beyond the first one to the listener without a filter. */
async function firstRequests(options: FootprintOptions): Promise<ReadonlyMap<string, Estimate>> {
  const built = await chosenArms(options.workload, options.arms);
  const beyond = new Map([...built.keys()].filter((arm) => arm !== BASELINE).map((arm) => [arm, [] as number[]]));
  for (let start = 0; start < options.settings.firstRequests; start++) {
    await using bench = await startBenchEnvoy(options.launcher, [
      ...built.values(),
      { name: "warm", filters: [], files: {} },
    ]);
    await exchange(bench, "warm", options.workload.request, REQUESTS_PER_CONNECTION);
    const times = new Map<string, number>();
    for (const [arm, { name }] of shuffled([...built], options.random)) {
      times.set(arm, await exchange(bench, name, options.workload.request, 1));
    }
    for (const [arm, samples] of beyond) samples.push(times.get(arm)! - times.get(BASELINE)!);
  }
  return new Map([...beyond].map(([arm, samples]) => [arm, estimate(samples, options)]));
}
