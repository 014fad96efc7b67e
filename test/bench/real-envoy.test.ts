import { describe, expect, it } from "vitest";
import { allArms } from "../../bench/arms/index.js";
import { noOpModule } from "../../bench/arms/wasm.js";
import type { Comparison } from "../../bench/comparison.js";
import { compileScript } from "../../bench/compile-script.js";
import { controlWorkload } from "../../bench/controls.js";
import { allowedCores } from "../../bench/measure/affinity.js";
import { measureBundle } from "../../bench/measure/bundle-memory.js";
import { randomFrom } from "../../bench/statistics/random.js";
import { runSuite } from "../../bench/suite.js";
import { allWorkloads } from "../../bench/workloads/index.js";
import type { Workload } from "../../bench/workloads/workload.js";
import { chooseLocalEnvoy } from "../../src/harness/choose-envoy.js";

const SETTINGS = {
  mode: "quick",
  peers: false,
  rounds: 4,
  starts: 2,
  sliceMs: 5,
  latency: { rounds: 1, roundMs: 50 },
} as const;

describe("a bundle's memory in a real Envoy", () => {
  it("is measured of filters that work, beside the same ones in Lua", async () => {
    const workloads = await allWorkloads();
    const options = { launcher: await chooseLocalEnvoy(), workloads, filters: 3, concurrencies: [1, 2] };
    const { filters, bytes, starts } = await measureBundle({ ...options, random: randomFrom(1) });
    expect(filters).toEqual(["set-constant-header", "copy-header", "routing"]);
    expect(starts.map(({ arm }) => arm).sort()).toEqual(["lua", "lua", "none", "none", "wasm", "wasm"]);
    const atOnce = ({ once, perWorker }: { once: number; perWorker: number }) => once + perWorker;
    // V8 and its isolate are there once, be the filters many or few.
    expect(atOnce(bytes.wasm)).toBeGreaterThan(atOnce(bytes.lua));
    expect(atOnce(bytes.lua)).toBeGreaterThan(0);
  }, 120_000);
});

describe("a short run in a real Envoy", () => {
  it("measures what does its work, leaves out what does not, and saves after each workload", async () => {
    const all = await allWorkloads();
    const named = (name: string): Workload => all.find((workload) => workload.name === name)!;
    const header = named("set-constant-header");
    const workloads: readonly Workload[] = [
      controlWorkload(header),
      header,
      { ...named("json-body-in-lua-1kb"), name: "wrong-module", module: await noOpModule() },
      { ...header, name: "failing-script", lua: "function envoy_on_request(handle)\n  error('no')\nend\n" },
    ];
    const cores = allowedCores(process.pid);
    const saved: Comparison[] = [];
    const steps: string[] = [];
    const result = await runSuite({
      workloads,
      arms: allArms({ compile: compileScript, peers: false }),
      launcher: await chooseLocalEnvoy(),
      settings: SETTINGS,
      seed: 1,
      version: "0",
      save: async (sofar) => void saved.push(sofar),
      progress: ({ number, of, name }) => steps.push(`${number}/${of} ${name}`),
    });

    expect(steps).toEqual(["1/4 control-aa", "2/4 set-constant-header", "3/4 wrong-module", "4/4 failing-script"]);
    expect(saved.map((sofar) => sofar.workloads.length)).toEqual([1, 2, 3, 4, 4]);
    expect(saved.map((sofar) => sofar.complete)).toEqual([false, false, false, false, true]);
    const workload = (name: string) => result.workloads.find((one) => one.name === name)!;

    const measured = workload("set-constant-header");
    expect(Object.keys(measured.arms)).toEqual(["none", "no-op lua", "lua", "no-op wasm", "wasm", "native"]);
    expect(measured.arms.lua!.cpuNsPerRequest.samples).toHaveLength(4);
    expect(measured.arms.lua!.cpuNsPerRequest.median).toBeGreaterThan(1_000);
    expect(measured.arms.wasm!.module!.bytes).toBeGreaterThan(500);
    expect(measured.arms.wasm!.latency!.percentiles["99"]).toBeGreaterThan(0);
    expect(measured.ratio).toBeDefined();

    const wrong = workload("wrong-module");
    expect(wrong.leftOut.find(({ arm }) => arm === "wasm")?.reason).toContain("does not do what the Lua does");
    expect(wrong.ratio).toBeUndefined();
    expect(wrong.arms.lua!.costNs!.samples).toHaveLength(4);
    expect(workload("failing-script").leftOut.find(({ arm }) => arm === "lua")?.reason).toContain("its script fails");

    expect(result.controls.aa?.ci95).toHaveLength(2);
    expect(result.environment).toMatchObject({ envoy: expect.stringContaining("/1."), seed: 1, mode: "quick" });
    expect(allowedCores(process.pid)).toEqual(cores);
  }, 120_000);
});
