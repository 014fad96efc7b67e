import { Handle } from "./runtime/envoy/handle";
import * as lua from "./runtime/lua";
import { Str, Table } from "./runtime/lua";
import { matchesBot } from "./patterns";

const USER_AGENT = Str.of("user-agent");
const EMPTY = Str.of("");
const STATUS = Str.of(":status");
const STATUS_403 = Str.of("403");
const FORBIDDEN = Str.of("Forbidden");

export function envoy_on_request(handle: Handle): void {
  const user_agent = handle.headers().get(USER_AGENT) || EMPTY;
  if (matchesBot(user_agent)) {
    handle.respond(Table.create(0, 1).field(STATUS, lua.string(STATUS_403)), FORBIDDEN, 4);
  }
}
