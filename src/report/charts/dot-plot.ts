import type { Interval } from "../../../bench/comparison.js";
import { interval, ratio } from "../benchmark/numbers.js";
import { logScale } from "./scale.js";
import { chart, element, label } from "./svg.js";

/** A ratio with its interval. */
export interface Dot {
  readonly label: string;
  readonly value: number;
  readonly interval: Interval;
  /** Class of the style sheet, which gives the colour. */
  readonly tone: "for" | "against" | "neutral";
}

const WIDTH = 760;
const LABEL_WIDTH = 230;
const VALUE_WIDTH = 150;
const ROW = 22;
const TOP = 34;
const BOTTOM = 12;

/**
 * One row per ratio, on a logarithmic axis with a line at 1. An interval that leaves the axis ends in an arrow.
 * @param sides what lies left and right of the line, e.g. `["Lua cheaper", "Wasm cheaper"]`
 */
export function dotPlot(title: string, dots: readonly Dot[], sides: readonly [string, string]): string {
  const height = TOP + dots.length * ROW + BOTTOM;
  const x = logScale(domain(dots), [LABEL_WIDTH, WIDTH - VALUE_WIDTH]);
  const [left, right] = [LABEL_WIDTH, WIDTH - VALUE_WIDTH];
  const grid = x.ticks.flatMap((tick) => [
    element("line", { x1: x(tick), x2: x(tick), y1: TOP - 6, y2: height - BOTTOM, class: tick === 1 ? "one" : "grid" }),
    label(x(tick), TOP - 10, String(tick), { class: "tick", "text-anchor": "middle" }),
  ]);
  const heads = [
    label(x(1) - 8, 10, `← ${sides[0]}`, { class: "side", "text-anchor": "end" }),
    label(x(1) + 8, 10, `${sides[1]} →`, { class: "side" }),
  ];
  const rows = dots.map((dot, at) =>
    row(dot, TOP + at * ROW + ROW / 2, (value) => Math.min(right, Math.max(left, x(clean(value))))),
  );
  const alt = `${title}. ${dots.map((dot) => `${dot.label}: ${ratio(dot.value)}, ${interval(dot.interval)}`).join("; ")}.`;
  return chart(WIDTH, height, alt, ...heads, ...grid, ...rows);
}

function row(dot: Dot, y: number, x: (value: number) => number): string {
  const [low, high] = dot.interval;
  return element(
    "g",
    { class: dot.tone },
    label(LABEL_WIDTH - 12, y + 4, dot.label, { "text-anchor": "end", class: "name" }),
    element("line", { x1: x(low), x2: x(high), y1: y, y2: y, class: "interval" }),
    ...(Number.isFinite(dot.value) ? [element("circle", { cx: x(dot.value), cy: y, r: 4.5, class: "dot" })] : []),
    ...(low <= 0 ? [label(x(low) - 2, y + 4, "‹", { "text-anchor": "end", class: "arrow" })] : []),
    ...(Number.isFinite(high) ? [] : [label(x(high) + 2, y + 4, "›", { class: "arrow" })]),
    label(WIDTH - VALUE_WIDTH + 14, y + 4, `${ratio(dot.value)}  (${interval(dot.interval)})`, { class: "value" }),
  );
}

/** From a tenth to ten times, as far as the values need it; always with 1 inside. */
function domain(dots: readonly Dot[]): readonly [number, number] {
  const ends = dots.flatMap((dot) => [dot.value, ...dot.interval]).filter((end) => Number.isFinite(end) && end > 0);
  const low = Math.max(0.05, Math.min(0.5, ...ends));
  const high = Math.min(100, Math.max(2, ...ends));
  return [low / 1.05, high * 1.05];
}

function clean(value: number): number {
  return value > 0 ? Math.min(value, Number.MAX_VALUE) : Number.MIN_VALUE;
}
