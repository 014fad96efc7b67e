import type { Interval, RatioVerdict } from "../comparison.js";

/**
 * What an interval of Lua's cost divided by Wasm's allows to say about Wasm: faster when all of it lies above 1, slower when
 * all of it lies below, and nothing otherwise.
 */
export function verdictOf([low, high]: Interval): RatioVerdict {
  if (low > 1) return "faster";
  if (high < 1) return "slower";
  return "no difference";
}

export function contains([low, high]: Interval, value: number): boolean {
  return low <= value && value <= high;
}

/** Whether a figure reaches an aim: surely when its whole interval does. */
export function verdictAgainst(least: number, value: number, [low]: Interval): "met" | "not met" | "too close to tell" {
  if (low >= least) return "met";
  return value >= least ? "too close to tell" : "not met";
}
