/** Header lines in order, duplicates kept; latin1: one character is one byte. */
export type HeaderLines = readonly (readonly [name: string, value: string])[];

export type MapKind = "request" | "response" | "requestTrailers" | "responseTrailers";

const names = (text: string): readonly string[] => text.trim().split(/\s+/);

const BOTH =
  names(`connection content-length content-type keep-alive proxy-connection transfer-encoding upgrade via cache-control content-encoding
  x-request-id x-envoy-decorator-operation x-envoy-attempt-count proxy-status`);

/**
 * Headers of which a map holds one line: what is added goes behind a comma. Seen in Envoy 1.40 by sending each name twice; those that never
 * get past the connection manager are from its `header_map.h`.
 */
const SINGLE: Readonly<Record<MapKind, ReadonlySet<string>>> = {
  request: new Set([
    ...BOTH,
    ...names(`:authority :path :method :scheme :protocol accept accept-encoding authorization if-match if-none-match if-modified-since referer origin
      user-agent te expect x-forwarded-for x-forwarded-proto x-forwarded-host x-forwarded-port x-forwarded-client-cert x-client-trace-id
      x-envoy-external-address x-envoy-downstream-service-cluster x-envoy-downstream-service-node x-envoy-original-path x-envoy-original-host
      x-envoy-internal x-envoy-force-trace x-envoy-retry-on x-envoy-retry-grpc-on x-envoy-retriable-status-codes x-envoy-retriable-header-names
      x-envoy-ip-tags x-envoy-max-retries x-envoy-expected-rq-timeout-ms x-envoy-upstream-rq-timeout-ms x-envoy-upstream-rq-per-try-timeout-ms
      x-envoy-upstream-stream-duration-ms x-envoy-upstream-alt-stat-name x-envoy-hedge-on-per-try-timeout x-envoy-is-timeout-retry
      grpc-timeout grpc-accept-encoding pragma
      access-control-request-headers access-control-request-method access-control-request-private-network`),
  ]),
  response: new Set([
    ...BOTH,
    ...names(`:status date server location etag vary expires age last-modified grpc-status grpc-message
      access-control-allow-origin access-control-allow-headers access-control-allow-methods access-control-allow-credentials
      access-control-allow-private-network access-control-expose-headers access-control-max-age
      x-envoy-upstream-service-time x-envoy-upstream-canary x-envoy-upstream-healthchecked-cluster x-envoy-ratelimited x-envoy-degraded
      x-envoy-immediate-health-check-fail`),
  ]),
  requestTrailers: new Set(),
  responseTrailers: new Set(["grpc-status", "grpc-message"]),
};

/** A header map as Envoy's `HeaderMapImpl` is one: lower-case names, pseudo headers in front, in the order of insertion otherwise. */
export class HeaderMap {
  readonly #lines: [name: string, value: string][] = [];
  #pseudo = 0;

  constructor(
    readonly kind: MapKind,
    lines: HeaderLines = [],
  ) {
    for (const [name, value] of lines) this.add(name, value);
  }

  get lines(): HeaderLines {
    return this.#lines;
  }

  get size(): number {
    return this.#lines.length;
  }

  /** Of all names and values. */
  get byteSize(): number {
    return this.#lines.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  }

  /** The first value. @param name in lower case */
  get(name: string): string | undefined {
    return this.#lines.find(([key]) => key === name)?.[1];
  }

  add(name: string, value: string): void {
    const key = this.canonical(name);
    const existing = SINGLE[this.kind].has(key) ? this.#lines.find(([other]) => other === key) : undefined;
    if (existing === undefined) this.#insert(key, value);
    else if (value !== "") existing[1] = existing[1] === "" ? value : `${existing[1]},${value}`;
  }

  /** Removes all lines of that name and puts one at the end. */
  replace(name: string, value: string): void {
    this.remove(name);
    this.add(name, value);
  }

  /** Changes the line of that name where it stands; at the end when there is none. */
  set(name: string, value: string): void {
    const existing = this.#lines.find(([key]) => key === name);
    if (existing === undefined) this.#insert(name, value);
    else existing[1] = value;
  }

  remove(name: string): void {
    const key = this.canonical(name);
    for (let i = this.#lines.length - 1; i >= 0; i--) {
      if (this.#lines[i]![0] !== key) continue;
      this.#lines.splice(i, 1);
      if (i < this.#pseudo) this.#pseudo--;
    }
  }

  /** The name as the map has it. */
  canonical(name: string): string {
    const lower = lowerCase(name);
    return lower === "host" && this.kind === "request" ? ":authority" : lower;
  }

  #insert(key: string, value: string): void {
    if (key.startsWith(":")) this.#lines.splice(this.#pseudo++, 0, [key, value]);
    else this.#lines.push([key, value]);
  }
}

/** ASCII letters only: the strings are bytes. */
export function lowerCase(name: string): string {
  return /[A-Z]/.test(name) ? name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : name;
}
