import type { Interval } from "../../../bench/comparison.js";
import { linearScale, type Scale } from "./scale.js";
import { chart, element, label } from "./svg.js";

export interface Curve {
  readonly label: string;
  /** Class of the style sheet, which gives colour and dashes. */
  readonly tone: "lua" | "wasm" | "none";
  readonly points: readonly { readonly x: number; readonly y: number; readonly interval?: Interval }[];
}

export interface LineChart {
  readonly title: string;
  readonly curves: readonly Curve[];
  readonly xTitle: string;
  readonly yTitle: string;
  /** Text of a tick on the x axis; ticks are at the points. */
  readonly formatX: (x: number) => string;
  readonly formatY: (y: number) => string;
  /** Places the points evenly instead of to scale. */
  readonly evenly?: boolean;
}

const WIDTH = 560;
const HEIGHT = 300;
const LEFT = 78;
const RIGHT = 90;
const TOP = 26;
const BOTTOM = 46;

/** Curves over the same points, with their intervals, each named at its end. */
export function lineChart(spec: LineChart): string {
  const xs = [...new Set(spec.curves.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  const x = horizontal(xs, spec.evenly ?? false);
  const tops = spec.curves.flatMap(({ points }) => points.flatMap(({ y, interval }) => [y, interval?.[1] ?? y]));
  const y = linearScale(Math.max(...tops.filter(Number.isFinite), 0) * 1.05 || 1, [HEIGHT - BOTTOM, TOP]);
  const grid = [
    ...yAxis(y, spec),
    ...xs.map((at) => label(x(at), HEIGHT - BOTTOM + 16, spec.formatX(at), { class: "tick", "text-anchor": "middle" })),
  ];
  const titles = [
    label(LEFT + (WIDTH - LEFT - RIGHT) / 2, HEIGHT - 8, spec.xTitle, { class: "side", "text-anchor": "middle" }),
    label(LEFT, 12, spec.yTitle, { class: "side" }),
  ];
  const ends = spread(spec.curves.map(({ points }) => y(points.at(-1)?.y ?? 0)));
  const curves = spec.curves.map((curve, at) => drawCurve(curve, x, y, ends[at]!));
  return chart(WIDTH, HEIGHT, alternative(spec), ...grid, ...titles, ...curves);
}

function horizontal(xs: readonly number[], evenly: boolean): (x: number) => number {
  const width = WIDTH - LEFT - RIGHT;
  if (evenly) return (x) => LEFT + (xs.indexOf(x) / Math.max(1, xs.length - 1)) * width;
  return linearScale(Math.max(...xs, 1), [LEFT, LEFT + width]);
}

function yAxis(y: Scale, { formatY }: LineChart): string[] {
  return y.ticks.flatMap((tick) => [
    element("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(tick), y2: y(tick), class: "grid" }),
    label(LEFT - 8, y(tick) + 4, formatY(tick), { class: "tick", "text-anchor": "end" }),
  ]);
}

function drawCurve(
  { label: name, tone, points }: Curve,
  x: (value: number) => number,
  y: Scale,
  labelY: number,
): string {
  const path = points.map((point) => `${x(point.x).toFixed(1)},${y(point.y).toFixed(1)}`).join(" ");
  const bars = points.flatMap(({ x: at, interval }) =>
    interval?.every(Number.isFinite)
      ? [element("line", { x1: x(at), x2: x(at), y1: y(interval[0]), y2: y(interval[1]), class: "interval" })]
      : [],
  );
  return element(
    "g",
    { class: tone },
    element("polyline", { points: path, class: "curve" }),
    ...bars,
    ...points.map((point) => element("circle", { cx: x(point.x), cy: y(point.y), r: 3.5, class: "dot" })),
    label(WIDTH - RIGHT + 8, labelY + 4, name, { class: "value" }),
  );
}

const LABEL_HEIGHT = 15;

/** Moves labels apart that would lie on each other. */
function spread(ys: readonly number[]): number[] {
  const placed: number[] = [];
  const order = ys.map((_, at) => at).sort((a, b) => ys[a]! - ys[b]!);
  for (const [rank, at] of order.entries()) {
    const above = rank === 0 ? Number.NEGATIVE_INFINITY : placed[order[rank - 1]!]!;
    placed[at] = Math.max(ys[at]!, above + LABEL_HEIGHT);
  }
  return placed;
}

function alternative({ title, curves, formatX, formatY }: LineChart): string {
  const told = curves.map(
    ({ label: name, points }) => `${name}: ${points.map(({ x, y }) => `${formatY(y)} at ${formatX(x)}`).join(", ")}`,
  );
  return `${title}. ${told.join("; ")}.`;
}
