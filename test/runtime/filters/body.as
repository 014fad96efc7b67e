import { Handle } from "./runtime/envoy/handle";
import * as lua from "./runtime/lua";
import { Str } from "./runtime/lua";

const X_BODY = Str.of("x-body");
const X_SET = Str.of("x-set");
const X_AGAIN = Str.of("x-again");
const X_RESPONSE = Str.of("x-response");
const OPEN = Str.of("<");
const CLOSE = Str.of(">");
const NONE = Str.of("none");
const CHANGED = Str.of("changed");
const ONE = Str.of("1");

export function envoy_on_request(handle: Handle): void {
  const body = handle.body(2);
  if (body) {
    const text = body.getBytes(0, body.length(4), 4);
    handle.headers(5).add(X_BODY, text, 5);
    handle.headers(6).add(X_SET, body.setBytes(lua.concat3(OPEN, text, CLOSE), 6), 6);
    handle.headers(7).add(X_AGAIN, handle.body(7)!.length(7), 7);
    handle.logErr(body.getBytes(1, 4, 8), 8);
    handle.logErr(body.getBytes(5, 400, 9), 9);
  } else {
    handle.headers(11).add(X_BODY, NONE, 11);
  }
}

export function envoy_on_response(handle: Handle): void {
  const headers = handle.headers(16);
  const body = handle.body(17);
  if (!body) lua.raiseText("attempt to index a nil value", 17);
  body!.setBytes(CHANGED, 17);
  headers.add(X_RESPONSE, ONE, 18);
}
