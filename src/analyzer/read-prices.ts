import { z } from "zod";
import { InputError } from "../support/failure.js";
import type { Interval } from "./assessment.js";
import { type Operation, PRICE_LIST, type Price, type PriceList } from "./price-list.js";

const interval = z.tuple([z.number().nullable(), z.number().nullable()]);
const arm = z.object({ costNs: z.object({ median: z.number(), ci95: interval }).optional() });
const benchResult = z.object({
  startedAt: z.string(),
  workloads: z.array(z.object({ name: z.string(), arms: z.record(z.string(), arm) })),
});
type BenchResult = z.infer<typeof benchResult>;

/** The bench's workloads by the operation that they price; of several the median counts. */
const WORKLOADS: Readonly<Partial<Record<Operation, readonly string[]>>> = {
  firstHeaderRead: ["header-get-first"],
  headerRead: ["header-get-again"],
  headerIteration: ["header-iterate"],
  headerWrite: ["header-set"],
  property: ["protocol"],
  log: ["log-off"],
  clock: ["timestamp"],
  clearRouteCache: ["clear-route-cache"],
  body: ["body-read-1kb"],
  stringWork: ["concat", "find-plain", "find-pattern", "match-captures", "lower", "sub", "gsub-constant"],
  jsonKilobyte: ["json-decode-1kb"],
};

/**
 * The price list with the figures of one's own `moonshift bench --format json` in place of those shipped; what it did not measure stays.
 * @throws InputError when the file is no such result, or has none of the workloads
 */
export function readPrices(file: string, text: string): PriceList {
  const result = parse(file, text);
  const measured = (Object.entries(WORKLOADS) as [Operation, readonly string[]][]).flatMap(([operation, names]) => {
    const price = priceOf(result, names);
    return price ? [[operation, price] as const] : [];
  });
  if (measured.length === 0)
    throw new InputError("none of the workloads that prices are made of was measured", { file });
  return {
    source: `${file}, measured ${result.startedAt}${measured.length < Object.keys(PRICE_LIST.prices).length ? `, and for the rest ${PRICE_LIST.source}` : ""}`,
    prices: { ...PRICE_LIST.prices, ...Object.fromEntries(measured) },
  };
}

function parse(file: string, text: string): BenchResult {
  try {
    return benchResult.parse(JSON.parse(text));
  } catch {
    throw new InputError("not a result of `moonshift bench --format json`", { file });
  }
}

function priceOf({ workloads }: BenchResult, names: readonly string[]): Price | undefined {
  const used = workloads.filter(({ name }) => names.includes(name));
  const lua = middle(used.flatMap(({ arms }) => intervalOf(arms.lua)));
  const wasm = middle(used.flatMap(({ arms }) => intervalOf(arms.wasm)));
  if (!lua || !wasm) return undefined;
  return { lua, wasm, measured: used.map(({ name }) => name).join(", ") };
}

function intervalOf(one: z.infer<typeof arm> | undefined): readonly Interval[] {
  const cost = one?.costNs;
  if (!cost) return [];
  const [low, high] = cost.ci95;
  return [{ low: Math.max(0, low ?? 0), likely: Math.max(0, cost.median), high: Math.max(0, high ?? cost.median) }];
}

function middle(intervals: readonly Interval[]): Interval | undefined {
  return intervals.toSorted((a, b) => a.likely - b.likely)[Math.floor(intervals.length / 2)];
}
