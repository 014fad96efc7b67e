/** How thorough a run is. */
export interface RunSettings {
  readonly mode: "quick" | "full";
  readonly rounds: number;
  /** Whether filters written by hand in other ways are measured too. */
  readonly peers: boolean;
  /** Over how many Envoys, started one after the other, the rounds are spread. */
  readonly starts: number;
  /** Clock time of one slice of load. */
  readonly sliceMs: number;
  /** Latency at a fixed rate, for whole filters; absent: not measured. */
  readonly latency?: { readonly rounds: number; readonly roundMs: number };
  /** Peak throughput over HTTP/1.1, for whole filters; absent: not measured. */
  readonly throughput?: { readonly rounds: number; readonly roundSeconds: number };
  /** Memory and start; absent: not measured. */
  readonly footprint?: {
    readonly copies: number;
    readonly concurrencies: readonly number[];
    readonly firstRequests: number;
  };
}

/** Under two minutes on two cores. */
export const QUICK: RunSettings = {
  mode: "quick",
  peers: false,
  rounds: 12,
  starts: 2,
  sliceMs: 30,
  latency: { rounds: 2, roundMs: 400 },
};

/** Under thirty minutes on two cores. */
export const FULL: RunSettings = {
  mode: "full",
  peers: true,
  rounds: 24,
  starts: 3,
  sliceMs: 60,
  latency: { rounds: 4, roundMs: 1_000 },
  throughput: { rounds: 3, roundSeconds: 1 },
  footprint: { copies: 10, concurrencies: [1, 2, 4, 8], firstRequests: 10 },
};
