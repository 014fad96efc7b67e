import { Handle } from "./runtime/envoy/handle";
import * as lua from "./runtime/lua";
import { Str, Table, Value } from "./runtime/lua";
import * as bit from "./runtime/bit";
import * as format from "./runtime/format";
import * as pattern from "./runtime/pattern/match";
import * as string from "./runtime/string";
import * as table from "./runtime/table-library";
import { HexMatch, TextMatch, TextMatch2, TextMatch3, matchesPattern } from "./patterns";

const HEALTHZ = Str.of("/healthz");
const READYZ = Str.of("/readyz");
const EMPTY = Str.of("");
const PATH = Str.of(":path");
const CLIENT = Str.of("client");
const TRACEPARENT = Str.of("traceparent");
const X_REQUEST_ID = Str.of("x-request-id");
const REQUEST_ID = Str.of("request-id");
const ID = Str.of("id");
const STRING = Str.of("string");
const X_TRACE_ID = Str.of("x-trace-id");
const PLATFORM_TRACE = Str.of("platform.trace");

const HEADER: Str = X_TRACE_ID;
const METADATA: Str = PLATFORM_TRACE;
let UNTRACED: Table = changetype<Table>(0);

// A trace id as W3C Trace Context has it: 32 lower-case hexadecimal digits, not all zero.
function is_trace_id(id: Value): bool {
  return lua.len(id, 8, "local 'id'") == 32 && !matchesPattern(lua.checkString(id, 1, "find", 8)) && !(
    pattern.findValues<TextMatch>(lua.checkString(id, 1, "find", 8)) == lua.nil
  );
}

// The trace id of a traceparent header, "00-<trace id>-<parent id>-<flags>".
function from_traceparent(value: Value): Value {
  let t: Value = lua.nil;
  return (t = value, lua.truthy(t) ? pattern.matchValues<HexMatch>(lua.checkString(value, 1, "match", 13)) : t);
}

// 32 digits from any text: FNV-1a, four times from different starts.
function hash_id(text: Value, callerLine: i32): Str {
  const words = Table.create(0, 0);
  for (let word: f64 = 1; word <= 4; word++) {
    let hash: f64 = bit.bxor(2166136261.0, word);
    for (let i: f64 = 1, stop: f64 = lua.len(text, 21, "local 'text'"); i <= stop; i++) {
      hash = bit.bxor(
        hash,
        lua.checkNumber(lua.numberOrNil(string.byteAt(lua.checkString(text, 1, "byte", 22), i)), 2, "bxor", 22)
      );
      // hash * 16777619, in steps that stay within 32 bits
      hash = bit.tobit(
        hash + bit.lshift(hash, 1) + bit.lshift(hash, 4) + bit.lshift(hash, 7) + bit.lshift(hash, 8) + bit.lshift(hash, 24)
      );
    }
    words.setNumber(word, lua.string(bit.tohex(hash)), 27);
  }
  return table.concat(words, lua.EMPTY, 1, lua.ABSENT, callerLine);
}

// Envoy's request id is a UUID unless the client brought another.
function from_request_id(request_id: Value, callerLine: i32): Str {
  const digits = pattern.replaceText<TextMatch2>(string.lower(lua.checkString(request_id, 1, "lower", 34)), EMPTY);
  if (is_trace_id(lua.string(digits))) {
    return digits;
  }
  return hash_id(request_id, callerLine);
}

export function envoy_on_request(handle: Handle): void {
  const headers = handle.headers();
  const path = pattern.matchValues<TextMatch3>(lua.checkOptionalString(headers.get(PATH), 1, "match", 43));
  if (lua.truthy(UNTRACED.get(path))) {
    return;
  }

  let id: Value = lua.optional(headers.get(HEADER));
  let origin = CLIENT;
  if (!lua.truthy(id) || !is_trace_id(id)) {
    id = from_traceparent(lua.optional(headers.get(TRACEPARENT)));
    origin = TRACEPARENT;
  }
  if (!lua.truthy(id) || !is_trace_id(id)) {
    id = lua.string(
      from_request_id(lua.string(headers.get(X_REQUEST_ID) || handle.timestampString(lua.absent, 53)), 53)
    );
    origin = REQUEST_ID;
  }

  headers.replace(HEADER, id, 56);
  handle.streamInfo().dynamicMetadata().set(METADATA, ID, id, 57);
  handle.logDebug(lua.concat5(Str.of("trace id "), format.text(id), Str.of(" ("), origin, Str.of(")")));
}

export function envoy_on_response(handle: Handle): void {
  const trace_: Table | null = handle.streamInfo().dynamicMetadata().get(METADATA);
  // Absent for what is not traced; and other filters could write here, too.
  if (trace_ != null && lua.type(trace_!.getString(ID)) == STRING) {
    handle.headers().replace(HEADER, trace_!.getString(ID), 65);
  }
}

/** The script's top level, run when the filter is configured. */
export function main(): void {
  // What the kubelet and the load balancer ask for all the time.
  UNTRACED = Table.create(0, 2).field(HEALTHZ, lua.boolean(true)).field(READYZ, lua.boolean(true));
}
