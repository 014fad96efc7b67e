import type { ArmResult, Comparison, WorkloadResult } from "../../bench/comparison.js";
import { evaluate } from "../../bench/evaluate.js";
import type { RoundSlice } from "../../bench/rounds.js";
import { randomFrom } from "../../bench/statistics/random.js";

/** Nanoseconds per request by arm; `none` in full, all others over `none`. */
export type Costs = Readonly<Record<string, number>>;

const ROUNDS = 24;

/** A result as a run would have it, with made-up figures. @param jitter relative, of every slice */
export function workloadOf(
  name: string,
  costs: Costs,
  { jitter, seed, ...more }: { jitter: number; seed: number } & Partial<WorkloadResult>,
): WorkloadResult {
  const random = randomFrom(seed);
  const total = (arm: string) => costs[arm]! + (arm === "none" ? 0 : costs.none!);
  const slice = (arm: string): RoundSlice => {
    const factor = 1 + jitter * (random() + random() + random() - 1.5);
    const cpuNs = total(arm) * factor;
    const turnsNs = [cpuNs];
    return { requests: 1_000, failures: 0, cpuNs: 1_000 * cpuNs, wallNs: 1, waitNs: 0, stealShare: 0, turnsNs };
  };
  const slices = new Map(Object.keys(costs).map((arm) => [arm, Array.from({ length: ROUNDS }, () => slice(arm))]));
  const arms = Object.keys(costs).map((arm) => ({
    arm,
    with: arm,
    operations: 1,
    ...(arm === "none" ? {} : { without: "none" }),
  }));
  const costUnit = "per request, over no filter";
  return {
    name,
    kind: "filter",
    group: "whole filters",
    about: `the filter ${name}`,
    costUnit,
    ...evaluate({ cells: [], arms, costUnit }, slices, { random }),
    leftOut: [],
    configSha256: "c0ffee",
    noise: { noisy: false, reasons: [], waitShare: 0.001, stealShare: 0, spread: 0.02 },
    ...more,
  };
}

export function withArm(result: WorkloadResult, arm: string, more: Partial<ArmResult>): WorkloadResult {
  return { ...result, arms: { ...result.arms, [arm]: { ...result.arms[arm]!, ...more } } };
}

export function comparisonOf(workloads: readonly WorkloadResult[]): Comparison {
  return {
    schemaVersion: 1,
    tool: { name: "moonshift", version: "0.1.0" },
    startedAt: "2026-01-02T03:04:05.000Z",
    complete: true,
    environment: {
      cpu: "Some CPU",
      cores: 2,
      kernel: "Linux 6.1",
      governor: "performance",
      virtualised: false,
      envoy: "abc/1.40.0/Clean/RELEASE/BoringSSL",
      envoyFrom: "local Envoy /usr/bin/envoy",
      node: "v20.20.2",
      commit: "0123abc",
      dirty: false,
      seed: 1,
      rounds: ROUNDS,
      mode: "full",
      pinned: { worker: 0, load: 1 },
    },
    arms: [],
    workloads,
    controls: {
      aa: { ratio: 1.002, ci95: [0.985, 1.021], holds: true, narrow: true },
      machine: { noisy: false, reasons: [], waitShare: 0.001, stealShare: 0, spread: 0.02 },
      conclusive: true,
    },
  };
}
