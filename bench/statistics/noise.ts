import type { MachineNoise } from "../comparison.js";
import { median, medianAbsoluteDeviation } from "./summary.js";

/** What one slice of load says about the machine beside the figure itself. */
export interface SliceCondition {
  /** Time the worker was ready to run and another task had its core, divided by the time it ran. */
  readonly waitShare: number;
  /** Share of the machine's time that the hypervisor gave to others, 0 to 1. */
  readonly stealShare: number;
}

/**
 * Above these a run proves nothing. What the hypervisor takes and what makes all arms slow at once cancels in ratios as long as
 * there is not too much of it: whether it did is shown by the A/A control.
 */
const LIMITS = { waitShare: 0.05, stealShare: 0.15, spread: 0.25 } as const;

/**
 * Whether the machine was quiet enough.
 * @param spreads relative median absolute deviation of each measured cell, see `relativeSpread`
 */
export function judgeMachine(conditions: readonly SliceCondition[], spreads: readonly number[]): MachineNoise {
  const measured = {
    waitShare: median(conditions.map((condition) => condition.waitShare)),
    stealShare: median(conditions.map((condition) => condition.stealShare)),
    spread: median(spreads),
  };
  const reasons: string[] = [];
  if (measured.waitShare > LIMITS.waitShare)
    reasons.push(
      `other programs held Envoy's core: its worker waited ${percent(measured.waitShare)} of its running time`,
    );
  if (measured.stealShare > LIMITS.stealShare)
    reasons.push(`the hypervisor took ${percent(measured.stealShare)} of the processors away`);
  if (measured.spread > LIMITS.spread)
    reasons.push(
      `the same load cost between rounds typically ${percent(measured.spread)} more or less than its median`,
    );
  return { noisy: reasons.length > 0, reasons, ...measured };
}

/** Median absolute deviation divided by the median. */
export function relativeSpread(samples: readonly number[]): number {
  return medianAbsoluteDeviation(samples) / median(samples);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}
