import { armNames } from "./cells.js";
import type { RunSettings } from "./settings.js";
import type { Workload } from "./workloads/workload.js";

/** Compiling, starting Envoy, checking outcomes. */
const BUILD_SECONDS = 1;
const START_SECONDS = 0.7;
const WARM_UP_SLICES = 3;
const UNDER_LOAD_ARMS = 3;

/** About how long a workload takes; what the progress line tells. */
export function expectedSeconds(workload: Workload, settings: RunSettings): number {
  const arms = armNames(workload).length;
  const cells = workload.measure.form === "repeats" ? 2 * arms : arms;
  const { rounds, starts, sliceMs } = settings;
  const slices = rounds * (workload.kind === "control" ? 2 : 1) + starts * WARM_UP_SLICES;
  const timed = (cells * slices * sliceMs) / 1000;
  return BUILD_SECONDS + starts * START_SECONDS + timed + underLoadSeconds(workload, settings);
}

function underLoadSeconds({ kind }: Workload, { latency, throughput }: RunSettings): number {
  if (kind !== "filter" && kind !== "migration") return 0;
  const latencySeconds = latency ? (latency.rounds * latency.roundMs) / 1000 : 0;
  const throughputSeconds = throughput ? throughput.rounds * throughput.roundSeconds : 0;
  return UNDER_LOAD_ARMS * (latencySeconds + throughputSeconds);
}

/** About how long the Envoys take that are started for memory and first requests. */
export function expectedFootprintSeconds({ footprint }: RunSettings): number {
  return footprint ? footprint.concurrencies.length * 20 + footprint.firstRequests * 2 + 20 : 0;
}
