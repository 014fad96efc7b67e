import type { GotoStatement, LabelStatement, Statement } from "../lua/ast.js";
import type { LabelOf } from "../lua/labels.js";

/** Statements of a block by index, with what stands for its labels around them. */
export type Part =
  | { readonly kind: "statement"; readonly index: number }
  /** Left by jumps forward to the label behind it: `do { … } while (false);` */
  | { readonly kind: "skip"; readonly labels: readonly LabelStatement[]; readonly parts: readonly Part[] }
  /** Begun again by jumps back to the label in front of it: `while (true) { … break; }` */
  | { readonly kind: "again"; readonly labels: readonly LabelStatement[]; readonly parts: readonly Part[] }
  /** Labels between which control goes to and fro: a `switch` in a loop, with a case for each. */
  | { readonly kind: "dispatch"; readonly cases: readonly Case[] };

export interface Case {
  /** None for what stands in front of the first label. */
  readonly labels: readonly LabelStatement[];
  readonly parts: readonly Part[];
}

/** The labels that stand in one place of a block, and the statements of it that jump to them. */
interface Place {
  readonly labels: readonly LabelStatement[];
  /** Index of the first of the labels. */
  readonly at: number;
  readonly forward: readonly number[];
  readonly backward: readonly number[];
}

/**
 * How the labels of a block are put into loops that AssemblyScript has. Labels that nothing jumps to are left out.
 * @param jumps where each `goto` jumps; those that need no loop are not among them
 */
export function planRegions(statements: readonly Statement[], jumps: LabelOf): readonly Part[] {
  const places = placesOf(statements, jumps);
  const plain = (from: number, to: number): readonly Part[] =>
    Array.from({ length: to - from }, (_, i) => ({ kind: "statement", index: from + i }) as const);
  const intervals = intervalsOf(places, statements.length);
  if (!intervals) return dispatch(places, statements.length, plain);
  return nest(intervals, 0, statements.length, plain);
}

/** The labels of a block by where they stand, and what jumps there. */
function placesOf(statements: readonly Statement[], jumps: LabelOf): readonly Place[] {
  const places: Place[] = [];
  for (let at = 0; at < statements.length; at++) {
    const labels: LabelStatement[] = [];
    const start = at;
    for (; statements[at]?.type === "LabelStatement"; at++) labels.push(statements[at] as LabelStatement);
    if (labels.length === 0) continue;
    const sources = [...jumps].filter(([, label]) => labels.includes(label)).map(([jump]) => indexOf(statements, jump));
    const place = {
      labels,
      at: start,
      forward: sources.filter((i) => i < start),
      backward: sources.filter((i) => i > start),
    };
    if (sources.length > 0) places.push(place);
    at--;
  }
  return places;
}

function indexOf(statements: readonly Statement[], jump: GotoStatement): number {
  return statements.findIndex(({ range }) => range[0] <= jump.range[0] && jump.range[1] <= range[1]);
}

interface Interval {
  readonly kind: "skip" | "again";
  readonly labels: readonly LabelStatement[];
  start: number;
  end: number;
}

/** What each label's loop spans, any two either apart or one inside of the other; undefined when that cannot be. */
function intervalsOf(places: readonly Place[], length: number): readonly Interval[] | undefined {
  const skips = places
    .filter(({ forward }) => forward.length > 0)
    .map(({ labels, at, forward }): Interval => ({ kind: "skip", labels, start: Math.min(...forward), end: at }));
  for (let changed = true; changed; ) {
    changed = false;
    for (const a of skips) {
      const crossed = skips.find((b) => b.start < a.start && a.start < b.end && b.end < a.end);
      if (crossed) a.start = crossed.start;
      changed ||= crossed !== undefined;
    }
  }
  const agains: Interval[] = [];
  for (const { labels, at, backward } of places) {
    if (backward.length === 0) continue;
    const around = skips.filter(({ start, end }) => start < at && at < end);
    const end = Math.min(length, ...around.map((skip) => skip.end));
    if (Math.max(...backward) >= end) return undefined;
    agains.push({ kind: "again", labels, start: at, end });
  }
  return [...skips, ...agains];
}

type Plain = (from: number, to: number) => readonly Part[];

function nest(intervals: readonly Interval[], from: number, to: number, plain: Plain): readonly Part[] {
  const parts: Part[] = [];
  let at = from;
  const outermost = intervals.filter((a) => !intervals.some((b) => b !== a && contains(b, a)));
  for (const interval of [...outermost].sort((a, b) => a.start - b.start)) {
    const { kind, labels, start, end } = interval;
    const inner = intervals.filter((b) => b !== interval && contains(interval, b));
    parts.push(...plain(at, start), { kind, labels, parts: nest(inner, start, end, plain) });
    at = end;
  }
  return [...parts, ...plain(at, to)];
}

function contains(outer: Interval, inner: Interval): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

function dispatch(places: readonly Place[], length: number, plain: Plain): readonly Part[] {
  const start = Math.min(...places.flatMap(({ at, forward }) => [at, ...forward]));
  const cases: Case[] = [];
  const [first] = places as [Place, ...Place[]];
  if (start < first.at) cases.push({ labels: [], parts: plain(start, first.at) });
  for (const [i, { labels, at }] of places.entries())
    cases.push({ labels, parts: plain(at, places[i + 1]?.at ?? length) });
  return [...plain(0, start), { kind: "dispatch", cases }];
}
