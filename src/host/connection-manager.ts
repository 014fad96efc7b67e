import type { LocalReply } from "./context.js";
import { type HeaderLines, HeaderMap, lowerCase } from "./header-map.js";

// What Envoy's HTTP connection manager does to headers on their way, as configured in `envoy-configs/filter-arms.yaml.hbs`; seen in Envoy 1.40.

/** A request on an HTTP/1.1 connection. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: HeaderLines;
}

/** Removed from every request: they speak of one connection, or only Envoy may set them. */
const REMOVED_FROM_REQUESTS = new Set(
  `connection keep-alive proxy-connection transfer-encoding upgrade expect x-forwarded-client-cert x-envoy-internal x-envoy-force-trace
  x-envoy-retry-on x-envoy-retry-grpc-on x-envoy-retriable-status-codes x-envoy-retriable-header-names x-envoy-ip-tags x-envoy-max-retries
  x-envoy-expected-rq-timeout-ms x-envoy-upstream-rq-timeout-ms x-envoy-upstream-rq-per-try-timeout-ms x-envoy-upstream-stream-duration-ms
  x-envoy-upstream-alt-stat-name x-envoy-hedge-on-per-try-timeout`.split(/\s+/),
);
const REMOVED_FROM_RESPONSES = ["connection", "keep-alive", "proxy-connection", "transfer-encoding"];

const MOST_HEADERS = 100;
const MOST_HEADER_BYTES = 60 * 1024;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Why Envoy answers the request itself, before any filter. */
export function refusal({ headers, path }: WireRequest): LocalReply | undefined {
  const refuse = (status: number, body: string, details: string): LocalReply => ({
    status,
    body,
    details,
    headers: [],
    grpcStatus: -1,
  });
  const size = headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (headers.length > MOST_HEADERS || size > MOST_HEADER_BYTES)
    return refuse(431, "Request Header Fields Too Large", "http1.too_many_headers");
  if (headers.some(([name]) => !TOKEN.test(name)) || /[^!-~]/.test(path))
    return refuse(400, "Bad Request", "http1.codec_error");
  if (path.includes("#")) return refuse(400, "", "path_normalization_failed");
  const upgrade = headers.some(([name]) => lowerCase(name) === "upgrade") && connectionNames(headers).has("upgrade");
  return upgrade ? refuse(403, "", "upgrade_failed") : undefined;
}

/** The request's headers as the first filter sees them. */
export function requestHeaders({ method, path, headers }: WireRequest): HeaderMap {
  const named = connectionNames(headers);
  const lines = headers.map(([name, value]) => [lowerCase(name), value.replace(/^[ \t]+|[ \t]+$/g, "")] as const);
  const map = new HeaderMap(
    "request",
    lines.filter(
      ([name, value]) =>
        !REMOVED_FROM_REQUESTS.has(name) && !named.has(name) && (name !== "te" || /\btrailers\b/i.test(value)),
    ),
  );
  map.set(":path", path);
  map.set(":method", method);
  const scheme = map.get("x-forwarded-proto");
  map.set(":scheme", scheme === "https" ? "https" : "http");
  if (scheme === undefined) map.set("x-forwarded-proto", "http");
  return map;
}

/** Where the request comes from as properties tell: the last address of x-forwarded-for, else that of the connection. */
export function sourceAddress({ headers }: WireRequest, connection: string): string {
  const given = headers.filter(([name]) => lowerCase(name) === "x-forwarded-for").map(([, value]) => value);
  const last = given.join(",").split(",").at(-1)?.trim() ?? "";
  const parts = last.split(".");
  const isAddress = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
  return isAddress ? `${last}:0` : connection;
}

/** Finishes a response's headers; `date` is in the form of HTTP. */
export function finishResponse(map: HeaderMap, date: string): void {
  for (const name of REMOVED_FROM_RESPONSES) map.remove(name);
  map.set("date", date);
  map.set("server", "envoy");
}

function connectionNames(headers: HeaderLines): ReadonlySet<string> {
  const values = headers.filter(([name]) => lowerCase(name) === "connection").flatMap(([, value]) => value.split(","));
  return new Set(values.map((name) => lowerCase(name.trim())));
}
