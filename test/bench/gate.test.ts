import { describe, expect, it } from "vitest";
import type { Comparison, WorkloadResult } from "../../bench/comparison.js";
import { compareWithBaseline } from "../../bench/gate.js";
import { type Costs, comparisonOf, workloadOf } from "./fixture.js";

/** A run of one workload whose Wasm costs that many times 10 µs, with noise of a few percent. */
function run(wasmFactor: number, seed: number, more: Partial<Comparison> = {}, noise = 0.03): Comparison {
  const costs: Costs = { none: 20_000, lua: 12_000, wasm: 10_000 * wasmFactor };
  return { ...comparisonOf([workloadOf("routing", costs, { jitter: noise, seed })]), ...more };
}

describe("gate", () => {
  it("catches a filter that became 20 % slower, in ten tries of ten", () => {
    const states = Array.from({ length: 10 }, (_, at) => compareWithBaseline(run(1, at), run(1.2, 100 + at)).state);
    expect(states).toEqual(Array(10).fill("regression"));
  });

  it("lets pass what did not change, in ten tries of ten", () => {
    const states = Array.from({ length: 10 }, (_, at) => compareWithBaseline(run(1, at), run(1, 100 + at)).state);
    expect(states).toEqual(Array(10).fill("passed"));
  });

  it("lets pass what became cheaper, and says so", () => {
    const { state, changes } = compareWithBaseline(run(1, 1), run(0.7, 2));
    expect(state).toBe("passed");
    expect(changes.map(({ verdict }) => verdict)).toEqual(["cheaper"]);
    expect(changes[0]!.factor).toBeCloseTo(0.7, 1);
  });

  it("cannot tell after a noisy run, in either place", () => {
    const noisy = run(1.5, 2, { controls: { ...run(1, 2).controls, conclusive: false } });
    expect(compareWithBaseline(run(1, 1), noisy)).toMatchObject({ state: "cannot tell", changes: [] });
    expect(compareWithBaseline(noisy, run(1, 1)).state).toBe("cannot tell");
  });

  it("cannot tell where noise could hide a filter that became a fifth dearer", () => {
    const { state, changes } = compareWithBaseline(run(1, 1, {}, 0.5), run(1, 2, {}, 0.5));
    expect(state).toBe("cannot tell");
    expect(changes.map(({ verdict }) => verdict)).toEqual(["cannot tell"]);
  });

  it("does not call a change what the A/A controls show for no change", () => {
    const shaky = { ratio: 1, ci95: [0.75, 1.3] as const, holds: true, narrow: false };
    const controls = { ...run(1, 1).controls, aa: shaky };
    expect(compareWithBaseline(run(1, 1), run(1.15, 2, { controls })).state).toBe("passed");
    expect(compareWithBaseline(run(1, 1), run(1.2, 2, { controls })).state).toBe("cannot tell");
    expect(compareWithBaseline(run(1, 1), run(1.6, 2, { controls })).state).toBe("regression");
  });

  it("does not pass a filter that was measured before and is broken now", () => {
    const broken: WorkloadResult = {
      ...workloadOf("routing", { none: 20_000, lua: 12_000 }, { jitter: 0.03, seed: 1 }),
      leftOut: [{ arm: "wasm", reason: "does not do what the Lua does" }],
    };
    const { state, notes } = compareWithBaseline(run(1, 1), comparisonOf([broken]));
    expect(state).toBe("regression");
    expect(notes[0]).toContain("does not do what the Lua does");
  });

  it("tells what differs between the machines, and which workloads are new", () => {
    const current = run(1, 2);
    const elsewhere = {
      ...current,
      environment: { ...current.environment, cpu: "another" },
      workloads: [...current.workloads, workloadOf("fresh", { none: 1, lua: 2, wasm: 3 }, { jitter: 0, seed: 1 })],
    };
    expect(compareWithBaseline(run(1, 1), elsewhere).notes).toEqual([
      "the baseline was measured with another cpu: Some CPU, now another",
      "not in the baseline: fresh",
    ]);
  });
});
