import { describe, expect, it } from "vitest";
import { planCells } from "../../bench/cells.js";
import { evaluate } from "../../bench/evaluate.js";
import { type Executor, runRounds, type Slice } from "../../bench/rounds.js";
import { randomFrom } from "../../bench/statistics/random.js";
import { getRequest, type Workload } from "../../bench/workloads/workload.js";

const built = (...arms: string[]) =>
  new Map(arms.map((arm) => [arm, { name: arm.replaceAll(" ", "-"), filters: [], files: {} }]));

const filter: Workload = {
  name: "some-filter",
  kind: "filter",
  group: "whole filters",
  about: "a filter",
  lua: "",
  request: getRequest(),
  measure: { form: "over no filter" },
};

/** Costs a set time per request, and writes down who ran. */
class MockExecutor implements Executor {
  readonly log: { id: string; requests: number; repeat: string | undefined }[] = [];
  constructor(private readonly cpuNs: (id: string, run: number) => number) {}

  async run({ id, request }: Parameters<Executor["run"]>[0], requests: number): Promise<Slice> {
    const repeat = request.headers.find(([name]) => name === "x-repeat")?.[1];
    this.log.push({ id, requests, repeat });
    const run = this.log.filter((entry) => entry.id === id).length;
    const cpuNs = this.cpuNs(id, run) * requests;
    return { requests, failures: 0, cpuNs, wallNs: cpuNs * 2, waitNs: 0, stealShare: 0 };
  }
}

describe("runRounds", () => {
  const arms = built("none", "lua", "wasm");
  const cells = planCells(filter, arms).cells;
  const options = { rounds: 6, sliceNs: 50_000_000, random: randomFrom(11) };

  it("gives every cell a burst in turn, in an order drawn anew, after a warm-up that is thrown away", async () => {
    const executor = new MockExecutor(() => 125_000);
    const slices = await runRounds(executor, cells, options);
    const timed = executor.log.slice(3 * cells.length);
    const turns = Array.from({ length: 12 }, (_, turn) => timed.slice(3 * turn, 3 * turn + 3).map(({ id }) => id));
    expect(timed).toHaveLength(36);
    for (const turn of turns) expect([...turn].sort()).toEqual(["lua", "none", "wasm"]);
    expect(new Set(turns.map((turn) => turn.join())).size).toBeGreaterThan(2);
    expect(slices.get("lua")).toHaveLength(6);
    expect(slices.get("lua")![0]).toMatchObject({ requests: 200, cpuNs: 25_000_000, turnsNs: [125_000, 125_000] });
  });

  it("gives the same order for the same seed", async () => {
    const order = async () => {
      const executor = new MockExecutor(() => 10_000);
      await runRounds(executor, cells, { ...options, random: randomFrom(4) });
      return executor.log.map(({ id }) => id);
    };
    expect(await order()).toEqual(await order());
  });

  it("makes slices of about the same clock time out of whole bursts, in as many turns as the dearest cell has bursts", async () => {
    const executor = new MockExecutor((id) => (id === "lua" ? 25_000 : 5_000));
    const slices = await runRounds(executor, cells, options);
    const last = (id: string) => executor.log.filter((entry) => entry.id === id).at(-1)!.requests;
    expect(last("lua")).toBe(100);
    expect(last("none")).toBe(500);
    expect(slices.get("lua")![0]!.requests).toBe(1_000);
    expect(slices.get("none")![0]!.requests).toBe(5_000);
  });

  it("sends a slow cell few requests, never none", async () => {
    const executor = new MockExecutor((id) => (id === "lua" ? 80_000_000 : 5_000));
    await runRounds(executor, cells, options);
    expect(executor.log.filter(({ id }) => id === "lua").at(-1)!.requests).toBe(1);
  });
});

describe("evaluate", () => {
  const random = randomFrom(1);

  it("tells the cost of a filter apart from the same request without it", async () => {
    const plan = planCells(filter, built("none", "no-op lua", "lua", "wasm"));
    const costs: Record<string, number> = { none: 10_000, "no-op lua": 12_000, lua: 18_000, wasm: 14_000 };
    // Every round is slower than the one before, for all arms alike.
    const executor = new MockExecutor((id, run) => costs[id]! * (1 + run / 10));
    const result = evaluate(plan, await runRounds(executor, plan.cells, { rounds: 8, sliceNs: 1e7, random }), {
      random,
    });
    expect(result.ratio?.luaOverWasm).toBeCloseTo(2);
    expect(result.ratio?.ci95.map((end) => end.toFixed(6))).toEqual(["2.000000", "2.000000"]);
    expect(result.ratio?.verdict).toBe("faster");
    expect(result.wholeRequest?.luaOverWasm).toBeCloseTo(18 / 14);
    expect(result.arms.lua?.costNs?.samples).toHaveLength(8);
    expect(result.arms.none?.costNs).toBeUndefined();
    expect(result.otherRatios.map(({ of, over, value }) => [of, over, value.toFixed(3)])).toEqual([
      ["lua", "no-op lua", "4.000"],
      ["no-op lua", "wasm", "0.500"],
    ]);
  });

  it("leaves out what slowed the machine down for some turns", async () => {
    const plan = planCells(filter, built("none", "lua", "wasm"));
    const costs: Record<string, number> = { none: 10_000, lua: 18_000, wasm: 14_000 };
    const executor = new MockExecutor((id, run) => costs[id]! * (run % 7 < 3 ? 2 : 1) * (run % 50 === 49 ? 9 : 1));
    const slices = await runRounds(executor, plan.cells, { rounds: 8, sliceNs: 2e7, random });
    const result = evaluate(plan, slices, { random });
    expect(result.ratio?.luaOverWasm).toBeCloseTo(2);
    expect(result.wholeRequest?.luaOverWasm).toBeCloseTo(18 / 14);
    expect(result.ratio!.ci95[1] - result.ratio!.ci95[0]).toBeLessThan(1e-6);
  });

  it("divides the difference between N repeats and none by N", async () => {
    const workload: Workload = {
      ...filter,
      kind: "micro",
      measure: { form: "repeats", repeats: 200 },
      request: getRequest([["x-repeat", "00200"]]),
    };
    const plan = planCells(workload, built("lua", "wasm"));
    const costs: Record<string, number> = { lua: 60_000, "lua without": 20_000, wasm: 90_000, "wasm without": 10_000 };
    const executor = new MockExecutor((id) => costs[id]!);
    const result = evaluate(plan, await runRounds(executor, plan.cells, { rounds: 4, sliceNs: 1e7, random }), {
      random,
    });
    expect(result.arms.lua?.costNs?.median).toBe(200);
    expect(result.arms.wasm?.costNs?.median).toBe(400);
    expect(result.ratio?.verdict).toBe("slower");
    expect(new Set(executor.log.map(({ id, repeat }) => `${id}: ${repeat}`))).toEqual(
      new Set(["lua: 00200", "lua without: 00000", "wasm: 00200", "wasm without: 00000"]),
    );
  });

  it("takes the no-op of the same kind off what can be done only once", async () => {
    const workload: Workload = { ...filter, kind: "micro", measure: { form: "over no-op" } };
    const plan = planCells(workload, built("no-op lua", "lua", "no-op wasm", "wasm"));
    const costs: Record<string, number> = { "no-op lua": 20_000, lua: 20_500, "no-op wasm": 15_000, wasm: 16_000 };
    const executor = new MockExecutor((id) => costs[id]!);
    const result = evaluate(plan, await runRounds(executor, plan.cells, { rounds: 4, sliceNs: 1e7, random }), {
      random,
    });
    expect(result.arms.lua?.costNs?.median).toBe(500);
    expect(result.arms.wasm?.costNs?.median).toBe(1_000);
    expect(result.arms["no-op lua"]?.costNs).toBeUndefined();
  });

  it("has no ratio without the Wasm arm", async () => {
    const plan = planCells(filter, built("none", "lua"));
    const executor = new MockExecutor(() => 1_000);
    const result = evaluate(plan, await runRounds(executor, plan.cells, { rounds: 3, sliceNs: 1e7, random }), {
      random,
    });
    expect(result.ratio).toBeUndefined();
    expect(result.otherRatios).toEqual([]);
  });
});
