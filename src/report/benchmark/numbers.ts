import type { Interval } from "../../../bench/comparison.js";

const NOT_MEASURABLE = "not measurable";

/** A duration in the unit that suits it, three significant digits. @param ns nanoseconds */
export function duration(ns: number): string {
  if (!Number.isFinite(ns)) return NOT_MEASURABLE;
  const size = Math.abs(ns);
  if (size < 1_000) return `${significant(ns)} ns`;
  if (size < 1_000_000) return `${significant(ns / 1_000)} µs`;
  if (size < 1_000_000_000) return `${significant(ns / 1_000_000)} ms`;
  return `${significant(ns / 1_000_000_000)} s`;
}

/** A size in bytes in the unit that suits it. */
export function size(bytes: number): string {
  if (!Number.isFinite(bytes)) return NOT_MEASURABLE;
  if (Math.abs(bytes) < 1_024) return `${Math.round(bytes)} B`;
  if (Math.abs(bytes) < 1_024 ** 2) return `${significant(bytes / 1_024)} KB`;
  return `${significant(bytes / 1_024 ** 2)} MB`;
}

/** E.g. `1.31`; one more digit where rounding would make it look like exactly 1. */
export function ratio(value: number | null): string {
  if (value === null || Number.isNaN(value)) return "?";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const rounded = significant(value);
  return rounded === "1.00" ? value.toFixed(3) : rounded;
}

/** E.g. `1.22 to 1.40`. */
export function interval([low, high]: Interval, format: (end: number) => string = ratio): string {
  return `${format(low)} to ${format(high)}`;
}

export function percent(share: number): string {
  return `${significant(share * 100)} %`;
}

/** Three significant digits, no exponent. */
function significant(value: number): string {
  if (value === 0) return "0";
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 3));
}
