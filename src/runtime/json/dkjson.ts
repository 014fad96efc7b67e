// `require "dkjson"`: David Kolf's module, version 2.8 (2.5 and 2.6 give the same but for a failing or false value under `keyorder`),
// as it is without LPeg. Its own errors begin with the place in that file.
import { Builder } from "../builder";
import { builtin, Closure } from "../closure";
import { decimal, latin1, message, throwError } from "../error";
import { arenaKeep } from "../memory/arena";
import { numberToString } from "../number";
import { keepAlways } from "../state";
import { concat3, concat4, Str } from "../str";
import { Table } from "../table";
import { isNumber, isString, nil, stringValue, table, toNumber, toStr, typeName, Value } from "../value";
import { return1 } from "../values";
import { addEscape } from "./writer";

/** Never returns. `at`: the line of dkjson.lua. */
export function raiseAt(at: i32, text: Str): void {
  throwError(stringValue(concat4(latin1("./dkjson.lua:"), decimal(at), latin1(": "), text)));
}

/** Never returns: `attempt to index local 'state' (a nil value)`. */
export function raiseOperandAt(at: i32, attempt: string, v: Value): void {
  raiseAt(at, message(attempt, typeName(v), " value)"));
}

// ---------------------------------------------------------------------------------------------------- null

export const TO_JSON = Str.of("__tojson");
const NULL_WORD = Str.of("null");
const nullToJsonAt: usize = memory.data(8, 8);
/** The `__tojson` of `null`. */
export const NULL_TO_JSON: Value = builtin(nullToJsonAt, nullToJson.index);

function nullToJson(_self: Closure, _count: i32, _a: Value, _b: Value, _c: Value): Value {
  return return1(stringValue(NULL_WORD));
}

/** `dkjson.null`: a table of its own, which every request finds as it was. */
export const NULL: Value = table(makeNull());

function makeNull(): Table {
  const t = Table.create(0, 0), metatable = Table.create(0, 1);
  metatable.setString(TO_JSON, NULL_TO_JSON);
  t.metatable = metatable;
  if (STATEFUL) keepAlways(table(t));
  else arenaKeep();
  return t;
}

// ---------------------------------------------------------------------------------------------------- strings

/** `dkjson.quotestring(value)` */
export function quotestring(v: Value = nil): Str {
  if (!isString(v) && !isNumber(v)) {
    raiseAt(143, message("bad argument #1 to 'strfind' (string expected, got ", typeName(v), ")"));
  }
  return quoted(isString(v) ? toStr(v) : numberToString(toNumber(v)));
}

function quoted(s: Str): Str {
  const builder = Builder.create(s.byteLength + 2);
  addQuoted(builder, s);
  return builder.finish();
}

/** `dkjson.encodeexception(reason, value, state, defaultmessage)` */
export function encodeexception(_reason: Value = nil, _value: Value = nil, _state: Value = nil, text: Value = nil): Str {
  if (!isString(text) && !isNumber(text)) raiseOperandAt(260, "attempt to concatenate local 'defaultmessage' (a ", text);
  return quoted(concat3(latin1("<"), isString(text) ? toStr(text) : numberToString(toNumber(text)), latin1(">")));
}

/** `"…"`, with escapes for what JavaScript takes for a line end or what is not seen. */
export function addQuoted(builder: Builder, s: Str): void {
  const end = s.bytes + s.byteLength;
  builder.addByte(34);
  for (let at = s.bytes; at < end; ) {
    const from = at;
    let length: usize = 0;
    while (at < end && !(length = escapedBytes(at, end))) at++;
    if (at > from) builder.addBytes(from, at - from);
    if (length == 1) addEscape(builder, load<u8>(at));
    else if (length) addUnicode(builder, codeAt(at, length));
    at += length;
  }
  builder.addByte(34);
}

/** How many bytes at `at` are written as one escape, 0 for none. */
function escapedBytes(at: usize, end: usize): usize {
  const c = <u32>load<u8>(at);
  if (c < 0xc2) return usize(c < 32 || c == 34 || c == 92 || c == 127);
  const b: u32 = at + 1 < end ? load<u8>(at + 1) : 0, third: u32 = at + 2 < end ? load<u8>(at + 2) : 0;
  switch (c) {
    case 0xc2: return b - 0x80 < 0x20 || b == 0xad ? 2 : 0;
    case 0xd8: return b - 0x80 < 5 ? 2 : 0;
    case 0xdc: return b == 0x8f ? 2 : 0;
    case 0xe1: return b == 0x9e && third - 0xb4 < 2 ? 3 : 0;
    case 0xe2: return (b == 0x80 && (third - 0x8c < 4 || third - 0xa8 < 8)) || (b == 0x81 && third - 0xa0 < 16) ? 3 : 0;
    case 0xef: return (b == 0xbb && third == 0xbf) || (b == 0xbf && third - 0xb0 < 16) ? 3 : 0;
    default: return 0;
  }
}

function codeAt(at: usize, length: usize): u32 {
  const c = <u32>load<u8>(at), b = <u32>load<u8>(at + 1) & 63;
  return length == 2 ? ((c & 31) << 6) | b : ((c & 15) << 12) | (b << 6) | (<u32>load<u8>(at + 2) & 63);
}

function addUnicode(builder: Builder, code: u32): void {
  const p = builder.reserve(6);
  store<u16>(p, 0x755c); // \u
  for (let i: u32 = 0; i < 4; i++) {
    const digit = (code >> ((3 - i) << 2)) & 15;
    store<u8>(p + 2 + i, digit + (digit < 10 ? 48 : 87));
  }
  builder.end += 6;
}
