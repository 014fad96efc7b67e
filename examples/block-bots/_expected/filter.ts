import { Handle } from "./runtime/envoy/handle";
import * as lua from "./runtime/lua";
import { Str, Table } from "./runtime/lua";
import * as string from "./runtime/string";

const USER_AGENT = Str.of("user-agent");
const EMPTY = Str.of("");
const STATUS = Str.of(":status");
const TEXT_403 = Str.of("403");
const FORBIDDEN = Str.of("Forbidden");
const BOT = Str.of("bot");

export function envoy_on_request(handle: Handle): void {
  const user_agent = handle.headers().get(USER_AGENT) || EMPTY;
  if (lua.truthy(string.find(user_agent, BOT, 1, false, 3))) {
    handle.respond(Table.create(0, 1).field(STATUS, lua.string(TEXT_403)), FORBIDDEN, 4);
  }
}
