/**
 * What things cost in Envoy, in nanoseconds of worker CPU per request: low, likely, high. Measured on Envoy 1.40.0 with V8, one worker pinned
 * to one core, HTTP/2, 15 request headers, medians of interleaved rounds on a 2-core virtual machine. The ratios carry over to other machines, the absolute
 * figures do not: `--prices` puts those of one's own `moonshift bench` in their place.
 */
import type { Interval } from "./assessment.js";

export type Operation =
  | "filter"
  | "firstHeaderRead"
  | "headerRead"
  | "headerIteration"
  | "headerWrite"
  | "property"
  | "log"
  | "clock"
  | "clearRouteCache"
  | "body"
  | "stringWork"
  | "jsonKilobyte";

export interface Price {
  readonly lua: Interval;
  readonly wasm: Interval;
  /** What was measured. */
  readonly measured: string;
}

export interface PriceList {
  /** Where the figures come from. */
  readonly source: string;
  readonly prices: Readonly<Record<Operation, Price>>;
}

const ns = (low: number, likely: number, high: number): Interval => ({ low, likely, high });

export const PRICE_LIST: PriceList = {
  source: "the measured price list of Envoy 1.40.0",
  prices: {
    filter: {
      lua: ns(2000, 2800, 6000),
      wasm: ns(600, 1900, 5200),
      measured: "a filter with an empty callback, over no filter",
    },
    firstHeaderRead: {
      lua: ns(140, 145, 180),
      wasm: ns(1355, 1725, 2100),
      measured: "all 15 headers in one host call; Lua reads the one it asks for",
    },
    headerRead: {
      lua: ns(140, 145, 180),
      wasm: ns(15, 20, 30),
      measured: "one more read of a header map that is in the module already",
    },
    headerIteration: { lua: ns(4800, 6065, 7300), wasm: ns(1400, 1725, 2100), measured: "`pairs` over 15 headers" },
    headerWrite: { lua: ns(270, 335, 420), wasm: ns(400, 495, 620), measured: "`replace` of one header" },
    property: {
      lua: ns(70, 90, 120),
      wasm: ns(1240, 1545, 1850),
      measured: "`protocol()` in Lua, `request.path` in Wasm",
    },
    log: { lua: ns(60, 75, 100), wasm: ns(120, 150, 190), measured: "a log call below the log level" },
    clock: {
      lua: ns(60, 75, 200),
      wasm: ns(160, 200, 250),
      measured: "current time (Lua: as another call without a buffer)",
    },
    clearRouteCache: {
      lua: ns(60, 75, 100),
      wasm: ns(670, 840, 1010),
      measured: "`clearRouteCache` by foreign function",
    },
    body: {
      lua: ns(900, 1100, 1500),
      wasm: ns(4100, 5100, 6500),
      measured: "the whole body of 1 KB: two more callbacks and a buffer, about 4 000 ns over Lua's `body()`",
    },
    stringWork: {
      lua: ns(200, 450, 900),
      wasm: ns(80, 250, 600),
      measured:
        "derived: routing on a query string (7 100 and 6 600 ns whole) less its header calls, over its string operations",
    },
    jsonKilobyte: {
      lua: ns(40_000, 45_000, 50_000),
      wasm: ns(7_000, 7_000, 36_000),
      measured: "decoding 1 KB of JSON: a decoder in Lua; in Wasm the built-in one, or the same decoder compiled",
    },
  },
};
