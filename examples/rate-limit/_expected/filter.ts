import { Handle } from "./runtime/envoy/handle";
import * as lua from "./runtime/lua";
import { Str, Table, Value, Values } from "./runtime/lua";
import * as format from "./runtime/format";
import * as math from "./runtime/math";
import * as pattern from "./runtime/pattern/match";
import * as string from "./runtime/string";
import { DigitsMatch } from "./patterns";
import { State } from "./runtime/state";

const NAME = Str.of("name");
const LOGIN = Str.of("login");
const PREFIX = Str.of("prefix");
const LOGIN_2 = Str.of("/login");
const LIMIT = Str.of("limit");
const WINDOW_MS = Str.of("window_ms");
const API = Str.of("api");
const API_2 = Str.of("/api/");
const ENDS = Str.of("ends");
const COUNT = Str.of("count");
const PATH = Str.of(":path");
const PIPE = Str.of("|");
const REMAINING = Str.of("remaining");
const RATE_LIMIT_S_EXCEEDS_S_D_IN_1F_S = Str.of("rate-limit: %s exceeds %s (%d in %.1f s)");
const STATUS = Str.of(":status");
const STATUS_429 = Str.of("429");
const RETRY_AFTER = Str.of("retry-after");
const RATE_LIMIT_EXCEEDED = Str.of("Rate limit exceeded\n");
const X_RATELIMIT_REMAINING = Str.of("x-ratelimit-remaining");
const NUMBER = Str.of("number");
const PLATFORM_RATE_LIMIT = Str.of("platform.rate-limit");

let POLICIES: Table = changetype<Table>(0);
// How often addresses that have not come back are forgotten.
const SWEEP_MS: f64 = 3000;
const METADATA: Str = PLATFORM_RATE_LIMIT;
let windows: Table = changetype<Table>(0);
let next_sweep: f64 = 0;

function starts_with(text: Value, prefix: Value): bool {
  let t: f64 = 0;
  return lua.equals(
    lua.string((t = lua.len(prefix, 15, "local 'prefix'"), string.sub(lua.checkString(text, 1, "sub", 15), 1, t))),
    prefix
  );
}

function policy_for(path: Value): Table | null {
  for (const item = lua.ipairs(lua.table(POLICIES), 19); item.next(); ) {
    const policy = lua.toTable(item.value);
    if (starts_with(path, policy.getString(PREFIX))) {
      return policy;
    }
  }
  return null;
}

// "198.51.100.1:4711" or "[2001:db8::1]:4711" without the port. Envoy has taken x-forwarded-for into account as far
// as it trusts it; the header itself is the client's to write.
function client_address(handle: Handle): Value {
  const address: Value = lua.string(handle.streamInfo(30).downstreamRemoteAddress(30));
  return lua.or(pattern.matchValues<DigitsMatch>(lua.checkString(address, 1, "match", 31)), address);
}

function sweep(now: f64): void {
  for (const entry = lua.pairsOf(windows); entry.next(); ) {
    const key = entry.key;
    const window = lua.toTable(entry.value);
    if (lua.lessEqual(window.getString(ENDS), lua.number(now), 36)) {
      windows.set(key, lua.nil, 37);
    }
  }
  next_sweep = now + SWEEP_MS;
}

// Counts a request; how many more may come, negative when this one is too many.
function take(key: Str, policy: Table, now: f64): f64 {
  let window: Table | null = lua.toOptionalTable(windows.getString(key));
  if (window == null || lua.lessEqual(window!.getString(ENDS), lua.number(now), 46)) {
    window = Table.create(0, 2)
      .field(COUNT, lua.number(0))
      .field(ENDS, lua.number(now + lua.operand(policy.getString(WINDOW_MS), 47, "field 'window_ms'")));
    windows.setString(key, lua.table(window!));
  }
  window!.setString(COUNT, lua.number(lua.operand(window!.getString(COUNT), 50, "field 'count'") + 1));
  return lua.operand(policy.getString(LIMIT), 51, "field 'limit'") - lua.operand(
    window!.getString(COUNT),
    51,
    "field 'count'"
  );
}

export function envoy_on_request(handle: Handle): void {
  const policy: Table | null = policy_for(lua.optional(handle.headers(55).get(PATH, 55)));
  if (policy == null) {
    return;
  }

  const now: f64 = handle.timestamp(lua.absent, 60);
  if (now >= next_sweep) {
    sweep(now);
  }

  const address = client_address(handle);
  const remaining: f64 = take(
    lua.concat3(
      lua.leftOperand(policy!.getString(NAME), 66, "field 'name'"),
      PIPE,
      lua.lastOperand(address, 66, "local 'address'")
    ),
    policy!,
    now
  );
  handle.streamInfo(67).dynamicMetadata(67).set(METADATA, REMAINING, math.max2(remaining, 0), 67);
  if (remaining >= 0) {
    return;
  }

  // Said once for every window, so that an attack does not fill the log.
  if (remaining == -1) {
    handle.logWarn(
      format.format(
        RATE_LIMIT_S_EXCEEDS_S_D_IN_1F_S,
        Values.create(4)
          .add(address)
          .add(policy!.getString(NAME))
          .add(policy!.getString(LIMIT))
          .add(lua.number(lua.operand(policy!.getString(WINDOW_MS), 75, "field 'window_ms'") / 1000)),
        74
      ),
      74
    );
  }
  handle.respond(
    Table.create(0, 2)
      .field(STATUS, lua.string(STATUS_429))
      .field(
        RETRY_AFTER,
        lua.string(
          lua.numberToString(math.ceil(lua.operand(policy!.getString(WINDOW_MS), 80, "field 'window_ms'") / 1000))
        )
      ),
    RATE_LIMIT_EXCEEDED,
    77
  );
}

export function envoy_on_response(handle: Handle): void {
  const metadata: Table | null = handle.streamInfo(85).dynamicMetadata(85).get(METADATA, 85);
  // Absent where no policy holds; and other filters could write here, too.
  if (metadata != null && lua.type(metadata!.getString(REMAINING)) == NUMBER) {
    handle.headers(88).replace(X_RATELIMIT_REMAINING, metadata!.getString(REMAINING), 88);
  }
}

/** The script's top level, run when the filter is configured. */
export function main(): void {
  // The first policy whose prefix fits counts.
  POLICIES = Table.create(2, 0)
    .append(
      lua.table(
        Table.create(0, 4)
          .field(NAME, lua.string(LOGIN))
          .field(PREFIX, lua.string(LOGIN_2))
          .field(LIMIT, lua.number(3))
          .field(WINDOW_MS, lua.number(3000))
      )
    )
    .append(
      lua.table(
        Table.create(0, 4)
          .field(NAME, lua.string(API))
          .field(PREFIX, lua.string(API_2))
          .field(LIMIT, lua.number(20))
          .field(WINDOW_MS, lua.number(60000))
      )
    );
  // Policy and address → { count, ends }. Lives as long as the worker's configuration.
  windows = Table.create(0, 0);
  next_sweep = 0;
}

/** What outlives a request. */
export function visit(state: State): void {
  POLICIES = state.table(POLICIES);
  windows = state.table(windows);
  next_sweep = state.number(next_sweep);
}
