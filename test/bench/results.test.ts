import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Footprint } from "../../bench/comparison.js";
import { comparisonJson, readComparison } from "../../bench/comparison-file.js";
import { compareWithBaseline } from "../../bench/gate.js";
import { priceList } from "../../bench/price-list.js";
import { judgeTargets } from "../../bench/targets.js";
import { PRICE_LIST } from "../../src/analyzer/price-list.js";
import { gateText } from "../../src/report/benchmark/gate.js";
import { targetsText } from "../../src/report/benchmark/targets.js";
import { InputError } from "../../src/support/failure.js";
import { writeWhole } from "../../src/support/write-folder.js";
import { comparisonOf, withArm, workloadOf } from "./fixture.js";

const quiet = { jitter: 0.002, seed: 1 };
const micro = (name: string, lua: number, wasm: number) =>
  workloadOf(name, { none: 1, lua, wasm }, { ...quiet, kind: "micro", costUnit: "per operation" });

const RUN = comparisonOf([
  withArm(
    withArm(
      workloadOf(
        "set-constant-header",
        {
          none: 20_000,
          "no-op lua": 2_800,
          lua: 4_900,
          "no-op wasm": 1_900,
          wasm: 3_200,
          "rust sdk": 5_000,
          "lua interpreter": 6_000,
        },
        quiet,
      ),
      "wasm",
      { module: { bytes: 3_000, initialMemoryBytes: 65_536 } },
    ),
    "rust sdk",
    { module: { bytes: 120_000, initialMemoryBytes: 1_114_112 } },
  ),
  micro("header-set", 335, 495),
  micro("header-get-again", 145, 20),
  micro("json-decode-1kb", 45_000, 7_000),
  micro("json-decode-in-lua-1kb", 45_000, 33_000),
  micro("match-captures", 300, 100),
]);

describe("the file of a run", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "bench-results-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("is read back as a baseline, infinite ends included", () => {
    const lost = workloadOf("lost", { none: 20_000, lua: 300, wasm: 0 }, { jitter: 0.03, seed: 2 });
    expect(lost.ratio!.ci95[1]).toBe(Number.POSITIVE_INFINITY);
    const run = comparisonOf([...RUN.workloads, lost]);
    const file = join(folder, "deep", "benchmark.json");
    writeWhole(file, comparisonJson(run));
    const read = readComparison(file);
    expect(read.workloads.find(({ name }) => name === "lost")!.ratio!.ci95[1]).toBe(Number.POSITIVE_INFINITY);
    // Nothing changed, but the cost of the lost one could be anything.
    expect(compareWithBaseline(read, run)).toEqual(compareWithBaseline(run, run));
    expect(compareWithBaseline(read, run).state).toBe("cannot tell");
    expect(readdirSync(join(folder, "deep"))).toEqual(["benchmark.json"]);
  });

  it.each([
    ["not JSON", "{", "cannot be read as a baseline"],
    ["something else", '{"schemaVersion":1}', "is no result of `moonshift bench`: environment"],
    ["another version", '{"schemaVersion":2}', "schemaVersion"],
  ])("is refused when it is %s", (_, text, complaint) => {
    const file = join(folder, "bad.json");
    writeFileSync(file, text);
    expect(() => readComparison(file)).toThrow(InputError);
    expect(() => readComparison(file)).toThrow(complaint);
  });

  it("is refused when it is not there", () => {
    expect(() => readComparison(join(folder, "none.json"))).toThrow(InputError);
  });
});

describe("the price list", () => {
  it("has what the run measured, and says what it did not", () => {
    const { source, prices } = priceList(RUN);
    expect(source).toBe("measured 2026-01-02T03:04:05.000Z on Some CPU with Envoy abc/1.40.0/Clean/RELEASE/BoringSSL");
    expect(prices.filter.lua.likely).toBeGreaterThan(2_500);
    expect(prices.filter.wasm.likely).toBeLessThan(2_200);
    expect(prices.headerWrite).toMatchObject({ measured: "bench workloads header-set" });
    expect(prices.jsonKilobyte.wasm.low).toBeLessThan(7_200);
    expect(prices.jsonKilobyte.wasm.high).toBeGreaterThan(32_000);
    expect(prices.clock.lua).toEqual(PRICE_LIST.prices.clock.lua);
    expect(prices.clock.measured).toMatch(/^not measured in this run/);
  });

  it("warns when the run proves nothing", () => {
    const noisy = { ...RUN, controls: { ...RUN.controls, conclusive: false } };
    expect(priceList(noisy).source).toContain("proves nothing");
  });
});

describe("targets", () => {
  const results = judgeTargets(RUN);
  const stateOf = (from: string, what: RegExp) =>
    results.find((one) => one.from === from && what.test(one.what))?.state;

  it("are met only when the whole interval reaches them", () => {
    expect(stateOf("json-decode-1kb", /JSON/)).toBe("met");
    expect(stateOf("json-decode-in-lua-1kb", /JSON/)).toBe("not met");
    expect(stateOf("match-captures", /pattern/)).toBe("not met");
    expect(stateOf("header-get-again", /header/)).toBe("met");
    expect(stateOf("set-constant-header", /Rust$/)).toBe("met");
    expect(stateOf("set-constant-header", /module size/)).toBe("met");
    expect(stateOf("set-constant-header", /interpreter/)).toBe("not met");
    expect(stateOf("set-constant-header", /no-op/)).toBe("not met");
  });

  it("tell a bundle's memory and what a suspended stream keeps beyond Envoy's side call", () => {
    const figures = { bytesPerFilterAndWorker: 1, bytesPerFilter: 1, loadNsPerFilter: 1 };
    const footprint = (wasm: number): Footprint => ({
      filter: "routing",
      copies: 10,
      arms: { wasm: { ...figures, bytesPerSuspendedStream: 7_340 + wasm } },
      bytesPerSideCall: 7_340,
      bundle: {
        filters: ["routing", "copy-header"],
        bytes: { lua: { perWorker: 3_000, once: 0 }, wasm: { perWorker: wasm, once: 0 } },
        starts: [],
      },
      starts: [],
    });
    const stateWith = (wasm: number, from: string) =>
      judgeTargets({ ...RUN, footprint: footprint(wasm) }).find((one) => one.from === from)?.state;
    expect(["suspended streams", "bundle"].map((from) => stateWith(2_000, from))).toEqual(["met", "met"]);
    expect(["suspended streams", "bundle"].map((from) => stateWith(5_000, from))).toEqual(["not met", "not met"]);
    expect(stateOf("bundle", /./)).toBe("not measured");
  });

  it("name what this run did not measure", () => {
    expect(stateOf("routing", /Rust/)).toBe("not measured");
    const text = targetsText(results, RUN);
    expect(text.split("\n")[0]).toMatch(/^not met/);
    expect(text).toMatch(/\d+ of \d+ targets met\n$/);
  });
});

describe("the gate's text", () => {
  it("tells regressions with their interval", () => {
    const slower = comparisonOf([micro("header-set", 335, 800)]);
    const text = gateText(compareWithBaseline(comparisonOf([micro("header-set", 335, 495)]), slower));
    expect(text).toMatch(
      /^gate: REGRESSION\n {2}header-set: Wasm costs 1\.6\d* times what it did in the baseline \(1\.6/,
    );
  });
});
