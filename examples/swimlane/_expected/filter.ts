import { Handle } from "./runtime/envoy/handle";
import { Headers } from "./runtime/envoy/headers";
import * as lua from "./runtime/lua";
import { Str, Table, Value } from "./runtime/lua";
import * as pattern from "./runtime/pattern/match";
import * as string from "./runtime/string";
import { EqualsMatch } from "./patterns";

const NAME = Str.of("name");
const CANARY = Str.of("canary");
const PERCENT = Str.of("percent");
const BETA = Str.of("beta");
const X_USER_ID = Str.of("x-user-id");
const EMPTY = Str.of("");
const COOKIE = Str.of("cookie");
const UID = Str.of("uid");
const X_SWIMLANE = Str.of("x-swimlane");
const PRODUCTION = Str.of("production");

let LANES: Table = changetype<Table>(0);
const DEFAULT_LANE: Str = PRODUCTION;

// djb2: the same in every worker and after every restart.
function hash(text: Value): f64 {
  let value: f64 = 5381;
  for (let i: f64 = 1, stop: f64 = lua.len(text, 11, "local 'text'"); i <= stop; i++) {
    value = lua.modulo(
      value * 33 + lua.numberOperand(lua.numberOrNil(string.byteAt(lua.checkString(text, 1, "byte", 12), i)), 12, ""),
      4294967296.0
    );
  }
  return value;
}

function lane_of(user: Value): Value {
  let bucket: f64 = lua.modulo(hash(user), 100);
  for (const item = lua.ipairs(lua.table(LANES), 19); item.next(); ) {
    const lane = lua.toTable(item.value);
    if (lua.less(lua.number(bucket), lane.getString(PERCENT), 20)) {
      return lane.getString(NAME);
    }
    bucket = bucket - lua.operand(lane.getString(PERCENT), 23, "field 'percent'");
  }
  return lua.string(DEFAULT_LANE);
}

// The user id that the login filter has set, or the one of the session cookie.
function user_of(headers: Headers): Value {
  const user: Value = lua.optional(headers.get(X_USER_ID));
  if (lua.truthy(user) && !lua.equals(user, lua.string(EMPTY))) {
    return user;
  }
  for (const match = pattern.eachMatch<EqualsMatch>(headers.get(COOKIE) || EMPTY); match.next(); ) {
    const name = match.capture1;
    const value = match.capture2;
    if (name == UID && !(value == EMPTY)) {
      return lua.string(value);
    }
  }
  return lua.nil;
}

export function envoy_on_request(handle: Handle): void {
  let t: Value = lua.nil;
  const headers = handle.headers();
  // Set by the tester, or by a service that calls on: the whole chain stays in one lane.
  if (headers.get(X_SWIMLANE) != null) {
    return;
  }
  const user = user_of(headers);
  headers.add(X_SWIMLANE, lua.or((t = user, lua.truthy(t) ? lane_of(user) : t), lua.string(DEFAULT_LANE)), 49);
}

/** The script's top level, run when the filter is configured. */
export function main(): void {
  // Percent of the users in each lane; who is in none of them stays in production.
  LANES = Table.create(2, 0)
    .append(lua.table(Table.create(0, 2).field(NAME, lua.string(CANARY)).field(PERCENT, lua.number(10))))
    .append(lua.table(Table.create(0, 2).field(NAME, lua.string(BETA)).field(PERCENT, lua.number(5))));
}
