// `httpCall` as Envoy's binding does it: in which order it checks, what it sends, what it gives back.
import { cString } from "../c-string";
import { checkString, checkTable } from "../check";
import { message, raise, raiseText } from "../error";
import { overPairs, Pairs } from "../header-map";
import { bufferBytes, CALL_REPLY_BODY, CALL_REPLY_HEADERS, headerPairs, httpCall, lastToken, OK, BAD_ARGUMENT } from "../host";
import { run, WAITS_FOR_CALL } from "../run";
import { EMPTY, Str } from "../str";
import { suspend } from "../stream";
import { Table } from "../table";
import { absent, isBoolean, isNil, isTable, optional, string, table, toStr, toTable, True, truthy, Value } from "../value";
import { Values } from "../values";
import { checkedInt, numbered } from "./argument";
import { HeaderList } from "./header-list";

/** What `httpCall` gives: headers and body, or, when asynchronous, nothing. */
// @ts-ignore: decorator
@unmanaged
export class HttpReply extends Values {
  // @ts-ignore: decorator
  @inline
  get headers(): Table {
    return toTable(this.at(1));
  }
  // @ts-ignore: decorator
  @inline
  get body(): Str | null {
    return changetype<Str | null>(<usize>this.at(2));
  }
}

// @ts-ignore: decorator
@unmanaged
class Options {
  timeout: i32;
  asynchronous: bool;
  duplicateHeaders: bool;
}
// @ts-ignore: decorator
@lazy const options = changetype<Options>(memory.data(12, 4));

// @ts-ignore: decorator
@lazy const NAME = "httpCall";

/** Arguments as the script passed them, `absent` for those it did not. */
export function call(cluster: Value, headers: Value, body: Value, timeout: Value, asynchronous: Value, line: i32): HttpReply {
  const atOnce = begin(cluster, headers, body, timeout, asynchronous, line);
  if (atOnce) return atOnce;
  suspend(WAITS_FOR_CALL);
  return awaitedReply();
}

/** Sends the request; null when there is a reply to be waited for. */
export function begin(cluster: Value, headers: Value, body: Value, timeout: Value, asynchronous: Value, line: i32): HttpReply | null {
  const passed = asynchronous == absent ? 4 : 5;
  if (isTable(timeout)) readOptions(toTable(timeout), passed, line);
  else readPositional(timeout, asynchronous, line);
  run.wantsAllValues = options.duplicateHeaders;
  const result = send(cluster, headers, body, passed, line);
  if (options.asynchronous) return changetype<HttpReply>(Values.create(0));
  if (result != OK) return failure();
  run.token = lastToken();
  return null;
}

/** What came in the end. */
export function awaitedReply(): HttpReply {
  return run.replyHeaders ? received(run.wantsAllValues) : failure();
}

function readPositional(timeout: Value, asynchronous: Value, line: i32): void {
  if (asynchronous != absent && !isBoolean(asynchronous)) {
    raiseText("http call asynchronous flag must be 'true', 'false', or empty", line);
  }
  options.timeout = checkTimeout(checkedInt<Value>(timeout, 4, NAME, line), line);
  options.asynchronous = asynchronous == True;
  options.duplicateHeaders = false;
}

const ASYNCHRONOUS = Str.of("asynchronous");
const TIMEOUT_MS = Str.of("timeout_ms");
const TRACE_SAMPLED = Str.of("trace_sampled");
const RETURN_DUPLICATE_HEADERS = Str.of("return_duplicate_headers");
const SEND_XFF = Str.of("send_xff");

function readOptions(t: Table, passed: i32, line: i32): void {
  options.timeout = 0;
  options.asynchronous = options.duplicateHeaders = false;
  for (let place = t.seek(1); place; place = t.seek(place + 1)) {
    const key = checkString(t.keyAt(place), numbered(passed + 2, line), NAME, line),
      value = t.valueAt(place);
    if (key == ASYNCHRONOUS) options.asynchronous = truthy(value);
    else if (key == TIMEOUT_MS) options.timeout = checkTimeout(checkedInt<Value>(value, passed + 3, NAME, line), line);
    else if (key == RETURN_DUPLICATE_HEADERS) options.duplicateHeaders = truthy(value);
    else if (key != TRACE_SAMPLED && key != SEND_XFF) {
      raise(message('"', cString(key), '" is not valid key for httpCall() options'), line);
    }
  }
}

function checkTimeout(milliseconds: i32, line: i32): i32 {
  if (milliseconds < 0) raiseText("http call timeout must be >= 0", line);
  return milliseconds;
}

const PATH = Str.of(":path");
const METHOD = Str.of(":method");
const AUTHORITY = Str.of(":authority");
const HOST = Str.of("host");
const CONTENT_LENGTH = Str.of("content-length");

/** The result of the host call; what it left is for `lastToken`. */
function send(cluster: Value, headers: Value, body: Value, passed: i32, line: i32): i32 {
  const name = cString(checkString(cluster, numbered(1, line), NAME, line, cluster == absent)),
    list = HeaderList.fromTable(checkTable(headers, numbered(2, line), NAME, line, headers == absent), passed, NAME, line);
  if (!list.find(PATH) || !list.find(METHOD) || !(list.find(AUTHORITY) || list.find(HOST))) {
    raiseText("http call headers must include ':path', ':method', and ':authority'", line);
  }
  const isGiven = body != absent && !isNil(body),
    content = isGiven ? checkString(body, numbered(3, line), NAME, line) : EMPTY;
  // Envoy sets the length of a body, but for an empty one: with the length of another message the receiver would wait for that.
  const sent = isGiven && content.byteLength == 0 ? list.without(CONTENT_LENGTH) : list;
  const result = httpCall(name, sent.serialize(), content, options.timeout);
  if (result == BAD_ARGUMENT) raiseText("http call cluster invalid. Must be configured", line);
  return result;
}

const STATUS = Str.of(":status");
const UNAVAILABLE = Str.of("503");
const UPSTREAM_FAILURE = Str.of("upstream failure");

/** What Envoy's binding makes up when no reply came. */
function failure(): HttpReply {
  const headers = Table.create(0, 1);
  headers.setString(STATUS, string(UNAVAILABLE));
  return reply(headers, UPSTREAM_FAILURE);
}

function received(wantsAll: bool): HttpReply {
  const headers = Table.create(0, run.replyHeaders);
  for (const pair = overPairs<Pairs>(headerPairs(CALL_REPLY_HEADERS)); pair.advance(); ) {
    const key = pair.key,
      value = string(pair.value);
    if (wantsAll) addValue(headers, key, value);
    else headers.setString(key, value);
  }
  return reply(headers, run.replySize ? bufferBytes(CALL_REPLY_BODY, 0, run.replySize) : null);
}

/** One value is a string, several are a list. */
function addValue(headers: Table, key: Str, value: Value): void {
  const before = headers.getString(key);
  if (isNil(before)) headers.setString(key, value);
  else if (isTable(before)) toTable(before).append(value);
  else headers.setString(key, table(Table.create(2, 0).append(before).append(value)));
}

function reply(headers: Table, body: Str | null): HttpReply {
  return changetype<HttpReply>(Values.create(2).add(table(headers)).add(optional(body)));
}
