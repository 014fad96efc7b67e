import { Handle } from "./runtime/envoy/handle";
import * as lua from "./runtime/lua";
import { Str } from "./runtime/lua";

const X_FIRST = Str.of("x-first");
const ONE = Str.of("1");
const CHUNK = Str.of("chunk ");
const SPACE = Str.of(" ");
const FIRST = Str.of("first");
const PATH = Str.of(":path");
const X_CHUNKS = Str.of("x-chunks");
const X_T = Str.of("x-t");
const X_LATE = Str.of("x-late");
const NO_TRAILERS = Str.of("no trailers");

export function envoy_on_request(handle: Handle): void {
  handle.headers(2).add(X_FIRST, ONE, 2);
  let n: f64 = 0;
  for (const chunks = handle.bodyChunks(4); chunks.next(); ) {
    const chunk = chunks.value;
    n = n + 1;
    handle.logErr(lua.concat4(CHUNK, lua.numberToString(n), SPACE, chunk.getBytes(0, chunk.length(6), 6)), 6);
    if (n == 1) chunk.setBytes(FIRST, 7);
  }
  handle.logErr(handle.headers(9).get(PATH, 9)!, 9);
  const trailers = handle.trailers(10);
  if (trailers) {
    trailers.add(X_CHUNKS, n, 12);
    handle.logErr(trailers.get(X_T, 13)!, 13);
  }
  handle.headers(15).add(X_LATE, ONE, 15);
}

export function envoy_on_response(handle: Handle): void {
  const trailers = handle.trailers(19);
  let t: Str | null = null;
  if (trailers) t = trailers.get(X_T, 20);
  handle.logErr(t || NO_TRAILERS, 20);
  const body = handle.body(21);
  if (!body) lua.raiseText("bad argument #1 to 'tostring' (value expected)", 21);
}
