import type { Interval } from "../comparison.js";
import type { Random } from "./random.js";
import { sortedQuantile } from "./summary.js";

export interface BootstrapOptions {
  readonly random: Random;
  /** How often the rounds are drawn again; default 4,000. */
  readonly resamples?: number;
  /** Share of the resamples inside the interval; default 0.95. */
  readonly confidence?: number;
}

/**
 * Percentile bootstrap (Efron and Tibshirani 1993, chapter 13): rounds are drawn with replacement, and the interval holds the
 * middle 95 % of the statistic over these draws. Whole rounds are drawn, so that what made one round slow for every arm
 * stays together and cancels in a ratio.
 *
 * A draw for which the statistic is NaN says nothing, and is counted at both ends of the interval.
 *
 * @param sizes number of rounds; several where rounds of several runs are drawn, each from its own
 * @param statistic a figure of the drawn rounds, given as indices, one list for each size; the lists are used again for the next draw
 */
export function bootstrapInterval(
  sizes: readonly number[],
  statistic: (...drawn: readonly Int32Array[]) => number,
  { random, resamples = 4_000, confidence = 0.95 }: BootstrapOptions,
): Interval {
  const figures: number[] = [];
  const draws = sizes.map((size) => new Int32Array(size));
  for (let resample = 0; resample < resamples; resample++) {
    for (const drawn of draws) for (let at = 0; at < drawn.length; at++) drawn[at] = random() * drawn.length;
    const figure = statistic(...draws);
    if (Number.isNaN(figure)) figures.push(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    else figures.push(figure);
  }
  const sorted = Float64Array.from(figures).sort();
  const tail = (1 - confidence) / 2;
  return [sortedQuantile(sorted, tail), sortedQuantile(sorted, 1 - tail)];
}

/** Interval of the median of the samples (one per round). */
export function medianInterval(samples: readonly number[], options: BootstrapOptions): Interval {
  return bootstrapInterval([samples.length], medianOfDrawn(samples), options);
}

/** Interval of median(above) / median(below), the two lists holding the same rounds in the same order. */
export function ratioInterval(above: readonly number[], below: readonly number[], options: BootstrapOptions): Interval {
  return bootstrapInterval([above.length], costRatioOfDrawn(above, below), options);
}

/** Statistic for `bootstrapInterval`: `costRatio` of the medians of the drawn rounds. */
export function costRatioOfDrawn(above: readonly number[], below: readonly number[]): (drawn?: Int32Array) => number {
  const [medianAbove, medianBelow] = [medianOfDrawn(above), medianOfDrawn(below)];
  return (drawn) => costRatio(medianAbove(drawn), medianBelow(drawn));
}

/**
 * above / below for two costs. A cost that comes out at or below zero is lost in the noise: cheaper than can be told, so that
 * the ratio is 0 or infinite; when both are, NaN.
 */
export function costRatio(above: number, below: number): number {
  if (above > 0 && below > 0) return above / below;
  if (above > 0) return Number.POSITIVE_INFINITY;
  return below > 0 ? 0 : Number.NaN;
}

/** Thousands of medians of a few dozen samples: an insertion into a buffer that is used again is ten times faster than a sort. */
function medianOfDrawn(samples: readonly number[]): (drawn?: Int32Array) => number {
  const sorted = new Float64Array(samples.length);
  return (drawn = new Int32Array()) => {
    for (let count = 0; count < drawn.length; count++) {
      const sample = samples[drawn[count]!]!;
      let at = count;
      for (; at > 0 && sorted[at - 1]! > sample; at--) sorted[at] = sorted[at - 1]!;
      sorted[at] = sample;
    }
    return sortedQuantile(sorted, 0.5);
  };
}
