// `require "json"`: rxi's json.lua 0.1.2, its leniencies and its error texts, which begin with the place in that file.
import { alloc } from "../memory/arena";
import { Builder } from "../builder";
import { enter, leave } from "../depth";
import { decimal, latin1, message, throwError } from "../error";
import { numberParsed, numberToString, parseNumberAt, writeNumber } from "../number";
import { concat2, concat4, Str } from "../str";
import { Table } from "../table";
import { False, isBoolean, isNumber, isString, isTable, nil, number, stringValue, table, toBoolean, toNumber, toStr, toTable, True, typeName, Value } from "../value";
import { GAVE_UP, hexadecimal4, parse, unescaped, writeUtf8 } from "./parser";
import { addBoolean, addNull, addQuoted } from "./writer";

/** Never returns. `at`: the line of json.lua. */
function raiseAt(at: i32, text: Str): void {
  throwError(stringValue(concat4(latin1("./json.lua:"), decimal(at), latin1(": "), text)));
}

// ---------------------------------------------------------------------------------------------------- encoding

/** Stack that one level of nesting takes, in bytes. */
const FRAMES: i32 = 300;

export function encode(v: Value, line: i32): Str {
  const builder = Builder.create(128);
  addValue(builder, v, null, line);
  return builder.finish();
}

/** The tables that are being written, the innermost first. */
// @ts-ignore: decorator
@unmanaged
class Written {
  table: Table;
  outer: Written | null;

  static inside(outer: Written | null, table: Table): Written {
    const self = changetype<Written>(alloc(offsetof<Written>()));
    self.table = table;
    self.outer = outer;
    return self;
  }

  static has(list: Written | null, table: Table): bool {
    for (let each = list; changetype<usize>(each); each = changetype<Written>(each).outer) {
      if (changetype<usize>(changetype<Written>(each).table) == changetype<usize>(table)) return true;
    }
    return false;
  }
}

function addValue(builder: Builder, v: Value, around: Written | null, line: i32): void {
  if (isString(v)) addQuoted(builder, toStr(v), 0);
  else if (isNumber(v)) addNumber(builder, toNumber(v));
  else if (isTable(v)) {
    enter(line, FRAMES);
    addTable(builder, toTable(v), around, line);
    leave(FRAMES);
  } else if (v == nil) addNull(builder);
  else if (isBoolean(v)) addBoolean(builder, toBoolean(v));
  else raiseAt(130, message("unexpected type '", typeName(v), "'"));
}

function addNumber(builder: Builder, n: f64): void {
  if (n - n != 0) raiseAt(109, message("unexpected number value '", numberToString(n), "'"));
  builder.end = writeNumber(builder.reserve(24), n);
}

function addTable(builder: Builder, t: Table, around: Written | null, line: i32): void {
  if (Written.has(around, t)) raiseAt(64, latin1("circular reference"));
  const inside = Written.inside(around, t);
  if (t.at(1) != nil || !t.seek(1)) addArray(builder, t, inside, line);
  else addObject(builder, t, inside, line);
}

function addArray(builder: Builder, t: Table, inside: Written, line: i32): void {
  let count: f64 = 0;
  for (let place = t.seek(1); place; place = t.seek(place + 1)) {
    if (!isNumber(t.keyAt(place))) raiseAt(73, latin1("invalid table: mixed or invalid key types"));
    count++;
  }
  if (count != t.length) raiseAt(78, latin1("invalid table: sparse array"));
  builder.addByte(91);
  for (let i: u32 = 1; <f64>i <= count; i++) {
    if (i > 1) builder.addByte(44);
    addValue(builder, t.at(i), inside, line);
  }
  builder.addByte(93);
}

function addObject(builder: Builder, t: Table, inside: Written, line: i32): void {
  let first = true;
  builder.addByte(123);
  for (let place = t.seek(1); place; place = t.seek(place + 1)) {
    const key = t.keyAt(place);
    if (!isString(key)) raiseAt(91, latin1("invalid table: mixed or invalid key types"));
    if (!first) builder.addByte(44);
    first = false;
    addQuoted(builder, toStr(key), 0);
    builder.addByte(58);
    addValue(builder, t.valueAt(place), inside, line);
  }
  builder.addByte(125);
}

// ---------------------------------------------------------------------------------------------------- decoding

export function decode(text: Value, line: i32): Value {
  if (!isString(text)) raiseAt(377, concat2(latin1("expected argument of type string, got "), typeName(text)));
  const value = parse(toStr(text), nil, false);
  return value != GAVE_UP ? value : decodeSlowly(toStr(text), line);
}

/** The parser of json.lua, for what the fast one gives up on. */
let start: usize = 0;
let at: usize = 0;
let end: usize = 0;
let line: i32 = 0;

function decodeSlowly(text: Str, callLine: i32): Value {
  start = text.bytes;
  at = start;
  end = start + text.byteLength;
  line = callLine;
  skipSpace();
  const value = parseValue();
  skipSpace();
  if (at < end) raiseDecode(at, latin1("trailing garbage"));
  return value;
}

function raiseDecode(where: usize, text: Str): void {
  let lines = 1, columns = 1;
  for (let p = start; p < where; p++) {
    columns++;
    if (p < end && load<u8>(p) == 10) {
      lines++;
      columns = 1;
    }
  }
  raiseAt(185, concat4(text, latin1(" at line "), decimal(lines), concat2(latin1(" col "), decimal(columns))));
}

// @ts-ignore: decorator
@inline function isSpace(c: u32): bool {
  return c == 32 || c == 9 || c == 13 || c == 10;
}

function skipSpace(): void {
  while (at < end && isSpace(load<u8>(at))) at++;
}

// @ts-ignore: decorator
@inline function peek(): i32 {
  return at < end ? <i32>load<u8>(at) : -1;
}

/** Up to the next space, `]`, `}` or `,`. */
function takeWord(): Str {
  const from = at;
  while (at < end && !isSpace(load<u8>(at)) && load<u8>(at) != 93 && load<u8>(at) != 125 && load<u8>(at) != 44) at++;
  return Str.copyOf(from, at - from);
}

function parseValue(): Value {
  const c = peek();
  switch (c) {
    case 34: return stringValue(parseString());
    case 91: return parseArray();
    case 123: return parseObject();
    case 116: case 102: case 110: return parseLiteral();
  }
  if (c == 45 || <u32>(c - 48) < 10) return parseNumber();
  raiseDecode(at, message("unexpected character '", Str.copyOf(at, c < 0 ? 0 : 1), "'"));
  return nil;
}

const TRUE = Str.of("true"), FALSE = Str.of("false"), NULL = Str.of("null");

function parseLiteral(): Value {
  const from = at, word = takeWord();
  if (word == TRUE) return True;
  if (word == FALSE) return False;
  if (word != NULL) raiseDecode(from, message("invalid literal '", word, "'"));
  return nil;
}

function parseNumber(): Value {
  const from = at, word = takeWord(), n = parseNumberAt(from, at);
  if (!numberParsed) raiseDecode(from, message("invalid number '", word, "'"));
  return number(n);
}

function parseString(): Str {
  const from = at, builder = Builder.create(end - at);
  for (at++; at < end; at++) {
    const c = <u32>load<u8>(at);
    if (c < 32) raiseDecode(at, latin1("control character in string"));
    if (c == 34) {
      at++;
      return builder.finish();
    }
    if (c == 92) parseEscape(builder);
    else builder.addByte(c);
  }
  raiseDecode(from, latin1("expected closing quote for string"));
  return builder.finish();
}

/** Ends at its last character. */
function parseEscape(builder: Builder): void {
  const backslash = at++, letter = peek();
  if (letter == 117) {
    const code = hexadecimal4(at + 1, end);
    if (code < 0) raiseDecode(backslash, latin1("invalid unicode escape in string"));
    at += 4;
    addCode(builder, code);
    return;
  }
  const plain = letter < 0 ? 0 : unescaped(letter);
  if (!plain) raiseDecode(backslash, message("invalid escape char '", Str.copyOf(at, letter < 0 ? 0 : 1), "' in string"));
  builder.addByte(plain);
}

/** A code, as a pair with the escape that follows if it is the first half of one, whatever the other is. */
function addCode(builder: Builder, code: i32): void {
  if ((code & 0xfc00) == 0xd800 && end - at > 6 && load<u16>(at + 1) == 0x755c) {
    const second = hexadecimal4(at + 3, end);
    if (second >= 0) {
      code = (code - 0xd800) * 0x400 + (second - 0xdc00) + 0x10000;
      at += 6;
    }
  }
  if (code > 0x10ffff) raiseAt(202, message("invalid unicode codepoint '", hexadecimal(code), "'"));
  builder.end += writeUtf8(builder.reserve(4), code);
}

function hexadecimal(n: u32): Str {
  const s = Str.alloc((32 - clz(n) + 3) >> 2);
  for (let p = s.bytes + s.byteLength; p > s.bytes; n >>= 4) store<u8>(--p, (n & 15) + ((n & 15) < 10 ? 48 : 87));
  return s;
}

function parseArray(): Value {
  enter(line, FRAMES);
  const t = Table.create(0, 0);
  at++;
  for (let i: f64 = 1; ; i++) {
    skipSpace();
    if (peek() == 93) {
      at++;
      break;
    }
    t.setNumber(i, parseValue());
    skipSpace();
    const c = peek();
    at++;
    if (c == 93) break;
    if (c != 44) raiseDecode(at, latin1("expected ']' or ','"));
  }
  leave(FRAMES);
  return table(t);
}

function parseObject(): Value {
  enter(line, FRAMES);
  const t = Table.create(0, 0);
  at++;
  for (;;) {
    skipSpace();
    if (peek() == 125) {
      at++;
      break;
    }
    if (peek() != 34) raiseDecode(at, latin1("expected string for key"));
    const key = parseString();
    skipSpace();
    if (peek() != 58) raiseDecode(at, latin1("expected ':' after key"));
    at++;
    skipSpace();
    t.setString(key, parseValue());
    skipSpace();
    const c = peek();
    at++;
    if (c == 125) break;
    if (c != 44) raiseDecode(at, latin1("expected '}' or ','"));
  }
  leave(FRAMES);
  return table(t);
}
