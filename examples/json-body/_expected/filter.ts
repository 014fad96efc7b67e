import { Handle } from "./runtime/envoy/handle";
import { Headers } from "./runtime/envoy/headers";
import { Buffer } from "./runtime/envoy/buffer";
import { HeaderPairs as HeadersPairs } from "./runtime/envoy/headers";
import * as lua from "./runtime/lua";
import { Closure, Str, Table, Value, Values } from "./runtime/lua";
import * as format from "./runtime/format";
import * as math from "./runtime/math";
import * as pattern from "./runtime/pattern/match";
import * as string from "./runtime/string";
import * as table from "./runtime/table-library";
import {
  DigitsMatch,
  LettersMatch,
  SpaceMatch,
  SpaceMatch2,
  TextMatch,
  TextMatch2,
  TextMatch3,
  UHexMatch,
  UHexMatch2,
  startsWithApplicationJson
} from "./patterns";
import { State } from "./runtime/state";

const QUOTE = Str.of("\"");
const BACKSLASH = Str.of("\\");
const SLASH = Str.of("/");
const B = Str.of("b");
const BACKSPACE = Str.of("\x08");
const F = Str.of("f");
const FORM_FEED = Str.of("\x0c");
const N = Str.of("n");
const NEWLINE = Str.of("\n");
const R = Str.of("r");
const CARRIAGE_RETURN = Str.of("\r");
const T = Str.of("t");
const TAB = Str.of("\t");
const TRUE = Str.of("true");
const FALSE = Str.of("false");
const NULL = Str.of("null");
const U_AND_FOUR_DIGITS = Str.of("\\u and four digits");
const EMPTY = Str.of("");
const THE_SECOND_HALF_OF_A_SURROGATE_PAIR = Str.of("the second half of a surrogate pair");
const THE_END_OF_THE_STRING = Str.of("the end of the string");
const U = Str.of("u");
const AN_ESCAPE = Str.of("an escape");
const CLOSE_BRACKET = Str.of("]");
const OR = Str.of("',' or ']'");
const COMMA = Str.of(",");
const CLOSE_BRACE = Str.of("}");
const A_NAME = Str.of("a name");
const APOSTROPHE_COLON_APOSTROPHE = Str.of("':'");
const COLON = Str.of(":");
const OR_2 = Str.of("',' or '}'");
const NO_DEEPER_NESTING = Str.of("no deeper nesting");
const OPEN_BRACE = Str.of("{");
const OPEN_BRACKET = Str.of("[");
const A_VALUE = Str.of("a value");
const THE_END = Str.of("the end");
const U_04X = Str.of("\\u%04x");
const STRING = Str.of("string");
const NUMBER = Str.of("number");
const TABLE = Str.of("table");
const PASSWORD = Str.of("password");
const CARD_NUMBER = Str.of("card_number");
const CVV = Str.of("cvv");
const STARS = Str.of("***");
const DASH = Str.of("-");
const JSON_BODY = Str.of("json-body: ");
const STATUS = Str.of(":status");
const STATUS_400 = Str.of("400");
const CONTENT_TYPE = Str.of("content-type");
const X_REQUEST_ID = Str.of("x-request-id");
const EXPECTED_A_JSON_OBJECT = Str.of("expected a JSON object");
const REQUEST_ID = Str.of("request_id");
const TAGS = Str.of("tags");
const X_EVENT_BYTES = Str.of("x-event-bytes");
const PAIRS = Str.of("__pairs");

let json_null: Table = changetype<Table>(0);
const MAX_DEPTH: f64 = 32;
let UNESCAPED: Table = changetype<Table>(0);
let LITERALS: Table = changetype<Table>(0);
let Array_: Table = changetype<Table>(0);
let json_decode: Value = lua.nil;
let SECRETS: Table = changetype<Table>(0);

function fail(at: Value, expected: Str): void {
  lua.error(
    lua.string(
      lua.join4(
        Str.of("invalid JSON: expected "),
        expected,
        Str.of(" at byte "),
        lua.truncated(lua.checkNumber(at, 3, "format", 14))
      )
    ),
    0,
    14
  );
}

function skip_space(text: Value, at: Value): f64 {
  let t: Value = lua.nil;
  return (
    t = pattern.findValues<TextMatch>(lua.checkString(text, 1, "find", 18), lua.checkNumberOr(at, 1, 3, "find", 18)),
    lua.truthy(t) ? lua.toNumber(t) : lua.len(text, 18, "local 'text'") + 1
  );
}

function tail(code: Value, shift: f64): f64 {
  return 128 + lua.modulo(math.floor(lua.numberOperand(code, 24, "upvalue 'code'") / lua.power(2, shift)), 64);
}

// A code point as UTF-8.
function utf8_char(code: Value, callerLine: i32): Str {
  if (lua.less(code, lua.number(128), 26)) {
    return string.charOf(lua.checkNumber(code, 1, "utf8_char", callerLine), lua.named("utf8_char", callerLine));
  } else if (lua.less(code, lua.number(2048), 28)) {
    return string.char(
      Values.create(2)
        .add(lua.number(192 + math.floor(lua.numberOperand(code, 29, "local 'code'") / lua.power(2, 6))))
        .add(lua.number(tail(code, 0))),
      lua.named("utf8_char", callerLine)
    );
  } else if (lua.less(code, lua.number(65536), 30)) {
    return string.char(
      Values.create(3)
        .add(lua.number(224 + math.floor(lua.numberOperand(code, 31, "local 'code'") / lua.power(2, 12))))
        .add(lua.number(tail(code, 6)))
        .add(lua.number(tail(code, 0))),
      lua.named("utf8_char", callerLine)
    );
  }
  return string.char(
    Values.create(4)
      .add(lua.number(240 + math.floor(lua.numberOperand(code, 33, "local 'code'") / lua.power(2, 18))))
      .add(lua.number(tail(code, 12)))
      .add(lua.number(tail(code, 6)))
      .add(lua.number(tail(code, 0))),
    lua.named("utf8_char", callerLine)
  );
}

// The character of "\u00e9", or of a pair such as "\ud83d\ude00", and where the text goes on.
function decode_unicode(text: Value, at: Value): Value {
  let t: f64 = 0;
  const digits = pattern.matchValues<UHexMatch>(
    lua.checkString(text, 1, "match", 38),
    lua.checkNumberOr(at, 1, 3, "match", 38)
  );
  if (!lua.truthy(digits)) {
    fail(at, U_AND_FOUR_DIGITS);
  }
  const code: Value = lua.tonumberInBase(digits, 16, 42);
  if (lua.less(code, lua.number(55296), 43) || lua.less(lua.number(56319), code, 43)) {
    return lua.return2(lua.string(utf8_char(code, 44)), lua.number(lua.numberOperand(at, 44, "local 'at'") + 6));
  }
  const low: Value = lua.tonumberInBase(
    lua.or(
      (
        t = lua.numberOperand(at, 46, "local 'at'") + 6,
        pattern.matchValues<UHexMatch2>(lua.checkString(text, 1, "match", 46), t)
      ),
      lua.string(EMPTY)
    ),
    16,
    46
  );
  if (!lua.truthy(low)) {
    fail(lua.number(lua.numberOperand(at, 48, "local 'at'") + 6), THE_SECOND_HALF_OF_A_SURROGATE_PAIR);
  }
  return lua.return2(
    lua.string(
      utf8_char(
        lua.number(
          65536 + (
            lua.numberOperand(code, 50, "local 'code'") - 55296
          ) * 1024 + (lua.numberOperand(low, 50, "local 'low'") - 56320)
        ),
        50
      )
    ),
    lua.number(lua.numberOperand(at, 50, "local 'at'") + 12)
  );
}

function decode_string(text: Value, at: Value): Value {
  let t: Value = lua.nil;
  let t_2: f64 = 0;
  let t_3: f64 = 0;
  let t_4: f64 = 0;
  const parts = Table.create(0, 0);
  at = lua.number(lua.operand(at, 55, "local 'at'") + 1);
  while (true) {
    const stop: Value = pattern.findValues<TextMatch2>(
      lua.checkString(text, 1, "find", 57),
      lua.checkNumberOr(at, 1, 3, "find", 57)
    );
    const char = string.sub(lua.checkString(text, 1, "sub", 58), lua.numberOr(stop, 0), lua.numberOr(stop, 0));
    if (!(char == QUOTE) && !(char == BACKSLASH)) {
      fail(
        lua.number((t = stop, lua.truthy(t) ? lua.toNumber(t) : lua.len(text, 60, "local 'text'") + 1)),
        THE_END_OF_THE_STRING
      );
    }
    parts.setNumber(
      parts.length + 1,
      lua.string(
        (
          t_2 = lua.numberOperand(stop, 62, "local 'stop'") - 1,
          string.sub(lua.checkString(text, 1, "sub", 62), lua.checkNumber(at, 2, "sub", 62), t_2)
        )
      ),
      62
    );
    if (char == QUOTE) {
      return lua.return2(
        lua.string(table.concat(parts, lua.EMPTY, 1, lua.ABSENT, 64)),
        lua.number(lua.numberOperand(stop, 64, "local 'stop'") + 1)
      );
    }
    const escape = (
      t_3 = lua.numberOperand(stop, 66, "local 'stop'") + 1,
      t_4 = lua.numberOperand(stop, 66, "local 'stop'") + 1,
      string.sub(lua.checkString(text, 1, "sub", 66), t_3, t_4)
    );
    if (escape == U) {
      {
        const key: f64 = parts.length + 1;
        const value: Value = decode_unicode(text, stop);
        at = lua.result(2);
        parts.setNumber(key, value, 68);
      }
    } else if (lua.toOptional(UNESCAPED.getString(escape)) != null) {
      {
        const key: f64 = parts.length + 1;
        const value: Str | null = lua.toOptional(UNESCAPED.getString(escape));
        at = lua.number(lua.numberOperand(stop, 70, "local 'stop'") + 2);
        parts.setNumber(key, lua.optional(value), 70);
      }
    } else {
      fail(lua.number(lua.numberOperand(stop, 72, "local 'stop'") + 1), AN_ESCAPE);
    }
  }
  return lua.return0();
}

function decode_array(text: Value, at: Value, depth: f64): Value {
  lua.enter(80);
  const list = lua.setmetatable(Table.create(0, 0), lua.table(Array_), 80);
  at = lua.number(skip_space(text, lua.number(lua.operand(at, 81, "local 'at'") + 1)));
  if (
    string.sub(
      lua.checkString(text, 1, "sub", 82),
      lua.checkNumber(at, 2, "sub", 82),
      lua.checkNumberOr(at, -1, 3, "sub", 82)
    ) == CLOSE_BRACKET
  ) {
    return lua.leaving(lua.return2(list, lua.number(lua.operand(at, 83, "local 'at'") + 1)));
  }
  while (true) {
    {
      const key: f64 = lua.len(list, 86, "local 'list'") + 1;
      const value: Value = decode_value(text, at, depth);
      at = lua.result(2);
      lua.setIndex(list, lua.number(key), value, 86, "local 'list'");
    }
    at = lua.number(skip_space(text, at));
    const char = string.sub(
      lua.checkString(text, 1, "sub", 88),
      lua.checkNumber(at, 2, "sub", 88),
      lua.checkNumberOr(at, -1, 3, "sub", 88)
    );
    if (char == CLOSE_BRACKET) {
      return lua.leaving(lua.return2(list, lua.number(lua.operand(at, 90, "local 'at'") + 1)));
    } else if (!(char == COMMA)) {
      fail(at, OR);
    }
    at = lua.number(skip_space(text, lua.number(lua.operand(at, 94, "local 'at'") + 1)));
  }
  return lua.leaving(lua.return0());
}

function decode_object(text: Value, at: Value, depth: f64): Value {
  lua.enter(99);
  const object_ = Table.create(0, 0);
  at = lua.number(skip_space(text, lua.number(lua.operand(at, 100, "local 'at'") + 1)));
  if (
    string.sub(
      lua.checkString(text, 1, "sub", 101),
      lua.checkNumber(at, 2, "sub", 101),
      lua.checkNumberOr(at, -1, 3, "sub", 101)
    ) == CLOSE_BRACE
  ) {
    return lua.leaving(lua.return2(lua.table(object_), lua.number(lua.operand(at, 102, "local 'at'") + 1)));
  }
  while (true) {
    if (
      !(
        string.sub(
          lua.checkString(text, 1, "sub", 105),
          lua.checkNumber(at, 2, "sub", 105),
          lua.checkNumberOr(at, -1, 3, "sub", 105)
        ) == QUOTE
      )
    ) {
      fail(at, A_NAME);
    }
    let name: Value = lua.nil;
    {
      const new_name: Value = decode_string(text, at);
      at = lua.result(2);
      name = new_name;
    }
    at = lua.number(skip_space(text, at));
    if (
      !(
        string.sub(
          lua.checkString(text, 1, "sub", 111),
          lua.checkNumber(at, 2, "sub", 111),
          lua.checkNumberOr(at, -1, 3, "sub", 111)
        ) == COLON
      )
    ) {
      fail(at, APOSTROPHE_COLON_APOSTROPHE);
    }
    {
      const value: Value = decode_value(
        text,
        lua.number(skip_space(text, lua.number(lua.operand(at, 114, "local 'at'") + 1))),
        depth
      );
      at = lua.result(2);
      object_.set(name, value, 114);
    }
    at = lua.number(skip_space(text, at));
    const char = string.sub(
      lua.checkString(text, 1, "sub", 116),
      lua.checkNumber(at, 2, "sub", 116),
      lua.checkNumberOr(at, -1, 3, "sub", 116)
    );
    if (char == CLOSE_BRACE) {
      return lua.leaving(lua.return2(lua.table(object_), lua.number(lua.operand(at, 118, "local 'at'") + 1)));
    } else if (!(char == COMMA)) {
      fail(at, OR_2);
    }
    at = lua.number(skip_space(text, lua.number(lua.operand(at, 122, "local 'at'") + 1)));
  }
  return lua.leaving(lua.return0());
}

function decode_value(text: Value, at: Value, depth: f64): Value {
  let t: f64 = 0;
  let t_2: f64 = 0;
  lua.enter(127);
  if (depth > MAX_DEPTH) {
    fail(at, NO_DEEPER_NESTING);
  }
  const char = string.sub(
    lua.checkString(text, 1, "sub", 130),
    lua.checkNumber(at, 2, "sub", 130),
    lua.checkNumberOr(at, -1, 3, "sub", 130)
  );
  if (char == QUOTE) {
    return lua.leaving(decode_string(text, at));
  } else if (char == OPEN_BRACE) {
    return lua.leaving(decode_object(text, at, depth + 1));
  } else if (char == OPEN_BRACKET) {
    return lua.leaving(decode_array(text, at, depth + 1));
  }
  const word = pattern.matchValues<LettersMatch>(
    lua.checkString(text, 1, "match", 138),
    lua.checkNumberOr(at, 1, 3, "match", 138)
  );
  if (lua.truthy(word) && !(LITERALS.get(word) == lua.nil)) {
    return lua.leaving(
      lua.return2(
        LITERALS.get(word),
        lua.number((t = lua.len(word, 140, "local 'word'"), lua.operand(at, 140, "local 'at'") + t))
      )
    );
  }
  const digits = pattern.matchValues<DigitsMatch>(
    lua.checkString(text, 1, "match", 142),
    lua.checkNumberOr(at, 1, 3, "match", 142)
  );
  const number_: Value = lua.tonumber(lua.or(digits, lua.string(EMPTY)));
  // What is too large for a number would become "inf", which is not JSON.
  if (!lua.truthy(number_) || math.abs(lua.toNumber(number_)) == Infinity) {
    fail(at, A_VALUE);
  }
  return lua.leaving(
    lua.return2(
      number_,
      lua.number((t_2 = lua.len(digits, 148, "local 'digits'"), lua.operand(at, 148, "local 'at'") + t_2))
    )
  );
}

function json_decode_2(self: Closure, count: i32, text: Value, b: Value, c: Value): Value {
  const value = decode_value(text, lua.number(skip_space(text, lua.number(1))), 1);
  let at = lua.result(2);
  at = lua.number(skip_space(text, at));
  if (lua.lessEqual(at, lua.number(lua.len(text, 155, "local 'text'")), 155)) {
    fail(at, THE_END);
  }
  return lua.return1(value);
}

function encode_string_function(self: Closure, count: i32, char: Value, b: Value, c: Value): Value {
  const callerLine = lua.namedLine();
  if (lua.equals(char, lua.string(QUOTE)) || lua.equals(char, lua.string(BACKSLASH))) {
    return lua.return1(lua.string(lua.concat2(BACKSLASH, lua.concatOperand(char, 164, "local 'char'"))));
  }
  return lua.return1(
    lua.string(
      format.format(
        U_04X,
        Values.create(1).add(lua.numberOrNil(string.byteAt(lua.checkString(char, 1, "byte", 166), 1))),
        callerLine
      )
    )
  );
}

function encode_string(text: Value): Str {
  const escaped = pattern.replace<TextMatch3>(
    lua.checkString(text, 1, "gsub", 162),
    lua.fn(Closure.create(encode_string_function.index)),
    lua.ABSENT,
    162
  );
  return lua.concat3(QUOTE, escaped, QUOTE);
}

// As short as it goes without losing a digit.
function encode_number(number_: Value, callerLine: i32): Str {
  const text = format.begin(12).general(lua.checkNumber(number_, 2, "format", 173), 0, 14).done();
  if (lua.equals(lua.tonumber(lua.string(text)), number_)) {
    return text;
  }
  return format.begin(12).general(lua.checkNumber(number_, 2, "encode_number", callerLine), 0, 17).done();
}

// Names in order: the same value always gives the same text.
function json_encode(value: Value, callerLine: i32): Str {
  lua.enter(182);
  if (lua.equals(value, lua.table(json_null))) {
    return lua.leaving(NULL);
  } else if (lua.type(value) == STRING) {
    return lua.leaving(encode_string(value));
  } else if (lua.type(value) == NUMBER) {
    return lua.leaving(encode_number(value, callerLine));
  } else if (!(lua.type(value) == TABLE)) {
    return lua.leaving(lua.tostring(value, callerLine));
  }
  const parts = Table.create(0, 0);
  if (lua.equals(lua.getmetatable(value), lua.table(Array_))) {
    for (const item = lua.ipairs(value, 193); item.next(); ) {
      const i = item.key;
      const item_2 = item.value;
      parts.set(i, lua.string(json_encode(item_2, 194)), 194);
    }
    return lua.leaving(lua.concat3(OPEN_BRACKET, table.concat(parts, COMMA, 1, lua.ABSENT, 196), CLOSE_BRACKET));
  }
  for (const entry = lua.pairs(value, 198); entry.next(); ) {
    const name = entry.key;
    parts.setNumber(parts.length + 1, name, 199);
  }
  table.sort(parts, lua.nil, 201);
  for (const item_3 = lua.ipairs(lua.table(parts), 202); item_3.next(); ) {
    const i: f64 = item_3.index;
    const name = item_3.value;
    parts.setNumber(
      i,
      lua.string(
        lua.concat3(encode_string(name), COLON, json_encode(lua.index(value, name, 203, "local 'value'"), 203))
      ),
      203
    );
  }
  return lua.leaving(lua.concat3(OPEN_BRACE, table.concat(parts, COMMA, 1, lua.ABSENT, 205), CLOSE_BRACE));
}

// Masks secrets however deep they are.
function mask(value: Value): void {
  lua.enter(214);
  if (!(lua.type(value) == TABLE)) {
    lua.leave();
    return;
  }
  for (const entry = lua.pairs(value, 217); entry.next(); ) {
    const name = entry.key;
    const item = entry.value;
    if (lua.truthy(SECRETS.get(name))) {
      lua.setIndex(value, name, lua.string(STARS), 219, "local 'value'");
    } else {
      mask(item);
    }
  }
  lua.leave();
}

// " New Customer " → "new-customer"
function normal_tag(tag: Value): Str {
  const trimmed = pattern.matchValues<SpaceMatch>(lua.tostring(tag, 228));
  return pattern.replaceText<SpaceMatch2>(string.lower(lua.checkString(trimmed, 1, "lower", 229)), DASH);
}

function reject(handle: Handle, reason: Value): void {
  handle.logInfo(lua.concat2(JSON_BODY, lua.concatOperand(reason, 233, "local 'reason'")), 233);
  handle.respond(
    Table.create(0, 1).field(STATUS, lua.string(STATUS_400)),
    lua.concat2(lua.concatOperand(reason, 234, "local 'reason'"), NEWLINE),
    234
  );
}

export function envoy_on_request(handle: Handle): void {
  const content_type = handle.headers(238).get(CONTENT_TYPE, 238) || EMPTY;
  if (!startsWithApplicationJson(string.lower(content_type))) {
    return;
  }
  const request_id: Str | null = handle.headers(242).get(X_REQUEST_ID, 242);

  // Waits for the whole body; what `headers()` gave before is not valid afterwards.
  const body: Buffer | null = handle.body(245);
  if (body == null || body!.length(246) == 0) {
    return;
  }
  const ok: Value = lua.boolean(lua.pcall(json_decode, 1, lua.string(body!.getBytes(0, body!.length(249), 249))));
  const event = lua.result(2);
  if (!lua.truthy(ok)) {
    reject(handle, event);
    return;
  }
  if (
    !(lua.type(event) == TABLE) ||
    lua.equals(event, lua.table(json_null)) ||
    lua.equals(lua.getmetatable(event), lua.table(Array_))
  ) {
    reject(handle, lua.string(EXPECTED_A_JSON_OBJECT));
    return;
  }

  mask(event);
  lua.setIndexString(event, REQUEST_ID, lua.optional(request_id), 260, "local 'event'");
  if (lua.type(lua.indexString(event, TAGS, 261, "local 'event'")) == TABLE) {
    for (const item = lua.ipairs(lua.indexString(event, TAGS, 262, "local 'event'"), 262); item.next(); ) {
      const i = item.key;
      const tag = item.value;
      lua.setIndex(
        lua.indexString(event, TAGS, 263, "local 'event'"),
        i,
        lua.string(normal_tag(tag)),
        263,
        "field 'tags'"
      );
    }
  }
  const length: f64 = body!.setBytes(json_encode(event, 266), 266);
  handle.headers(267).replace(X_EVENT_BYTES, length, 267);
}

// @ts-ignore: decorator
@unmanaged
class Headers_next_captures extends Closure {
  entries: HeadersPairs | null;
}

function Headers_next(self: Closure, count: i32, a: Value, b: Value, c: Value): Value {
  const captured = changetype<Headers_next_captures>(self);
  const entries = captured.entries;
  if (!entries) return lua.raiseDead(lua.callLine);
  if (entries.next(lua.callLine)) return lua.return2(lua.boxed(entries.key), lua.boxed(entries.value));
  captured.entries = null;
  return lua.return0();
}

function Headers___pairs(self: Closure, count: i32, object: Value, a: Value, b: Value): Value {
  const iterator = lua.closure<Headers_next_captures>(Headers_next.index);
  iterator.entries = lua.toObject<Headers>(object).pairs(lua.callLine);
  return lua.return1(lua.fn(iterator));
}

const Headers___pairs_at: usize = memory.data(8, 8);

/** The script's top level, run when the filter is configured. */
export function main(): void {
  // Stands for null in decoded values: nil would make the field disappear.
  json_null = Table.create(0, 0);
  UNESCAPED = Table.create(0, 8)
    .field(QUOTE, lua.string(QUOTE))
    .field(BACKSLASH, lua.string(BACKSLASH))
    .field(SLASH, lua.string(SLASH))
    .field(B, lua.string(BACKSPACE))
    .field(F, lua.string(FORM_FEED))
    .field(N, lua.string(NEWLINE))
    .field(R, lua.string(CARRIAGE_RETURN))
    .field(T, lua.string(TAB));
  LITERALS = Table.create(0, 3)
    .field(TRUE, lua.boolean(true))
    .field(FALSE, lua.boolean(false))
    .field(NULL, lua.table(json_null));
  // Metatable of decoded arrays, so that an empty one is not written back as an object.
  Array_ = Table.create(0, 0);
  // Raises a string that says what is wrong, and where.
  json_decode = lua.fn(Closure.create(json_decode_2.index));
  // What the service should get ------------------------------------------
  SECRETS = Table.create(0, 3)
    .field(PASSWORD, lua.boolean(true))
    .field(CARD_NUMBER, lua.boolean(true))
    .field(CVV, lua.boolean(true));
}

function object_methods(kind: u32, name: Str): Value {
  if (kind == 2 || kind == 3) {
    if (name == PAIRS) return lua.builtin(Headers___pairs_at, Headers___pairs.index);
  }
  return lua.nil;
}

export function installMethods(): void {
  lua.setUserdataMethods(object_methods.index);
}

/** What outlives a request. */
export function visit(state: State): void {
  json_null = state.table(json_null);
  UNESCAPED = state.table(UNESCAPED);
  LITERALS = state.table(LITERALS);
  Array_ = state.table(Array_);
  json_decode = state.value(json_decode);
  SECRETS = state.table(SECRETS);
}
