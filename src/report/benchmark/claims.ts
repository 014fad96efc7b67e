import type { Comparison, WorkloadResult } from "../../../bench/comparison.js";

/** A row of the table in the article from which the project started (Wasm written in Rust against Lua, without method or environment). */
interface Claim {
  readonly operation: string;
  readonly luaNs: number;
  readonly wasmNs: number;
  readonly ratio: number;
  /** Workloads that measure it. */
  readonly workloads: readonly string[];
}

const CLAIMS: readonly Claim[] = [
  {
    operation: "read a header",
    luaNs: 200,
    wasmNs: 100,
    ratio: 2,
    workloads: ["header-get-first", "header-get-again"],
  },
  { operation: "set a header", luaNs: 250, wasmNs: 120, ratio: 2, workloads: ["header-set-first", "header-set"] },
  { operation: "decode JSON", luaNs: 3_000, wasmNs: 500, ratio: 6, workloads: ["json-decode-100b", "json-decode-1kb"] },
  {
    operation: "match a regular expression",
    luaNs: 5_000,
    wasmNs: 1_000,
    ratio: 5,
    workloads: ["match-captures", "match-variable-pattern"],
  },
  { operation: "join strings", luaNs: 300, wasmNs: 50, ratio: 6, workloads: ["concat", "append-loop"] },
];

export interface CheckedClaim extends Omit<Claim, "workloads"> {
  readonly measured: WorkloadResult;
}

/** Claimed against measured, one row for each workload of this run that measures a claim. */
export function checkedClaims({ workloads }: Comparison): readonly CheckedClaim[] {
  return CLAIMS.flatMap(({ workloads: names, ...claim }) =>
    workloads.filter(({ name, ratio }) => names.includes(name) && ratio).map((measured) => ({ ...claim, measured })),
  );
}
