import { Handle } from "./runtime/envoy/handle";
import { Headers } from "./runtime/envoy/headers";
import * as lua from "./runtime/lua";
import { Str } from "./runtime/lua";
import { State } from "./runtime/state";

const NONE = Str.of("none");
const X_COUNT = Str.of("x-count");
const X_LAST = Str.of("x-last");
const X_DEAD = Str.of("x-dead");
const PATH = Str.of(":path");
const ONE = Str.of("1");

let count: f64 = 0;
let last: Str = NONE;
let saved: lua.Value = lua.nil;

export function main(): void {
  count = 0;
  last = NONE;
  saved = lua.nil;
}

export function envoy_on_request(handle: Handle): void {
  count = count + 1;
  handle.headers(6).add(X_COUNT, count, 6);
  handle.headers(7).add(X_LAST, last, 7);
  last = lua.retainString(handle.headers(8).get(PATH, 8)!);
  saved = lua.truthy(saved) ? saved : lua.userdata(handle.headers(9));
  if (count == 3) changetype<Headers>(lua.toUserdata(saved)).add(X_DEAD, ONE, 10);
}

export function visit(s: State): void {
  count = s.number(count);
  last = s.string(last);
  saved = s.value(saved);
}
