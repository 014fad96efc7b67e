/** How thorough a run is. */
export interface RunSettings {
  readonly mode: "quick" | "full";
  /** Per workload, at least; see `seconds`. */
  readonly rounds: number;
  /** Whether filters written by hand in other ways are measured too. */
  readonly peers: boolean;
  /** Over how many Envoys, started one after the other, the rounds are spread. */
  readonly starts: number;
  /** Clock time of one slice of load. */
  readonly sliceMs: number;
  /**
   * What the whole run may take. Where time is left, workloads whose ratio is not known to `PRECISE_ENOUGH` get more rounds, in
   * further Envoys; absent: none do.
   */
  readonly seconds?: number;
  /** Latency at a fixed rate, for whole filters; absent: not measured. */
  readonly latency?: { readonly rounds: number; readonly roundMs: number };
  /** Peak throughput over HTTP/1.1, for whole filters; absent: not measured. */
  readonly throughput?: { readonly rounds: number; readonly roundSeconds: number };
  /** Memory and start; absent: not measured. */
  readonly footprint?: {
    readonly copies: number;
    readonly concurrencies: readonly number[];
    /** Filters of the bundle. */
    readonly bundled: number;
    readonly firstRequests: number;
  };
}

/** A ratio is known well enough when its interval reaches no further than this share from its middle. */
export const PRECISE_ENOUGH = 0.04;

/** Under two minutes on two cores. */
export const QUICK: RunSettings = {
  mode: "quick",
  peers: false,
  rounds: 24,
  starts: 2,
  sliceMs: 15,
  seconds: 105,
  latency: { rounds: 2, roundMs: 400 },
};

/** Under thirty minutes on two cores. */
export const FULL: RunSettings = {
  mode: "full",
  peers: true,
  rounds: 48,
  starts: 3,
  sliceMs: 30,
  seconds: 27 * 60,
  latency: { rounds: 4, roundMs: 1_000 },
  throughput: { rounds: 3, roundSeconds: 1 },
  footprint: { copies: 10, concurrencies: [1, 2, 4, 8], bundled: 20, firstRequests: 10 },
};
