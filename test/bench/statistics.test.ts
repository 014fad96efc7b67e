import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bootstrapInterval, costRatio, medianInterval, ratioInterval } from "../../bench/statistics/bootstrap.js";
import { judgeMachine, relativeSpread } from "../../bench/statistics/noise.js";
import { randomFrom, shuffled } from "../../bench/statistics/random.js";
import { line, median, medianAbsoluteDeviation, quantile } from "../../bench/statistics/summary.js";
import { verdictOf } from "../../bench/statistics/verdict.js";

describe("summary", () => {
  it("takes the middle value, or the mean of the two middle ones", () => {
    expect(median([5, 1, 3])).toBe(3);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it("interpolates quantiles as R's default does", () => {
    expect(quantile([1, 2, 3, 4], 0.25)).toBe(1.75);
    expect(quantile([10, 20], 0.9)).toBeCloseTo(19);
  });

  it("does not move the spread for one wild value", () => {
    expect(medianAbsoluteDeviation([1, 1, 2, 2, 4, 6, 9])).toBe(1);
    expect(medianAbsoluteDeviation([10, 11, 12, 13, 1_000_000])).toBe(1);
  });

  it("fits a line", () => {
    expect(
      line([
        [1, 3],
        [2, 5],
        [4, 9],
      ]),
    ).toEqual({ slope: 2, intercept: 1 });
  });
});

describe("bootstrap", () => {
  const samples = [101, 98, 103, 99, 100, 102, 97, 100, 104, 96, 101, 99];

  it("gives the same interval for the same seed, around the median", () => {
    const [low, high] = medianInterval(samples, { random: randomFrom(7) });
    expect(medianInterval(samples, { random: randomFrom(7) })).toEqual([low, high]);
    expect(low).toBeGreaterThanOrEqual(96);
    expect(high).toBeLessThanOrEqual(104);
    expect(low).toBeLessThanOrEqual(median(samples));
    expect(high).toBeGreaterThanOrEqual(median(samples));
  });

  it("covers the true median about 95 times in a hundred", () => {
    const random = randomFrom(3);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    let covered = 0;
    for (let experiment = 0; experiment < 200; experiment++) {
      const drawn = Array.from({ length: 24 }, () => 100 + 5 * normal());
      const [low, high] = medianInterval(drawn, { random, resamples: 400 });
      if (low <= 100 && 100 <= high) covered++;
    }
    expect(covered).toBeGreaterThan(180);
    expect(covered).toBeLessThan(200);
  });

  it("lets what slows a whole round down cancel in the ratio", () => {
    const slowdown = [1, 3, 1, 2, 1, 5, 1, 1, 4, 1];
    const [low, high] = ratioInterval(
      slowdown.map((factor) => 200 * factor),
      slowdown.map((factor) => 100 * factor),
      { random: randomFrom(1) },
    );
    expect([low, high]).toEqual([2, 2]);
  });

  it("has no upper end where the divisor is lost in the noise", () => {
    const [low, high] = ratioInterval([10, 11, 12, 10, 11], [-2, 3, -1, 2, 1], { random: randomFrom(1) });
    expect(low).toBeGreaterThan(0);
    expect(high).toBe(Number.POSITIVE_INFINITY);
    expect(verdictOf([low, high])).toBe("faster");
  });

  it("says nothing where both costs are lost in the noise", () => {
    const interval = ratioInterval([-1, 1, -1, 0, -2], [-2, 3, -1, -2, 1], { random: randomFrom(1) });
    expect(interval).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect(verdictOf(interval)).toBe("no difference");
    expect(costRatio(-1, -1)).toBeNaN();
    expect(costRatio(-1, 2)).toBe(0);
  });

  it("draws rounds of two runs each from its own", () => {
    const seen = new Set<string>();
    bootstrapInterval(
      [2, 3],
      (first, second) => {
        seen.add(`${first!.length} of ${Math.max(...first!)}, ${second!.length} of ${Math.max(...second!)}`);
        return 1;
      },
      { random: randomFrom(2), resamples: 200 },
    );
    expect([...seen].sort()).toEqual([
      "2 of 0, 3 of 0",
      "2 of 0, 3 of 1",
      "2 of 0, 3 of 2",
      "2 of 1, 3 of 0",
      "2 of 1, 3 of 1",
      "2 of 1, 3 of 2",
    ]);
  });
});

describe("verdict", () => {
  it("is said only when the interval leaves out 1", () => {
    expect(verdictOf([1.01, 1.4])).toBe("faster");
    expect(verdictOf([0.6, 0.99])).toBe("slower");
    expect(verdictOf([0.99, 1.01])).toBe("no difference");
    expect(verdictOf([1, 2])).toBe("no difference");
  });
});

describe("noise", () => {
  const quiet = { waitShare: 0.001, stealShare: 0 };

  it("names what was wrong with the machine", () => {
    expect(judgeMachine([quiet, quiet], [0.02]).noisy).toBe(false);
    const noise = judgeMachine(
      [{ waitShare: 0.4, stealShare: 0.2 }, quiet, { waitShare: 0.3, stealShare: 0.3 }],
      [0.3],
    );
    expect(noise.noisy).toBe(true);
    expect(noise.reasons).toEqual([
      "other programs held Envoy's core: its worker waited 30 % of its running time",
      "the hypervisor took 20 % of the processors away",
      "the same load cost between rounds typically 30 % more or less than its median",
    ]);
  });

  it("measures spread against the median", () => {
    expect(relativeSpread([90, 100, 110])).toBeCloseTo(0.1);
  });
});

describe("shuffled", () => {
  it("keeps all items, and every order comes up", () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer(), (items, seed) => {
        expect(shuffled(items, randomFrom(seed)).sort()).toEqual([...items].sort());
      }),
    );
    const random = randomFrom(5);
    const orders = new Set(Array.from({ length: 200 }, () => shuffled(["a", "b", "c"], random).join("")));
    expect(orders.size).toBe(6);
  });
});
