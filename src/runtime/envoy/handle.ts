import { raiseText } from "../error";
import { callForeign, nanoseconds } from "../host";
import { REQUEST, run, WAITS_FOR_BODY, WAITS_FOR_CHUNK, WAITS_FOR_TRAILERS } from "../run";
import { EMPTY, Str } from "../str";
import { suspend } from "../stream";
import { Userdata } from "../userdata";
import { absent, Value } from "../value";
import { checkBoolean } from "../check";
import { alloc } from "../memory/arena";
import { boxed } from "./argument";
import { Buffer } from "./buffer";
import { Headers } from "./headers";
import { call, HttpReply } from "./http-call";
import { BUFFER, EnvoyObject, HANDLE, HEADERS, mortal, TRAILERS } from "./object";
import { respondWith } from "./respond";

/** What `envoy_on_request` and `envoy_on_response` are given. */
// @ts-ignore: decorator
@unmanaged
export class Handle extends EnvoyObject {
  /** The handle of the run in progress. */
  static current(): Handle {
    return Userdata.of<Handle>(HANDLE, run.id);
  }

  headers(line: i32 = 0): Headers {
    this.checkAlive(line);
    return mortal<Headers>(HEADERS);
  }

  /** Suspends until the whole body is there. Null when there is none. */
  body(line: i32): Buffer | null {
    this.checkAlive(line);
    if (run.endOfStream) {
      if (run.sawBody && !run.bufferedBody) raiseText("cannot call body() after body has been streamed", line);
    } else {
      if (run.sawBody) raiseText("cannot call body() after body streaming has started", line);
      run.bufferedBody = true;
      suspend(WAITS_FOR_BODY);
    }
    return run.sawBody ? mortal<Buffer>(BUFFER) : null;
  }

  /** `body(alwaysWrap)`. A body cannot be made where there is none, so that gives null all the same. */
  bodyWrapped(alwaysWrap: Value, line: i32): Buffer | null {
    this.checkAlive(line);
    if (alwaysWrap != absent) checkBoolean(alwaysWrap, 1, "body", line);
    return this.body(line);
  }

  bodyChunks(line: i32): BodyChunks {
    this.checkAlive(line);
    if (run.sawBody) raiseText("cannot call bodyChunks after body processing has begun", line);
    return changetype<BodyChunks>(alloc(8));
  }

  /** Suspends until the trailers or the end of the stream are there. Null when there are none. */
  trailers(line: i32 = 0): Headers | null {
    this.checkAlive(line);
    if (!run.endOfStream) suspend(WAITS_FOR_TRAILERS);
    return run.hasTrailers ? mortal<Headers>(TRAILERS) : null;
  }

  /** Suspends until the reply is there, unless asynchronous or failed. */
  httpCall<C, H, B, T>(cluster: C, headers: H, body: B, timeoutOrOptions: T, asynchronous: Value, line: i32): HttpReply {
    this.checkAlive(line);
    return call(boxed<C>(cluster), boxed<H>(headers), boxed<B>(body), boxed<T>(timeoutOrOptions), asynchronous, line);
  }

  /** Never returns. */
  respond<H, B>(headers: H, body: B, line: i32): void {
    this.checkAlive(line);
    respondWith(boxed<H>(headers), boxed<B>(body), line);
  }

  clearRouteCache(line: i32 = 0): void {
    this.checkAlive(line);
    if (run.direction == REQUEST) callForeign(CLEAR_ROUTE_CACHE, EMPTY);
  }
}

const CLEAR_ROUTE_CACHE = Str.of("clear_route_cache");

/** `for chunk in handle:bodyChunks()`. */
// @ts-ignore: decorator
@unmanaged
export class BodyChunks {
  /** Suspends until the next chunk is there; false at the end of the stream. */
  next(): bool {
    if (run.endOfStream) return false;
    suspend(WAITS_FOR_CHUNK);
    return !run.hasTrailers;
  }

  get value(): Buffer {
    return mortal<Buffer>(BUFFER);
  }
}
