import { describe, expect, it } from "vitest";
import type { Comparison, WorkloadResult } from "../../bench/comparison.js";
import { benchmarkHtml } from "../../src/report/benchmark/html.js";
import { benchmarkMarkdown } from "../../src/report/benchmark/markdown.js";
import { benchmarkText } from "../../src/report/benchmark/text.js";
import { comparisonOf, withArm, workloadOf } from "../bench/fixture.js";

const latency = (scale: number) => ({
  requestsPerSecond: 8_000,
  requests: 32_000,
  percentiles: {
    "50": 90_000 * scale,
    "75": 110_000 * scale,
    "90": 140_000 * scale,
    "99": 300_000 * scale,
    "99.9": 900_000 * scale,
  },
  p99: { median: 300_000 * scale, ci95: [280_000 * scale, 330_000 * scale] as const, samples: [1, 2] },
});

function routing(): WorkloadResult {
  const costs = { none: 20_000, "no-op lua": 2_800, lua: 7_100, "no-op wasm": 1_900, wasm: 6_600, "rust sdk": 11_700 };
  const measured = workloadOf("routing", costs, { jitter: 0.004, seed: 1 });
  return [
    ["none", 1],
    ["lua", 1.3],
    ["wasm", 1.2],
  ].reduce(
    (result, [arm, scale]) => withArm(result, arm as string, { latency: latency(scale as number) }),
    withArm(measured, "wasm", { module: { bytes: 3_500, initialMemoryBytes: 131_072 } }),
  );
}

/** Everything that a report can show, with made-up figures. */
const RUN: Comparison = {
  ...comparisonOf([
    workloadOf(
      "control-aa",
      { none: 20_000, lua: 7_000, "lua again": 7_000 },
      { jitter: 0.01, seed: 9, kind: "control" },
    ),
    routing(),
    workloadOf("copy-header", { none: 20_000, lua: 4_200, wasm: 5_400 }, { jitter: 0.004, seed: 2 }),
    workloadOf("swimlane-hash", { none: 20_000, lua: 6_100, wasm: 6_000 }, { jitter: 0.02, seed: 3 }),
    workloadOf("lost-in-noise", { none: 20_000, lua: 300, wasm: 100 }, { jitter: 0.05, seed: 4 }),
    workloadOf("json-body-1kb", { none: 20_000, lua: 48_900, wasm: 15_000 }, { jitter: 0.02, seed: 5 }),
    {
      ...workloadOf("http-call", { none: 20_000, lua: 90_000 }, { jitter: 0.02, seed: 6 }),
      leftOut: [{ arm: "wasm", reason: "not compiled: line 3: <script> | with `odd` characters" }],
    },
    workloadOf(
      "concat",
      { none: 0.1, lua: 31, wasm: 12 },
      { jitter: 0.02, seed: 7, kind: "micro", group: "strings", costUnit: "per operation" },
    ),
    ...[0, 1_024, 10_240].map((x) =>
      workloadOf(
        `growth-body-size-${x}`,
        { none: 20_000, lua: 4_000 + x / 2, wasm: 5_000 + x / 8 },
        {
          jitter: 0.004,
          seed: x,
          kind: "growth",
          group: "growth with bytes of body",
          series: { name: "body-size", unit: "bytes of body", x },
        },
      ),
    ),
  ]),
  footprint: {
    filter: "routing",
    copies: 10,
    arms: {
      lua: {
        bytesPerFilterAndWorker: 139_264,
        bytesPerFilter: 120_000,
        loadNsPerFilter: 4_000_000,
        bytesPerSuspendedStream: 40_960,
      },
      wasm: {
        bytesPerFilterAndWorker: 972_800,
        bytesPerFilter: 1_800_000,
        loadNsPerFilter: 11_000_000,
        bytesPerSuspendedStream: 9_353,
      },
    },
    bytesPerSideCall: 7_340,
    bundle: {
      filters: ["routing", "copy-header"],
      bytes: { lua: { perWorker: 290_000, once: 90_000 }, wasm: { perWorker: 1_100_000, once: 25_000_000 } },
      starts: [],
    },
    starts: [],
  },
};

const NOISY: Comparison = {
  ...RUN,
  controls: {
    aa: { ratio: 1.2, ci95: [1.05, 1.4], holds: false, narrow: false },
    machine: {
      noisy: true,
      reasons: ["the hypervisor took 20 % of the processors away"],
      waitShare: 0,
      stealShare: 0.2,
      spread: 0.02,
    },
    conclusive: false,
  },
};

describe("benchmark reports", () => {
  it("as text", () => {
    expect(benchmarkText(RUN)).toMatchSnapshot();
  });

  it("as markdown", () => {
    expect(benchmarkMarkdown(RUN)).toMatchSnapshot();
  });

  it("say first that a noisy run proves nothing", () => {
    const claims = [
      "This run proves nothing, the machine was not quiet: the hypervisor took 20 % of the processors away.",
      "This run proves nothing: the same script measured twice came out different (A/A control 1.20, 95 % interval 1.05 to 1.40).",
    ];
    expect(benchmarkText(NOISY).split("\n").slice(0, 2)).toEqual(claims);
    expect(benchmarkMarkdown(NOISY)).toContain(`> **${claims[0]}**`);
    expect(benchmarkHtml(NOISY)).toContain(`<p class="caveat" role="note">${claims[0]}</p>`);
    expect(benchmarkText(NOISY)).not.toContain("which contains 1");
  });

  it("say first that a control that leaves too much open proves nothing", () => {
    const aa = { ratio: 1.02, ci95: [0.8, 1.3], holds: true, narrow: false } as const;
    const [claim] = benchmarkText({ ...RUN, controls: { ...RUN.controls, aa, conclusive: false } }).split("\n");
    expect(claim).toBe(
      "This run proves nothing: it could not even tell that the same script measured twice is the same (A/A control 1.02, 95 % interval 0.800 to 1.30).",
    );
  });

  it("put what speaks against Wasm first", () => {
    const markdown = benchmarkMarkdown(RUN);
    const places = ["is slower in Wasm", "shows no difference", "is faster in Wasm"].map((words) =>
      markdown.indexOf(words),
    );
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
  });

  describe("as HTML", () => {
    const html = benchmarkHtml(RUN);

    it("is one file without any reference to the outside", () => {
      expect(html).not.toMatch(/\b(src|href)=|@import|url\(/);
    });

    it("escapes what scripts and compilers say", () => {
      expect(html).not.toContain("<script>");
      expect(html).toContain("&lt;script&gt;");
    });

    it("has a text with every figure for each chart", () => {
      const charts = [...html.matchAll(/<svg [^>]*aria-label="([^"]+)"/g)].map(([, alt]) => alt!);
      expect(charts).toHaveLength(5);
      expect(charts[0]).toMatch(/whole filters\. routing: 1\.0\d, .*; copy-header: 0\.7/);
      expect(charts.join()).not.toMatch(/NaN|undefined/);
    });

    it("draws nothing outside the charts", () => {
      for (const [svg] of html.matchAll(/<svg .*?<\/svg>/gs)) {
        const [, width] = /viewBox="0 0 (\d+) /.exec(svg)!;
        for (const [, x] of svg.matchAll(/\b(?:x|x1|x2|cx)="([^"]+)"/g)) {
          expect(Number(x)).toBeGreaterThanOrEqual(0);
          expect(Number(x)).toBeLessThanOrEqual(Number(width));
        }
      }
    });
  });
});
