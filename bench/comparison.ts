/**
 * What `moonshift bench` finds out: the value that flows from `bench/` to `src/report/`, and the JSON that it writes.
 * Plain data. Durations in nanoseconds, sizes in bytes; an endpoint of an interval that is infinite is `null` in the JSON.
 */
export interface Comparison {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: "moonshift"; readonly version: string };
  readonly startedAt: string;
  /** False while the run is still going on, and in the file that a run that broke off leaves behind. */
  readonly complete: boolean;
  readonly environment: Environment;
  readonly arms: readonly ArmDescription[];
  readonly workloads: readonly WorkloadResult[];
  readonly controls: Controls;
  readonly footprint?: Footprint;
}

/** Lower and upper end, both included. */
export type Interval = readonly [low: number, high: number];

/** About Wasm, from the interval of Lua's cost divided by Wasm's. */
export type RatioVerdict = "faster" | "slower" | "no difference";

export interface Estimate {
  readonly median: number;
  readonly ci95: Interval;
  /** One per round, in the order of the rounds; warm-up left out. */
  readonly samples: readonly number[];
}

export interface ArmDescription {
  readonly name: string;
  readonly description: string;
}

export interface WorkloadResult {
  readonly name: string;
  readonly kind: WorkloadKind;
  readonly group: string;
  /** What is measured, in words. */
  readonly about: string;
  /** What `costNs` counts, e.g. `per operation`. */
  readonly costUnit: string;
  /** Place on a growth curve. */
  readonly series?: SeriesPoint;
  readonly arms: Readonly<Record<string, ArmResult>>;
  /** Arms that this workload should have and does not, with the reason. */
  readonly leftOut: readonly { readonly arm: string; readonly reason: string }[];
  /** Absent when one of the two arms is. */
  readonly ratio?: Ratio;
  /** Lua against each other arm, and each other arm against Wasm. */
  readonly otherRatios: readonly CostRatio[];
  /** The whole request with Lua divided by the whole request with Wasm, Envoy's own work included. */
  readonly wholeRequest?: Ratio;
  readonly configSha256: string;
  readonly noise: MachineNoise;
}

export type WorkloadKind = "micro" | "filter" | "growth" | "migration" | "control";

export interface SeriesPoint {
  readonly name: string;
  readonly unit: string;
  readonly x: number;
}

export interface ArmResult {
  /** CPU time of the worker thread for one request, everything that Envoy does for it included. */
  readonly cpuNsPerRequest: Estimate;
  /** The same without what is measured: no filter, or no repeats. */
  readonly referenceCpuNsPerRequest?: Estimate;
  /** What the thing measured costs by itself; see `WorkloadResult.costUnit`. */
  readonly costNs?: Estimate;
  readonly latency?: Latency;
  readonly throughput?: Throughput;
  readonly module?: ModuleSize;
  /** SHA-256 of the script or the module, absent for arms that have neither. */
  readonly sha256?: string;
}

/** Of the medians of `costNs`, or of `cpuNsPerRequest` in `wholeRequest`. */
export interface Ratio {
  /** Above 1, Wasm is the cheaper one. */
  readonly luaOverWasm: number;
  readonly ci95: Interval;
  /** Said of Wasm. */
  readonly verdict: RatioVerdict;
}

/** Cost of one arm divided by the cost of another. */
export interface CostRatio {
  readonly of: string;
  readonly over: string;
  readonly value: number;
  readonly ci95: Interval;
}

/** Open loop: requests are sent at their time whether or not earlier ones were answered, and latency counts from that time. */
export interface Latency {
  readonly requestsPerSecond: number;
  readonly requests: number;
  /** Nanoseconds by percentile, e.g. `{"50": 80000, "99": 210000}`. */
  readonly percentiles: Readonly<Record<string, number>>;
  /** p99 of each round. */
  readonly p99: Estimate;
}

/** Closed loop over HTTP/1.1 keep-alive. */
export interface Throughput {
  readonly requestsPerSecond: Estimate;
  /** Share of the time the worker was busy. Well below 1, the load was the limit and not Envoy. */
  readonly workerUtilisation: number;
}

export interface ModuleSize {
  readonly bytes: number;
  /** Linear memory at the start. */
  readonly initialMemoryBytes: number;
}

/** Memory and start, from Envoys started for that purpose. */
export interface Footprint {
  /** Workload whose filter was loaded. */
  readonly filter: string;
  /** Copies of the filter in one Envoy; the figures are per copy. */
  readonly copies: number;
  readonly arms: Readonly<Record<string, FootprintOfArm>>;
  /** What Envoy itself keeps of `bytesPerSuspendedStream`: measured with a module that makes the call and keeps nothing. */
  readonly bytesPerSideCall?: number;
  readonly bundle?: BundleMemory;
  /** Every start. */
  readonly starts: readonly EnvoyStart[];
}

/** A line through the resident memory over `--concurrency`, beyond that of no filters. */
export interface SharedMemory {
  readonly perWorker: number;
  /** Whatever the number of workers. */
  readonly once: number;
}

/** Different filters in one module and VM, and the same ones in Lua. */
export interface BundleMemory {
  /** Workloads whose scripts they are. */
  readonly filters: readonly string[];
  /** Resident memory of all of them together. */
  readonly bytes: { readonly lua: SharedMemory; readonly wasm: SharedMemory };
  readonly starts: readonly EnvoyStart[];
}

export interface FootprintOfArm {
  /** Resident memory per filter and worker: slope over `--concurrency`. */
  readonly bytesPerFilterAndWorker: number;
  /** Resident memory per filter that does not depend on the number of workers. */
  readonly bytesPerFilter: number;
  /** Time from the start of Envoy until all listeners are live, beyond an Envoy without the filters, per filter. */
  readonly loadNsPerFilter: number;
  /** First request on a fresh worker beyond the first request without a filter. */
  readonly firstRequestNs?: Estimate;
  /** Resident memory per stream that waits in an httpCall, over a stream that waits for its upstream without a filter. */
  readonly bytesPerSuspendedStream?: number;
}

export interface EnvoyStart {
  readonly arm: string;
  readonly concurrency: number;
  readonly filters: number;
  readonly residentBytes: number;
  readonly startNs: number;
}

export interface Controls {
  /** The same script twice, as if it were two arms; its interval must contain 1 (`holds`) and not much else (`narrow`). */
  readonly aa?: { readonly ratio: number; readonly ci95: Interval; readonly holds: boolean; readonly narrow: boolean };
  readonly machine: MachineNoise;
  /** False: the machine was noisy or the control failed, and nothing here is proved. */
  readonly conclusive: boolean;
}

export interface MachineNoise {
  readonly noisy: boolean;
  /** In words; empty when it was quiet. */
  readonly reasons: readonly string[];
  /** Medians over all slices, see `bench/statistics/noise.ts`. */
  readonly waitShare: number;
  readonly stealShare: number;
  readonly spread: number;
}

export interface Environment {
  readonly cpu: string;
  readonly cores: number;
  readonly kernel: string;
  /** Frequency governor, `unknown` where the machine does not tell (most virtual machines). */
  readonly governor: string;
  readonly virtualised: boolean;
  readonly envoy: string;
  readonly envoyFrom: string;
  readonly node: string;
  /** Commit of the project that was measured; absent outside a git checkout. */
  readonly commit?: string;
  readonly dirty?: boolean;
  readonly seed: number;
  readonly rounds: number;
  readonly mode: "quick" | "full";
  /** Core of Envoy's worker and of the load; absent where they could not be pinned. */
  readonly pinned?: { readonly worker: number; readonly load: number };
}
