import type { RunningEnvoy } from "../../src/harness/envoy.js";
import type { Cell, Plan } from "../cells.js";
import type { Estimate, Latency, Throughput } from "../comparison.js";
import { estimate } from "../evaluate.js";
import type { Slices } from "../rounds.js";
import type { RunSettings } from "../settings.js";
import { type Random, shuffled } from "../statistics/random.js";
import { median } from "../statistics/summary.js";
import { emptyHistogram, runOpenLoop } from "./latency.js";
import { type PeakRun, runPeak } from "./throughput.js";

const ARMS: readonly string[] = ["none", "lua", "wasm"];
const PERCENTILES = [50, 75, 90, 99, 99.9, 99.99];
/** Of what the slowest arm took in the timed rounds: busy, and far from a queue that grows. */
const LOAD_SHARE = 0.4;

export type UnderLoad = Readonly<Record<string, { readonly latency?: Latency; readonly throughput?: Throughput }>>;

/** Latency and peak throughput of no filter, Lua and Wasm, in randomly ordered rounds. */
export async function measureUnderLoad(
  envoy: RunningEnvoy,
  { cells }: Plan,
  slices: Slices,
  { settings, random }: { readonly settings: RunSettings; readonly random: Random },
): Promise<UnderLoad> {
  const chosen = cells.filter((cell) => ARMS.includes(cell.arm));
  const latency = await latencies(envoy, chosen, sustainableRate(chosen, slices), settings.latency, random);
  const throughput = await throughputs(envoy, chosen, settings.throughput, random);
  return Object.fromEntries(
    chosen.map(({ arm }) => {
      const [low, high] = [latency.get(arm), throughput.get(arm)];
      return [arm, { ...(low ? { latency: low } : {}), ...(high ? { throughput: high } : {}) }];
    }),
  );
}

function sustainableRate(cells: readonly Cell[], slices: Slices): number {
  const rates = cells.map(({ id }) => median(slices.get(id)!.map(({ requests, wallNs }) => (requests / wallNs) * 1e9)));
  return Math.max(10, Math.round(Math.min(...rates) * LOAD_SHARE));
}

async function latencies(
  envoy: RunningEnvoy,
  cells: readonly Cell[],
  requestsPerSecond: number,
  settings: RunSettings["latency"],
  random: Random,
): Promise<ReadonlyMap<string, Latency>> {
  if (settings === undefined) return new Map();
  const histograms = new Map(cells.map(({ arm }) => [arm, { all: emptyHistogram(), p99: [] as number[] }]));
  for (let round = 0; round < settings.rounds; round++) {
    for (const cell of shuffled(cells, random)) {
      const durationMs = settings.roundMs;
      const { histogram } = await runOpenLoop(envoy.port(cell.listener), cell.request, {
        requestsPerSecond,
        durationMs,
      });
      const kept = histograms.get(cell.arm)!;
      kept.all.add(histogram);
      kept.p99.push(histogram.getValueAtPercentile(99));
    }
  }
  const summary = ({ all, p99 }: { all: ReturnType<typeof emptyHistogram>; p99: number[] }): Latency => ({
    requestsPerSecond,
    requests: all.totalCount,
    percentiles: Object.fromEntries(PERCENTILES.map((share) => [String(share), all.getValueAtPercentile(share)])),
    p99: estimate(p99, { random }),
  });
  return new Map([...histograms].map(([arm, kept]) => [arm, summary(kept)]));
}

async function throughputs(
  envoy: RunningEnvoy,
  cells: readonly Cell[],
  settings: RunSettings["throughput"],
  random: Random,
): Promise<ReadonlyMap<string, Throughput>> {
  if (settings === undefined) return new Map();
  const runs = new Map(cells.map(({ arm }) => [arm, [] as PeakRun[]]));
  for (let round = 0; round < settings.rounds; round++) {
    for (const cell of shuffled(cells, random)) {
      runs.get(cell.arm)!.push(await runPeak(envoy, cell.listener, cell.request, settings.roundSeconds));
    }
  }
  const figures = (peaks: readonly PeakRun[]): Estimate =>
    estimate(
      peaks.map((peak) => peak.requestsPerSecond),
      { random },
    );
  return new Map(
    [...runs].map(([arm, peaks]) => [
      arm,
      { requestsPerSecond: figures(peaks), workerUtilisation: median(peaks.map((peak) => peak.workerUtilisation)) },
    ]),
  );
}
