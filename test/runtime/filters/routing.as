import { Handle } from "./runtime/envoy/handle";
import * as lua from "./runtime/lua";
import { Str } from "./runtime/lua";

const PATH = Str.of(":path");
const USER_AGENT = Str.of("User-Agent");
const UNKNOWN = Str.of("unknown");
const X_UA = Str.of("x-ua");
const X_UA2 = Str.of("X-Ua2");
const X_MISSING = Str.of("x-missing");
const X_COUNT = Str.of("x-count");
const X_MANY = Str.of("x-many");
const X_ALL = Str.of("x-all");
const X_REMOVE = Str.of("x-remove");
const SLASH = Str.of("/");
const SEMICOLON = Str.of(";");
const HOST = Str.of("Host");
const C = Str.of("c");
const SECOND = Str.of("second");

export function envoy_on_request(handle: Handle): void {
  const headers = handle.headers();
  const path = headers.get(PATH)!;
  const ua = headers.get(USER_AGENT) || UNKNOWN;
  headers.replace(X_UA, lua.concat4(ua, SLASH, lua.numberToString(path.length), headers.get(HOST)!));
  headers.add(X_MANY, C);
  headers.add(X_COUNT, headers.getNumValues(X_MANY));
  headers.add(X_ALL, headers.get(X_MANY), 8);
  let names = lua.EMPTY;
  for (const pair = headers.pairs(10); pair.next(10); ) names = lua.concat3(names, pair.key, SEMICOLON);
  handle.logWarn(names);
  headers.remove(X_REMOVE);
  if (headers.getAtIndex(X_MANY, 1) == C) handle.logErr(SECOND);
  headers.add(X_UA2, lua.orAbsent(headers.get(X_MISSING)), 14);
}
