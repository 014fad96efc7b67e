import { Handle } from "./runtime/envoy/handle";
import * as lua from "./runtime/lua";
import { Str, Table, Value } from "./runtime/lua";

const X_STATUS = Str.of("x-status");
const STATUS = Str.of(":status");
const X_WHY = Str.of("X-Why");
const X_SEEN = Str.of("x-seen");
const A = Str.of("a");
const B = Str.of("b");
const NO = Str.of("no\n");
const OK = Str.of("200");
const NOT_REACHED = Str.of("not reached");

@unmanaged
class Refuse {
  handle: Handle;
  status: Str;
}

function refuse(handle: Handle, status: Str): void {
  const reply = Table.create(0, 2);
  reply.setString(STATUS, lua.string(status));
  reply.setString(X_WHY, lua.table(Table.create(2, 0).append(lua.string(A)).append(lua.string(B))));
  handle.respondAndEnd(reply, NO, 2);
  handle.logErr(NOT_REACHED);
}

function protectedRefuse(argument: usize): void {
  const a = changetype<Refuse>(argument);
  refuse(a.handle, a.status);
}

export function envoy_on_request(handle: Handle): void {
  const status = handle.headers().get(X_STATUS);
  if (status) {
    const argument = changetype<Refuse>(lua.Values.create(1));
    argument.handle = handle;
    argument.status = status;
    lua.protect(protectedRefuse.index, changetype<usize>(argument));
    handle.logErr(lua.toStr(lua.caught));
  }
}

export function envoy_on_response(handle: Handle): void {
  handle.headers().add(X_SEEN, handle.headers().get(STATUS), 15);
  if (handle.headers().get(X_WHY)) {
    const reply = Table.create(0, 1);
    reply.setString(STATUS, lua.string(OK));
    handle.respond(reply, lua.nil, 17);
  }
}
