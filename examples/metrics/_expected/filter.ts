import { Handle } from "./runtime/envoy/handle";
import * as lua from "./runtime/lua";
import { Str, Table, Value } from "./runtime/lua";
import * as format from "./runtime/format";
import * as math from "./runtime/math";
import * as pattern from "./runtime/pattern/match";
import * as string from "./runtime/string";
import * as table from "./runtime/table-library";
import { QuestionMatch } from "./patterns";
import { State } from "./runtime/state";

const NAME = Str.of("name");
const ITEMS = Str.of("items");
const PATTERN = Str.of("pattern");
const API_V_D_ITEMS = Str.of("^/api/v%d+/items");
const SEARCH = Str.of("search");
const API_V_D_SEARCH = Str.of("^/api/v%d+/search");
const STATIC = Str.of("static");
const A = Str.of("%.%a+$");
const OTHER = Str.of("other");
const LE_INF = Str.of("le=+Inf");
const SPACE = Str.of(" ");
const NEWLINE = Str.of("\n");
const PATH = Str.of(":path");
const EMPTY = Str.of("");
const STATUS = Str.of(":status");
const STATUS_200 = Str.of("200");
const CACHE_CONTROL = Str.of("cache-control");
const NO_STORE = Str.of("no-store");
const LUA_METRICS = Str.of("/lua-metrics");
const ROUTE = Str.of("route");
const STARTED = Str.of("started");
const STRING = Str.of("string");
const NUMBER = Str.of("number");
const ZERO = Str.of("0");
const XX = Str.of("xx");
const X_LATENCY_BUCKET = Str.of("x-latency-bucket");
const STATUS_5XX = Str.of("5xx");
const METRICS = Str.of("metrics: ");
const RESPONSES = Str.of(" responses\n");
const PLATFORM_METRICS = Str.of("platform.metrics");

let ROUTES: Table = changetype<Table>(0);
let BUCKETS: Table = changetype<Table>(0);
const METADATA: Str = PLATFORM_METRICS;
const LOG_EVERY: f64 = 25;
let responses: Table = changetype<Table>(0);
let total: f64 = 0;

function route_of(path: Str): Value {
  for (const item = lua.ipairs(lua.table(ROUTES), 16); item.next(); ) {
    const route = lua.toTable(item.value);
    if (lua.truthy(string.find(path, lua.checkString(route.getString(PATTERN), 2, "find", 17), 1, false, 17))) {
      return route.getString(NAME);
    }
  }
  return lua.string(OTHER);
}

function bucket_of(latency: f64): Str {
  for (const item = lua.ipairs(lua.table(BUCKETS), 25); item.next(); ) {
    const bound: f64 = lua.toNumber(item.value);
    if (latency <= bound) {
      return lua.join2(Str.of("le="), lua.truncated(bound));
    }
  }
  return LE_INF;
}

function count(route: Value, class_: Str): void {
  const key = lua.concat5(
    Str.of("lua_responses_total{route=\""),
    format.text(route),
    Str.of("\",class=\""),
    class_,
    Str.of("\"}")
  );
  responses.setString(key, lua.number(lua.numberOr(responses.getString(key), 0) + 1));
  total = total + 1;
}

// One line a counter, sorted: `pairs` has no order.
function report(callerLine: i32): Str {
  const lines = Table.create(0, 0);
  for (const entry = lua.pairsOf(responses); entry.next(); ) {
    const key = entry.key;
    const value: f64 = lua.toNumber(entry.value);
    lines.setNumber(
      lines.length + 1,
      lua.string(lua.join4(lua.concatOperand(key, 43, "local 'key'"), SPACE, value, NEWLINE)),
      43
    );
  }
  table.sort(lines, lua.nil, 45);
  return table.concat(lines, lua.EMPTY, 1, lua.ABSENT, callerLine);
}

export function envoy_on_request(handle: Handle): void {
  const path = pattern.replaceText<QuestionMatch>(
    lua.checkOptionalString(handle.headers(50).get(PATH, 50), 1, "gsub", 50),
    EMPTY
  );
  if (path == LUA_METRICS) {
    handle.respond(
      Table.create(0, 2).field(STATUS, lua.string(STATUS_200)).field(CACHE_CONTROL, lua.string(NO_STORE)),
      report(52),
      52
    );
    return;
  }
  // A response does not know its request: what it needs goes with the stream.
  const metadata = handle.streamInfo(56).dynamicMetadata(56);
  metadata.set(METADATA, ROUTE, route_of(path), 57);
  metadata.set(METADATA, STARTED, handle.timestamp(lua.absent, 58), 58);
}

export function envoy_on_response(handle: Handle): void {
  const request: Table | null = handle.streamInfo(62).dynamicMetadata(62).get(METADATA, 62);
  // Absent for what this filter answered itself; and other filters could write here, too.
  if (
    request == null ||
    !(lua.type(request!.getString(ROUTE)) == STRING) ||
    !(lua.type(request!.getString(STARTED)) == NUMBER)
  ) {
    return;
  }
  const headers = handle.headers(67);
  const status: Value = lua.tonumber(lua.string(headers.get(STATUS, 68) || ZERO));
  const class_ = lua.join2(math.floor(lua.numberOperand(status, 69, "local 'status'") / 100), XX);
  count(request!.getString(ROUTE), class_);
  headers.replace(
    X_LATENCY_BUCKET,
    bucket_of(handle.timestamp(lua.absent, 71) - lua.operand(request!.getString(STARTED), 71, "field 'started'")),
    71
  );

  if (class_ == STATUS_5XX) {
    handle.logWarn(
      lua.join4(
        Str.of("metrics: "),
        lua.truncated(lua.checkNumber(status, 2, "format", 74)),
        Str.of(" on "),
        format.text(request!.getString(ROUTE))
      ),
      74
    );
  }
  if (lua.modulo(total, LOG_EVERY) == 0) {
    handle.logInfo(lua.join4(METRICS, lua.whole(total), RESPONSES, report(77)), 77);
  }
}

/** The script's top level, run when the filter is configured. */
export function main(): void {
  // Routes by their first path segments; all others count as one, so that nobody can make up new series.
  ROUTES = Table.create(3, 0)
    .append(lua.table(Table.create(0, 2).field(NAME, lua.string(ITEMS)).field(PATTERN, lua.string(API_V_D_ITEMS))))
    .append(lua.table(Table.create(0, 2).field(NAME, lua.string(SEARCH)).field(PATTERN, lua.string(API_V_D_SEARCH))))
    .append(lua.table(Table.create(0, 2).field(NAME, lua.string(STATIC)).field(PATTERN, lua.string(A))));
  // Upper bounds, milliseconds.
  BUCKETS = Table.create(2, 0).append(lua.number(1000)).append(lua.number(5000));
  responses = Table.create(0, 0);
  total = 0;
}

/** What outlives a request. */
export function visit(state: State): void {
  ROUTES = state.table(ROUTES);
  BUCKETS = state.table(BUCKETS);
  responses = state.table(responses);
  total = state.number(total);
}
