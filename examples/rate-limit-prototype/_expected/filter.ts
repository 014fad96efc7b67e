import { Handle } from "./runtime/envoy/handle";
import * as lua from "./runtime/lua";
import { Str, Table } from "./runtime/lua";
import { State } from "./runtime/state";

const X_FORWARDED_FOR = Str.of("x-forwarded-for");
const STATUS = Str.of(":status");
const STATUS_429 = Str.of("429");
const RATE_LIMITED = Str.of("Rate limited");

let counter: Table = changetype<Table>(0);

export function envoy_on_request(handle: Handle): void {
  const ip: Str | null = handle.headers(4).get(X_FORWARDED_FOR, 4);
  counter.set(lua.optional(ip), lua.number(lua.numberOr(counter.get(lua.optional(ip)), 0) + 1), 5);
  if (lua.less(lua.number(100), counter.get(lua.optional(ip)), 6)) {
    handle.respond(Table.create(0, 1).field(STATUS, lua.string(STATUS_429)), RATE_LIMITED, 7);
  }
}

/** The script's top level, run when the filter is configured. */
export function main(): void {
  // 简单限流原型
  counter = Table.create(0, 0);
}

/** What outlives a request. */
export function visit(state: State): void {
  counter = state.table(counter);
}
