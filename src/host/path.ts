import type { BodyBuffer } from "./context.js";
import type { HeaderMap } from "./header-map.js";

/** Where a message goes on to: headers once, then any data, then at most one set of trailers. */
export interface Sink {
  headers(map: HeaderMap, end: boolean): void;
  data(bytes: Buffer, end: boolean): void;
  trailers(map: HeaderMap): void;
}

/** A filter's callbacks, giving its statuses. */
export interface PathFilter {
  headers(map: HeaderMap, end: boolean): number;
  data(body: BodyBuffer, end: boolean): number;
  trailers(map: HeaderMap): number;
  /** Whether the message may still go on: no once the stream is answered or gone. */
  mayGoOn(): boolean;
  /** The filter holds more than it may. */
  tooLarge(): void;
}

export const HeadersStatus = { continue: 0, stop: 1, stopAllAndBuffer: 3, stopAllAndWatermark: 4 } as const;
export const DataStatus = { continue: 0, stopAndBuffer: 1, stopAndWatermark: 2, stopWithoutBuffer: 3 } as const;
export const TrailersStatus = { continue: 0, stop: 1 } as const;

/** One direction of a stream through a filter: what is held when the filter stops, and what goes on when it continues (Envoy's `ActiveStreamFilterBase`). */
export class Path {
  #iteration: "goes on" | "stopped" | "stopped all" = "goes on";
  #headers: HeaderMap | undefined;
  #headersGone = false;
  #held: BodyBuffer | undefined;
  #isBuffering = false;
  #trailers: HeaderMap | undefined;
  #ended = false;

  constructor(
    private readonly filter: PathFilter,
    private readonly next: Sink,
    private readonly limitBytes: number,
  ) {}

  /** The held body, while the filter buffers it. */
  get buffered(): BodyBuffer | undefined {
    return this.#isBuffering ? this.#held : undefined;
  }

  get trailersMap(): HeaderMap | undefined {
    return this.#trailers;
  }

  headers(map: HeaderMap, end: boolean): void {
    [this.#headers, this.#ended] = [map, end];
    const status = this.filter.headers(map, end);
    if (!this.filter.mayGoOn()) return;
    if (status === HeadersStatus.stop) this.#iteration = "stopped";
    else if (status >= HeadersStatus.stopAllAndBuffer) this.#iteration = "stopped all";
    else {
      this.#headersGone = true;
      this.next.headers(map, end);
    }
  }

  data(bytes: Buffer, end: boolean): void {
    this.#ended = end;
    if (this.#iteration === "stopped all") this.#hold(bytes);
    else this.#throughFilter(bytes, end);
  }

  trailers(map: HeaderMap): void {
    [this.#trailers, this.#ended] = [map, true];
    if (this.#iteration !== "stopped all") this.#trailersThroughFilter(map);
  }

  /** A filter adds trailers at the end of a message that has none. */
  addTrailers(map: HeaderMap): HeaderMap {
    this.#trailers ??= map;
    return this.#trailers;
  }

  /** Lets go on what is held; after a stop of all, body and trailers come to the filter first. */
  resume(): void {
    if (!this.filter.mayGoOn()) return;
    const cameToFilter = this.#iteration !== "stopped all";
    this.#iteration = "goes on";
    const [held, trailers] = [this.#held, this.#trailers];
    [this.#held, this.#isBuffering] = [undefined, false];
    if (!this.#headersGone) {
      this.#headersGone = true;
      this.next.headers(this.#headers!, this.#ended && held === undefined && trailers === undefined);
    }
    if (held !== undefined) {
      const end = this.#ended && trailers === undefined;
      if (cameToFilter) this.next.data(held.bytes, end);
      else this.#throughFilter(held.bytes, end);
    }
    if (trailers === undefined) return;
    if (cameToFilter) this.next.trailers(trailers);
    else this.#trailersThroughFilter(trailers);
  }

  #throughFilter(bytes: Buffer, end: boolean): void {
    if (this.#isBuffering) this.#hold(bytes);
    const held = this.#isBuffering ? this.#held! : undefined;
    const body = held ?? { bytes, isWritable: true };
    const status = this.filter.data(body, end);
    if (!this.filter.mayGoOn()) return;
    this.#isBuffering = status === DataStatus.stopAndBuffer;
    if (status === DataStatus.continue && this.#iteration === "goes on") {
      this.next.data(body.bytes, end && this.#trailers === undefined);
      if (end && this.#trailers !== undefined) this.next.trailers(this.#trailers);
      return;
    }
    if (status === DataStatus.stopWithoutBuffer) {
      if (end && this.#held === undefined && this.#trailers === undefined) this.#hold(Buffer.alloc(0));
    } else if (held === undefined) this.#hold(body.bytes);
    if (status !== DataStatus.continue) this.#iteration = "stopped";
    const holdsTooMuch = status <= DataStatus.stopAndBuffer && this.#held!.bytes.length > this.limitBytes;
    if (holdsTooMuch && !this.#headersGone) this.filter.tooLarge();
    else if (status === DataStatus.continue) this.resume();
  }

  #trailersThroughFilter(map: HeaderMap): void {
    const status = this.filter.trailers(map);
    if (!this.filter.mayGoOn()) return;
    if (status !== TrailersStatus.continue) this.#iteration = "stopped";
    else if (this.#iteration === "goes on") this.next.trailers(map);
    else this.resume();
  }

  #hold(bytes: Buffer): void {
    if (this.#held === undefined) this.#held = { bytes, isWritable: true };
    else this.#held.bytes = Buffer.concat([this.#held.bytes, bytes]);
  }
}
