import type { UpstreamAnswer } from "../../src/harness/recording-upstream.js";
import type { SeriesPoint, WorkloadKind } from "../comparison.js";

/** One thing to measure: a script, the request that it works on, and what its cost is told apart from. */
export interface Workload {
  /** Kebab-case and unique, e.g. `header-get-again`; what `moonshift bench NAME` takes. */
  readonly name: string;
  readonly kind: WorkloadKind;
  /** Heading in the report, e.g. `headers`. */
  readonly group: string;
  /** What is measured, in words that finish "the cost of …". */
  readonly about: string;
  /** The script of the Lua arm. */
  readonly lua: string;
  /** The script that is compiled for the Wasm arm, where it is not the same: it does the same work in another way. */
  readonly wasmLua?: string;
  /** A module that is there already and is measured instead of one compiled from the script. */
  readonly module?: Uint8Array;
  /** Which filter of the module, when it is a bundle. */
  readonly rootId?: string;
  readonly request: RequestShape;
  readonly response?: ResponseShape;
  readonly measure: Measure;
  readonly quick?: boolean;
  readonly series?: SeriesPoint;
  /** How many times the filter stands in the chain; default 1. */
  readonly copies?: number;
  /** Envoy's own filter that does the same, as it is written in `http_filters`. */
  readonly native?: { readonly description: string; readonly filter: object };
  /** Name under `bench/peers/` of hand-written filters that do the same. */
  readonly peer?: string;
  /** What clusters answer to the script's calls; `callout` is always there and answers an empty 200. */
  readonly calls?: Readonly<Record<string, UpstreamAnswer>>;
  /** Name of the HTTP filter, under which Lua finds its metadata. */
  readonly filterName?: string;
  /** The script may answer otherwise as requests add up (a rate limit): then Lua and Wasm have to do so alike. */
  readonly statusMayVary?: boolean;
  /** Log level of Lua and Wasm, default `error`: what the script logs below it is not written. */
  readonly logLevel?: "info" | "error";
}

export type Measure =
  /** Cost of one operation inside a callback: a request asking for N repeats minus one asking for none, divided by N. */
  | { readonly form: "repeats"; readonly repeats: number }
  /** Cost of an operation that is done once per callback: minus a filter of the same kind that does nothing. */
  | { readonly form: "over no-op" }
  /** Cost that the filter adds to a request: minus the same request without a filter. */
  | { readonly form: "over no filter" };

export interface RequestShape {
  readonly method: string;
  readonly path: string;
  /** Beside the pseudo-headers, in order; one byte per character. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** Status that the client must get; default the one that the first request got. */
  readonly expectStatus?: number;
}

/** What the upstream answers; default an empty 200. */
export interface ResponseShape {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** Header in which a request tells a script of form `repeats` how often; always `REPEAT_DIGITS` long, so that requests differ in nothing else. */
export const REPEAT_HEADER = "x-repeat";
const REPEAT_DIGITS = 5;

export function repeatValue(repeats: number): string {
  return String(repeats).padStart(REPEAT_DIGITS, "0");
}

/** Eleven headers as a browser behind a gateway sends them; with the four pseudo-headers a request has 15. */
export const COMMON_HEADERS: RequestShape["headers"] = [
  [
    "user-agent",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
  ],
  ["accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"],
  ["accept-language", "en-GB,en;q=0.9,de;q=0.8"],
  ["accept-encoding", "gzip, deflate, br, zstd"],
  ["cookie", "session=b5e2c0d14a7f4c6e9d3b; theme=dark; lang=en; consent=all"],
  ["referer", "https://shop.example.com/catalogue/garden?page=3"],
  ["x-forwarded-for", "203.0.113.77, 198.51.100.9"],
  ["x-user-id", "user-4711"],
  ["x-tenant", "acme"],
  ["cache-control", "max-age=0"],
  ["authorization", "Bearer 3f0c6e1b9a5d47e28c14b7f6d9e0a253"],
];

export function getRequest(
  extra: RequestShape["headers"] = [],
  path = "/catalogue/garden?page=3&sort=price",
): RequestShape {
  return { method: "GET", path, headers: [...COMMON_HEADERS, ...extra], body: "" };
}

export function postRequest(body: string, extra: RequestShape["headers"] = []): RequestShape {
  const described: RequestShape["headers"] = [
    ["content-type", "application/json"],
    ["content-length", String(Buffer.byteLength(body, "latin1"))],
  ];
  return { method: "POST", path: "/orders", headers: [...COMMON_HEADERS, ...described, ...extra], body };
}
