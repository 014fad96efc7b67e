import { Handle } from "./runtime/envoy/handle";
import * as lua from "./runtime/lua";
import { Str, Table, Values } from "./runtime/lua";

const SIDE = Str.of("side");
const NOWHERE = Str.of("nowhere");
const METHOD = Str.of(":method");
const PATH = Str.of(":path");
const AUTHORITY = Str.of(":authority");
const POST = Str.of("POST");
const GET = Str.of("GET");
const ASK = Str.of("/ask/");
const ASYNC = Str.of("/async");
const SLASH = Str.of("/");
const X = Str.of("x");
const X_LIST = Str.of("x-list");
const ONE = Str.of("1");
const TWO = Str.of("2");
const BODY = Str.of("body ");
const X_STATUS = Str.of("x-status-");
const STATUS = Str.of(":status");
const YES = Str.of("yes");
const REFUSED = Str.of("refused ");
const X_ANSWER = Str.of("x-answer");
const X_RESULT = Str.of("x-result");
const TRUE = Str.of("true ");
const FALSE = Str.of("false ");

@unmanaged
class Ask extends Values {
  handle: Handle;
  i: f64;
  result: lua.Value;
}

function ask(argument: usize): void {
  const self = changetype<Ask>(argument);
  const i = lua.numberToString(self.i),
    handle = self.handle;
  const request = Table.create(0, 4);
  request.setString(METHOD, lua.string(POST));
  request.setString(PATH, lua.string(lua.concat2(ASK, i)));
  request.setString(AUTHORITY, lua.string(SIDE));
  request.setString(X_LIST, lua.table(Table.create(2, 0).append(lua.string(ONE)).append(lua.string(TWO))));
  const reply = handle.httpCall(SIDE, request, lua.concat2(BODY, i), 1000.0, lua.absent, 4);
  handle.headers(5).add(lua.concat2(X_STATUS, i), reply.headers.getString(STATUS), 5);
  if (reply.body != YES) lua.raise(lua.concat2(REFUSED, i), 6);
  self.result = reply.headers.getString(X_ANSWER);
}

export function envoy_on_request(handle: Handle): void {
  const argument = changetype<Ask>(Values.create(8));
  for (let i: f64 = 1; i <= 3; i++) {
    argument.handle = handle;
    argument.i = i;
    const ok = !lua.protect(ask.index, changetype<usize>(argument));
    const result = lua.toStr(ok ? argument.result : lua.caught);
    handle.headers(13).add(X_RESULT, lua.concat2(ok ? TRUE : FALSE, result), 13);
  }
  const get = Table.create(0, 3);
  get.setString(METHOD, lua.string(GET));
  get.setString(PATH, lua.string(ASYNC));
  get.setString(AUTHORITY, lua.string(SIDE));
  handle.httpCall(SIDE, get, lua.nil, 1000.0, lua.True, 15);
  const other = Table.create(0, 3);
  other.setString(METHOD, lua.string(GET));
  other.setString(PATH, lua.string(SLASH));
  other.setString(AUTHORITY, lua.string(X));
  handle.httpCall(NOWHERE, other, lua.nil, 1000.0, lua.absent, 16);
}
