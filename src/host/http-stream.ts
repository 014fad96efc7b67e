import type { BodyBuffer, Context, LocalReply, RootContext } from "./context.js";
import { HeaderMap } from "./header-map.js";
import { localResponse } from "./local-reply.js";
import { DataStatus, HeadersStatus, Path, type PathFilter, type Sink, TrailersStatus } from "./path.js";
import { Result } from "./result.js";
import { type StreamFacts, streamProperty } from "./stream-properties.js";
import { STOPPED, type Vm } from "./vm.js";

export interface StreamOptions {
  /** The plugin configuration's field: without it, stopping at the headers stops everything. Default false. */
  readonly allowOnHeadersStopIteration?: boolean;
  /** After a trap requests pass; otherwise they are answered 503. */
  readonly failOpen?: boolean;
  /** How much of a body the filter may hold. Default 1 MiB. */
  readonly bufferLimitBytes?: number;
  readonly facts?: StreamFacts;
  /** What the route adds to every response, before the filter sees it. */
  readonly responseHeadersToAdd?: Readonly<Record<string, string>>;
}

/** What takes what comes out of a stream. */
export interface StreamEnds {
  readonly upstream: Sink;
  readonly client: Sink;
  /** The stream is cut off without a whole response. */
  reset(): void;
}

const REQUEST_TOO_LARGE = { status: 413, body: "Payload Too Large", details: "request_payload_too_large" };
const RESPONSE_TOO_LARGE = { status: 500, body: "Internal Server Error", details: "response_payload_too_large" };
const FAIL_STREAM = { status: 503, body: "", details: "wasm_fail_stream" };

/** Text objects of `set_envoy_filter_state`: factories whose objects are their bytes. */
const TEXT_FACTORIES = new Set(["envoy.string", "envoy.network.upstream_server_name", "envoy.tcp_proxy.cluster"]);

/** A stream through the filter: Envoy's Wasm `Context`, with the filter manager around it. */
export class HttpStream implements Context {
  readonly id: number;
  readonly request: Path;
  readonly response: Path;
  /** The local reply that answered the stream. */
  localReply: LocalReply | undefined;
  isOver = false;
  readonly filterState = new Map<string, Uint8Array>();
  #isCreated = false;
  #isAborted = false;
  #responseStarted = false;
  #responseSent = false;
  #endOfStream = false;
  /** While the access log is written, headers can be read again. */
  #isLogging = false;
  /** What host calls can see now, by the number of the map: request headers and trailers, response headers and trailers. */
  readonly #visible: (HeaderMap | undefined)[] = [];
  readonly #frames: (BodyBuffer | undefined)[] = [];
  #requestMap: HeaderMap | undefined;
  #responseMap: HeaderMap | undefined;

  constructor(
    readonly vm: Vm,
    readonly root: RootContext,
    private readonly ends: StreamEnds,
    private readonly options: StreamOptions = {},
  ) {
    this.id = vm.failed ? 0 : vm.nextContextId();
    const limit = options.bufferLimitBytes ?? 1 << 20;
    this.request = new Path(
      this.#filter(0, () => !this.#isAborted && !this.isOver, REQUEST_TOO_LARGE),
      ends.upstream,
      limit,
    );
    this.response = new Path(
      this.#filter(1, () => !this.isOver && !this.#responseReset, RESPONSE_TOO_LARGE),
      this.#toClient(),
      limit,
    );
  }

  // -------------------------------------------------------------------------------------------- what comes in

  /** Request headers come; the stream begins. */
  decodeHeaders(map: HeaderMap, end: boolean): void {
    this.#requestMap = map;
    if (!this.vm.failed) {
      this.vm.contexts.set(this.id, this);
      this.#isCreated = true;
      this.vm.call(this, "proxy_on_context_create", this.id, this.root.id);
    }
    this.request.headers(map, end);
  }

  decodeData(bytes: Buffer, end: boolean): void {
    if (!this.#isAborted && !this.isOver) this.request.data(bytes, end);
  }

  decodeTrailers(map: HeaderMap): void {
    if (!this.#isAborted && !this.isOver) this.request.trailers(map);
  }

  encodeHeaders(map: HeaderMap, end: boolean): void {
    if (this.isOver || this.#responseStarted) return;
    this.#responseStarted = true;
    this.#responseMap = map;
    for (const [name, value] of this.#addedHeaders) map.add(name, value);
    this.response.headers(map, end);
  }

  encodeData(bytes: Buffer, end: boolean): void {
    if (!this.isOver && this.#upstreamMayAnswer) this.response.data(bytes, end);
  }

  encodeTrailers(map: HeaderMap): void {
    if (!this.isOver && this.#upstreamMayAnswer) this.response.trailers(map);
  }

  /** A reply of Envoy's own, e.g. the router's. Goes through the filter, as long as no response has. */
  sendLocalReply(reply: LocalReply): void {
    if (this.isOver || this.localReply !== undefined) return;
    this.#isAborted = true;
    if (this.#responseSent) {
      this.reset();
      return;
    }
    this.localReply = reply;
    const complete = { ...reply, headers: [...reply.headers, ...this.#addedHeaders] };
    const { headers, body } = localResponse(complete, this.#requestMap);
    const endsWithHeaders = body === "" || this.#requestMap?.get(":method") === "HEAD";
    const to: Sink = this.#responseStarted ? this.#toClient() : this.response;
    this.#responseReset = this.#responseStarted;
    this.#responseStarted = true;
    this.#responseMap = headers;
    to.headers(headers, endsWithHeaders);
    if (!endsWithHeaders) to.data(Buffer.from(body, "latin1"), true);
  }

  /** The client is gone, or Envoy closes the stream. */
  reset(): void {
    if (this.isOver) return;
    this.ends.reset();
    this.#finish();
  }

  // -------------------------------------------------------------------------------------------- host calls

  map(type: number, forWriting: boolean): HeaderMap | undefined {
    if (type > 3) return this.root.map(type, forWriting);
    const isTrailers = (type & 1) === 1;
    if (
      this.#visible[type] === undefined &&
      forWriting &&
      isTrailers &&
      this.#endOfStream &&
      this.#frames[type >> 1] !== undefined
    ) {
      const path = type === 1 ? this.request : this.response;
      this.#visible[type] = path.addTrailers(new HeaderMap(type === 1 ? "requestTrailers" : "responseTrailers"));
    }
    if (this.#isLogging && !forWriting)
      return [this.#requestMap, undefined, this.#responseMap, this.response.trailersMap][type];
    return this.#visible[type];
  }

  body(type: number): BodyBuffer | undefined {
    if (type > 1) return this.root.body(type);
    return (type === 0 ? this.request : this.response).buffered ?? this.#frames[type] ?? this.root.body(type);
  }

  property(path: readonly string[]): Uint8Array | undefined {
    return (
      streamProperty(path, this.options.facts ?? {}, {
        request: this.#requestMap,
        response: this.#responseMap,
        filterState: this.filterState,
      }) ?? this.root.property(path)
    );
  }

  setProperty(name: string, value: Uint8Array): boolean {
    this.filterState.set(`wasm.${name}`, value);
    return true;
  }

  setFilterState(name: string, value: string): 0 | 1 | 2 {
    if (!TEXT_FACTORIES.has(name)) return Result.notFound;
    this.filterState.set(name, Buffer.from(value, "latin1"));
    return Result.ok;
  }

  continueStream(direction: number): void {
    if (direction === 0) this.vm.afterCall(() => this.request.resume());
    if (direction === 1) this.vm.afterCall(() => this.response.resume());
    this.#visible[0] = this.#visible[1] = this.#frames[0] = undefined;
  }

  closeStream(direction: number): void {
    if (direction < 2) this.vm.afterCall(() => this.reset());
  }

  sendLocalResponse(reply: LocalReply): void {
    this.vm.afterCall(() => this.sendLocalReply(reply));
  }

  clearRouteCache(): void {}

  // -------------------------------------------------------------------------------------------- the filter

  /** A local reply has taken the place of the response that was on its way. */
  #responseReset = false;

  get #upstreamMayAnswer(): boolean {
    return this.localReply === undefined;
  }

  #filter(direction: 0 | 1, mayGoOn: () => boolean, tooLarge: Omit<LocalReply, "headers" | "grpcStatus">): PathFilter {
    const name = direction === 0 ? "request" : "response";
    const [headersMap, trailersMap] = [2 * direction, 2 * direction + 1];
    return {
      headers: (map, end) => {
        [this.#visible[headersMap], this.#endOfStream] = [map, end];
        const status = this.#callback(
          `proxy_on_${name}_headers`,
          HeadersStatus.stopAllAndWatermark,
          map.size,
          Number(end),
        );
        const result =
          status > HeadersStatus.stopAllAndWatermark ||
          (status === HeadersStatus.stop && !this.options.allowOnHeadersStopIteration)
            ? HeadersStatus.stopAllAndWatermark
            : status;
        if (result < HeadersStatus.stopAllAndBuffer && result !== HeadersStatus.stop)
          this.#visible[headersMap] = undefined;
        return result;
      },
      data: (body, end) => {
        [this.#frames[direction], this.#endOfStream] = [body, end];
        const status = this.#callback(
          `proxy_on_${name}_body`,
          DataStatus.stopWithoutBuffer,
          body.bytes.length,
          Number(end),
        );
        this.#frames[direction] = undefined;
        return status > DataStatus.stopWithoutBuffer ? DataStatus.stopWithoutBuffer : status;
      },
      trailers: (map) => {
        this.#visible[trailersMap] = map;
        const status = this.#callback(`proxy_on_${name}_trailers`, TrailersStatus.stop, map.size);
        if (status === TrailersStatus.continue) this.#visible[trailersMap] = undefined;
        return status;
      },
      mayGoOn,
      tooLarge: () => this.sendLocalReply({ ...tooLarge, headers: [], grpcStatus: -1 }),
    };
  }

  /** A callback of the module; `stopped` when a local reply was sent in it. A module that has failed lets nothing pass, or everything. */
  #callback(name: string, stopped: number, ...args: number[]): number {
    if (this.vm.failed) return this.#failed(stopped);
    if (!this.#isCreated) return 0;
    const status = this.vm.call(this, name, this.id, ...args) ?? 0;
    if (this.vm.failed) return this.#failed(stopped);
    return status === STOPPED ? stopped : status;
  }

  #failed(stopped: number): number {
    if (this.options.failOpen || this.localReply !== undefined) return 0;
    this.sendLocalReply({ ...FAIL_STREAM, headers: [], grpcStatus: -1 });
    return stopped;
  }

  #toClient(): Sink {
    return {
      headers: (map, end) => {
        this.#responseSent = true;
        if (!/^\d{3}$/.test(map.get(":status") ?? "")) return this.#sendStatusMissing();
        this.ends.client.headers(map, end);
        if (end) this.#finish();
      },
      data: (bytes, end) => {
        this.ends.client.data(bytes, end);
        if (end) this.#finish();
      },
      trailers: (map) => {
        this.ends.client.trailers(map);
        this.#finish();
      },
    };
  }

  get #addedHeaders(): readonly (readonly [string, string])[] {
    // A request without a path has no route.
    const hasRoute = this.#requestMap?.get(":path") !== undefined;
    return hasRoute ? Object.entries(this.options.responseHeadersToAdd ?? {}) : [];
  }

  /** The filter has spoilt the status: the client gets a reply that passes no filter. */
  #sendStatusMissing(): void {
    const text = "missing required header: :status";
    const reply = { status: 502, body: text, details: "", headers: this.#addedHeaders, grpcStatus: -1 };
    const { headers, body } = localResponse(reply, this.#requestMap);
    this.#responseMap = headers;
    this.ends.client.headers(headers, false);
    this.ends.client.data(Buffer.from(body, "latin1"), true);
    this.#finish();
  }

  #finish(): void {
    if (this.isOver) return;
    this.isOver = true;
    if (!this.#isCreated) return;
    this.#isLogging = true;
    this.vm.call(this, "proxy_on_log", this.id);
    this.#isLogging = false;
    for (const name of ["proxy_on_done", "proxy_on_delete"]) this.vm.call(this, name, this.id);
    this.vm.contexts.delete(this.id);
  }
}
