import { base64 } from "./base64";
import { cString } from "../c-string";
import { checkBoolean } from "../check";
import { endScript, raiseText } from "../error";
import { callForeign } from "../host";
import { alloc } from "../memory/arena";
import { REQUEST, run, WAITS_FOR_BODY, WAITS_FOR_CHUNK, WAITS_FOR_TRAILERS } from "../run";
import { EMPTY, Str } from "../str";
import { suspend } from "../stream";
import { Userdata } from "../userdata";
import { absent, True } from "../value";
import { Values } from "../values";
import { boxed, integerArgument, numbered, stringArgument } from "./argument";
import { Buffer } from "./buffer";
import { Connection } from "./connection";
import { Headers } from "./headers";
import { call, HttpReply } from "./http-call";
import { Metadata } from "./metadata";
import {
  BUFFER, CONNECTION, EnvoyObject, FILTER_CONTEXT, HANDLE, HEADERS, METADATA, mortal, ROUTE, STATS_SCOPE, STREAM_INFO, TRAILERS, VIRTUAL_HOST,
} from "./object";
import { importKey, PublicKey, verifyWith } from "./public-key";
import { send } from "./respond";
import { Route } from "./route";
import { StatsScope } from "./stats-scope";
import { StreamInfo } from "./stream-info";
import { milliseconds, timestampText } from "./timestamp";
import { VirtualHost } from "./virtual-host";

// @ts-ignore: decorator
@lazy const VERIFY = "verifySignature";

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
    if (this.mustWaitForBody(line)) suspend(WAITS_FOR_BODY);
    return run.sawBody ? mortal<Buffer>(BUFFER) : null;
  }

  mustWaitForBody(line: i32): bool {
    this.checkAlive(line);
    if (run.endOfStream) {
      if (run.sawBody && !run.bufferedBody) raiseText("cannot call body() after body has been streamed", line);
      return false;
    }
    if (run.sawBody) raiseText("cannot call body() after body streaming has started", line);
    run.bufferedBody = true;
    return true;
  }

  /**
   * `body(alwaysWrap)`: with `true` a buffer without bytes where there is no body. No body is made: the host cannot, and a script that
   * would write into the buffer is refused.
   */
  bodyWrapped<W>(alwaysWrap: W, line: i32): Buffer | null {
    this.checkAlive(line);
    const always = boxed<W>(alwaysWrap);
    if (always != absent) checkBoolean(always, numbered(1, line), "body", line);
    const body = this.body(line);
    if (body || always != True) return body;
    run.sawBody = run.bufferedBody = true;
    return mortal<Buffer>(BUFFER);
  }

  bodyChunks(line: i32): BodyChunks {
    this.checkAlive(line);
    if (run.sawBody) raiseText("cannot call bodyChunks after body processing has begun", line);
    return BodyChunks.current();
  }

  /** Suspends until the trailers or the end of the stream are there. Null when there are none. */
  trailers(line: i32 = 0): Headers | null {
    if (this.mustWaitForTrailers(line)) suspend(WAITS_FOR_TRAILERS);
    return run.hasTrailers ? mortal<Headers>(TRAILERS) : null;
  }

  mustWaitForTrailers(line: i32): bool {
    this.checkAlive(line);
    return !run.endOfStream;
  }

  /** Suspends until the reply is there, unless asynchronous or failed. */
  httpCall<C, H, B, T, A>(cluster: C, headers: H, body: B, timeoutOrOptions: T, asynchronous: A, line: i32): HttpReply {
    this.checkAlive(line);
    return call(boxed<C>(cluster), boxed<H>(headers), boxed<B>(body), boxed<T>(timeoutOrOptions), boxed<A>(asynchronous), line);
  }

  /** With this the script is over: for functions from which one comes straight back to the host. */
  respond<H, B>(headers: H, body: B, line: i32): void {
    this.checkAlive(line);
    send(boxed<H>(headers), boxed<B>(body), line);
  }

  /** The same anywhere else. Never returns. */
  respondAndEnd<H, B>(headers: H, body: B, line: i32): void {
    this.respond<H, B>(headers, body, line);
    endScript();
  }

  metadata(line: i32 = 0): Metadata {
    this.checkAlive(line);
    return mortal<Metadata>(METADATA);
  }

  filterContext(line: i32 = 0): Metadata {
    this.checkAlive(line);
    return mortal<Metadata>(FILTER_CONTEXT);
  }

  streamInfo(line: i32 = 0): StreamInfo {
    this.checkAlive(line);
    return mortal<StreamInfo>(STREAM_INFO);
  }

  connection(line: i32 = 0): Connection {
    this.checkAlive(line);
    return mortal<Connection>(CONNECTION);
  }

  virtualHost(line: i32 = 0): VirtualHost {
    this.checkAlive(line);
    return mortal<VirtualHost>(VIRTUAL_HOST);
  }

  route(line: i32 = 0): Route {
    this.checkAlive(line);
    return mortal<Route>(ROUTE);
  }

  stats(line: i32 = 0): StatsScope {
    this.checkAlive(line);
    return mortal<StatsScope>(STATS_SCOPE);
  }

  importPublicKey<D, N>(der: D, length: N, line: i32): PublicKey {
    this.checkAlive(line);
    const key = stringArgument<D>(der, 1, "importPublicKey", line);
    return importKey(key, integerArgument<N>(length, 2, "importPublicKey", line));
  }

  /** Two values: whether the signature holds, and why not. */
  verifySignature<H, K, S, M, D, N>(hash: H, publicKey: K, signature: S, signatureLength: M, data: D, dataLength: N, line: i32): Values {
    this.checkAlive(line);
    const name = cString(stringArgument<H>(hash, 1, VERIFY, line)),
      key = cString(stringArgument<K>(publicKey, 2, VERIFY, line)),
      signed = stringArgument<S>(signature, 3, VERIFY, line),
      signedLength = integerArgument<M>(signatureLength, 4, VERIFY, line),
      text = stringArgument<D>(data, 5, VERIFY, line);
    return verifyWith(name, key, signed, signedLength, text, integerArgument<N>(dataLength, 6, VERIFY, line), line);
  }

  base64Escape<T>(text: T, line: i32 = 0): Str {
    this.checkAlive(line);
    return base64(stringArgument<T>(text, 1, "base64Escape", line));
  }

  timestamp<R>(resolution: R, line: i32): f64 {
    this.checkAlive(line);
    return milliseconds(boxed<R>(resolution), line);
  }

  timestampString<R>(resolution: R, line: i32): Str {
    this.checkAlive(line);
    return timestampText(boxed<R>(resolution), line);
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
  /** It knows nothing of its own: all is in the run in progress. */
  static current(): BodyChunks {
    return changetype<BodyChunks>(alloc(8));
  }

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
