import type { Interval, PredictedCost } from "./assessment.js";
import type { Operation, PriceList } from "./price-list.js";
import type { Profile } from "./script-profile.js";

/**
 * Predicted CPU per request of a script as Lua and as Wasm, in microseconds over no filter. Side calls are left out: they cost the same either way.
 */
export function predictCost(
  profile: Profile,
  { source, prices }: PriceList,
  { sideCalls }: { readonly sideCalls: boolean },
): PredictedCost {
  const total = (side: "lua" | "wasm"): Interval => {
    let sum: Interval = { low: 0, likely: 0, high: 0 };
    for (const [operation, count] of profile) {
      const price = prices[operation][side];
      sum = {
        low: sum.low + count.low * price.low,
        likely: sum.likely + count.likely * price.likely,
        high: sum.high + count.high * price.high,
      };
    }
    return microseconds(sum);
  };
  const uncounted = sideCalls ? "; side calls, which cost the same either way, are not counted" : "";
  return { lua: total("lua"), wasm: total("wasm"), basis: `${source}; ${countedText(profile)}${uncounted}` };
}

function microseconds({ low, likely, high }: Interval): Interval {
  const round = (ns: number): number => Math.round(ns / 100) / 10;
  return { low: round(low), likely: round(likely), high: round(high) };
}

const WORDS: Readonly<Partial<Record<Operation, string>>> = {
  headerIteration: "walk over all headers|walks over all headers",
  headerWrite: "header write|header writes",
  property: "property|properties",
  log: "log call|log calls",
  body: "body|bodies",
  stringWork: "string operation|string operations",
  jsonKilobyte: "KB of JSON|KB of JSON",
};

function countedText(profile: Profile): string {
  const reads = (profile.get("firstHeaderRead")?.likely ?? 0) + (profile.get("headerRead")?.likely ?? 0);
  const parts = reads > 0 ? [counted(reads, "header read|header reads")] : [];
  for (const [operation, words] of Object.entries(WORDS)) {
    const count = profile.get(operation as Operation)?.likely ?? 0;
    if (count > 0) parts.push(counted(count, words));
  }
  return parts.length === 0 ? "no priced operation" : parts.join(", ");
}

function counted(value: number, words: string): string {
  const [one = "", many = ""] = words.split("|");
  const rounded = Math.round(value * 10) / 10;
  return `${rounded} ${rounded === 1 ? one : many}`;
}
