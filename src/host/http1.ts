import { STATUS_CODES } from "node:http";
import type { HeaderLines, HeaderMap } from "./header-map.js";
import type { Sink } from "./path.js";

/** A message as its receiver got it. */
export interface WireMessage {
  /** Without pseudo headers; `host` stands for `:authority`. */
  readonly headers: HeaderLines;
  readonly body: Buffer;
  readonly trailers: HeaderLines;
}

export interface WiredRequest extends WireMessage {
  readonly method: string;
  readonly path: string;
}

export interface WiredResponse extends WireMessage {
  readonly status: number;
}

/** Methods of which Envoy sends a request without a body without saying so. */
const BODILESS = new Set(["GET", "HEAD", "DELETE", "CONNECT", "TRACE"]);

const BODILESS_STATUSES = new Set(["204", "304"]);

/** Collects what a sink gets; `onEnd` when it is whole. */
class Collector<T> implements Sink {
  #head: { readonly map: HeaderMap; readonly framing: HeaderLines } | undefined;
  #trailers: HeaderLines = [];
  readonly #chunks: Buffer[] = [];

  constructor(
    private readonly frame: (map: HeaderMap, end: boolean) => HeaderLines,
    private readonly finish: (map: HeaderMap, message: WireMessage) => T,
    private readonly onEnd: (message: T) => void,
  ) {}

  headers(map: HeaderMap, end: boolean): void {
    this.#head = { map, framing: this.frame(map, end) };
    if (end) this.#end();
  }

  data(bytes: Buffer, end: boolean): void {
    this.#chunks.push(bytes);
    if (end) this.#end();
  }

  trailers(map: HeaderMap): void {
    // Only a chunked body has a place for them.
    if (this.#head!.framing.some(([name]) => name === "transfer-encoding")) this.#trailers = [...map.lines];
    this.#end();
  }

  #end(): void {
    const { map, framing } = this.#head!;
    const host = map.lines.filter(([name]) => name === ":authority").map(([, value]) => ["host", value] as const);
    const headers = [...host, ...map.lines.filter(([name]) => !name.startsWith(":")), ...framing];
    this.onEnd(this.finish(map, { headers, body: Buffer.concat(this.#chunks), trailers: this.#trailers }));
  }
}

/** What an HTTP/1.1 upstream gets of a request. */
export function requestCollector(onEnd: (request: WiredRequest) => void): Sink {
  const frame = (map: HeaderMap, end: boolean): HeaderLines => {
    if (map.get("content-length") !== undefined) return [];
    if (!end) return [["transfer-encoding", "chunked"]];
    return BODILESS.has(map.get(":method") ?? "") ? [] : [["content-length", "0"]];
  };
  const finish = (map: HeaderMap, message: WireMessage): WiredRequest => ({
    ...message,
    method: map.get(":method") ?? "",
    path: map.get(":path") ?? "",
  });
  return new Collector(frame, finish, onEnd);
}

/** What an HTTP/1.1 client gets of a response. */
export function responseCollector(
  isHead: boolean,
  prepare: (map: HeaderMap) => void,
  onEnd: (response: WiredResponse) => void,
): Sink {
  const frame = (map: HeaderMap, end: boolean): HeaderLines => {
    prepare(map);
    if (map.get("content-length") !== undefined || BODILESS_STATUSES.has(map.get(":status") ?? "")) return [];
    return end && !isHead ? [["content-length", "0"]] : [["transfer-encoding", "chunked"]];
  };
  const finish = (map: HeaderMap, message: WireMessage): WiredResponse => {
    const status = Number(map.get(":status"));
    const hasBody = !isHead && status !== 204 && status !== 304;
    // The client reads no more than was promised.
    const promised = Number(map.get("content-length") ?? message.body.length);
    return {
      ...message,
      status,
      body: hasBody ? message.body.subarray(0, promised) : Buffer.alloc(0),
      trailers: hasBody ? message.trailers : [],
    };
  };
  return new Collector(frame, finish, onEnd);
}

/** Envoy's phrases are Node's, but for these. */
const OWN_PHRASES: Readonly<Record<number, string>> = {
  418: "Unknown",
  451: "Unknown",
  509: "Unknown",
  599: "Last Unassigned Server Error Code",
};

/** What stands behind the status on an HTTP/1.1 status line. */
export function reasonPhrase(status: number): string {
  return OWN_PHRASES[status] ?? STATUS_CODES[status] ?? "Unknown";
}
