// lua-cjson's own parser, token by token: for what `parser.ts` gives up on, that is for errors, deep nesting and what is not JSON
// but accepted. A NUL ends the text, as in C.
import { Builder } from "../builder";
import { enter, leave } from "../depth";
import { concat2, concat4, Str } from "../str";
import { decimal, latin1, raise } from "../error";
import { parseNumberAt } from "../number";
import { Table } from "../table";
import { False, number, stringValue, table, toStr, True, Value } from "../value";
import { numberEnd } from "./cjson-number";
import { unescaped, writeUnicode, writtenBytes } from "./parser";

const OBJECT_BEGIN: u32 = 0, OBJECT_END: u32 = 1, ARRAY_BEGIN: u32 = 2, ARRAY_END: u32 = 3, STRING: u32 = 4, NUMBER: u32 = 5, INTEGER: u32 = 6,
  BOOLEAN: u32 = 7, NULL: u32 = 8, COLON: u32 = 9, COMMA: u32 = 10, END: u32 = 11, ERROR: u32 = 12;

let start: usize = 0;
let at: usize = 0;
let end: usize = 0;
let nesting: i32 = 0;
let maxNesting: i32 = 0;
let nullValue: Value = 0;
let invalidNumbers: bool = true;
let line: i32 = 0;

/** The latest token: kind, where it starts (or its error is), and its value. */
let token: u32 = 0;
let tokenAt: usize = 0;
let tokenValue: Value = 0;
let tokenError: string = "";

/** `allowInvalid`: hexadecimal, `inf`, `nan`, leading zeros are numbers. */
export function decodeSlowly(text: Str, nullAs: Value, maxDepth: i32, allowInvalid: bool, callLine: i32): Value {
  start = text.bytes;
  at = start;
  end = start + text.byteLength;
  nesting = 0;
  maxNesting = maxDepth;
  nullValue = nullAs;
  invalidNumbers = allowInvalid;
  line = callLine;
  if (text.byteLength >= 2 && (!text.at(0) || !text.at(1))) raise(latin1("JSON parser does not support UTF-16 or UTF-32"), line);
  nextToken();
  const value = parseValue();
  nextToken();
  if (token != END) raiseExpected("the end");
  return value;
}

// @ts-ignore: decorator
@inline function peek(ahead: usize): u32 {
  return at + ahead < end ? <u32>load<u8>(at + ahead) : 0;
}

function raiseExpected(what: string): void {
  const found = latin1(token == ERROR ? tokenError : tokenName());
  const text = concat4(latin1("Expected "), latin1(what), latin1(" but found "), found);
  raise(concat4(text, latin1(" at character "), decimal(<i32>(tokenAt - start) + 1), latin1("")), line);
}

function tokenName(): string {
  switch (token) {
    case OBJECT_BEGIN: return "T_OBJ_BEGIN";
    case OBJECT_END: return "T_OBJ_END";
    case ARRAY_BEGIN: return "T_ARR_BEGIN";
    case ARRAY_END: return "T_ARR_END";
    case STRING: return "T_STRING";
    case NUMBER: return "T_NUMBER";
    case INTEGER: return "T_INTEGER";
    case BOOLEAN: return "T_BOOLEAN";
    case NULL: return "T_NULL";
    case COLON: return "T_COLON";
    case COMMA: return "T_COMMA";
    default: return "T_END";
  }
}

function setError(text: string): void {
  token = ERROR;
  tokenAt = at;
  tokenError = text;
}

function setValue(kind: u32, value: Value, length: usize): void {
  token = kind;
  tokenValue = value;
  at += length;
}

function nextToken(): void {
  while (at < end && (peek(0) == 32 || peek(0) == 9 || peek(0) == 10 || peek(0) == 13)) at++;
  tokenAt = at;
  const c = peek(0);
  switch (c) {
    case 0: token = END; return;
    case 123: setValue(OBJECT_BEGIN, 0, 1); return;
    case 125: setValue(OBJECT_END, 0, 1); return;
    case 91: setValue(ARRAY_BEGIN, 0, 1); return;
    case 93: setValue(ARRAY_END, 0, 1); return;
    case 58: setValue(COLON, 0, 1); return;
    case 44: setValue(COMMA, 0, 1); return;
    case 34: readString(); return;
  }
  if (c == 45 || c - 48 < 10) {
    if (!invalidNumbers && isInvalidNumber()) setError("invalid number");
    else readNumber();
  } else if (startsWith("true")) setValue(BOOLEAN, True, 4);
  else if (startsWith("false")) setValue(BOOLEAN, False, 5);
  else if (startsWith("null")) setValue(NULL, nullValue, 4);
  else if (invalidNumbers && (c == 43 || (c | 32) == 105 || (c | 32) == 110) && isInvalidNumber()) readNumber();
  else setError("invalid token");
}

function startsWith(word: string): bool {
  for (let i = 0; i < word.length; i++) if (peek(i) != word.charCodeAt(i)) return false;
  return true;
}

/** What C's functions take, but JSON does not have: `+1`, `0x10`, `01`, `inf`, `nan`. */
function isInvalidNumber(): bool {
  if (peek(0) == 43) return true;
  const sign: usize = peek(0) == 45 ? 1 : 0, c = peek(sign);
  if (c == 48) return (peek(sign + 1) | 32) == 120 || peek(sign + 1) - 48 < 10;
  if (c <= 57) return false;
  const three = (c | 32) | ((peek(sign + 1) | 32) << 8) | ((peek(sign + 2) | 32) << 16);
  return three == 0x666e69 || three == 0x6e616e;
}

/** An integer of 64 bits if it is one to C's `strtoll`, otherwise what `strtod` reads. */
function readNumber(): void {
  let p = at;
  const sign = peek(0);
  if (sign == 43 || sign == 45) p++;
  const digits = p;
  let integer: u64 = 0, overflow = false;
  for (let c: u32 = 0; p < end && (c = <u32>load<u8>(p) - 48) < 10; p++) {
    if (integer > 922337203685477580 || (integer == 922337203685477580 && c > 7 + u32(sign == 45))) overflow = true;
    integer = integer * 10 + c;
  }
  const next: u32 = p < end ? load<u8>(p) : 0;
  if (p == digits || next == 46 || next == 101 || next == 69 || next == 120) {
    const after = numberEnd(at, end);
    if (after == at) {
      setError("invalid number");
      return;
    }
    setValue(NUMBER, number(numberOf(at, after)), after - at);
    return;
  }
  const magnitude = overflow ? 9223372036854775808.0 : <f64>integer;
  setValue(INTEGER, number(sign == 45 ? 0 - magnitude : magnitude), p - at);
}

/** As `strtod`: what LuaJIT does not read is `nan(…)` and an exponent beyond all bounds. */
function numberOf(from: usize, to: usize): f64 {
  const sign = load<u8>(from) == 45 ? -1.0 : 1.0, letter = <u32>load<u8>(from + usize(load<u8>(from) == 45 || load<u8>(from) == 43)) | 32;
  if (letter == 110) return NaN;
  if (letter == 105) return sign * Infinity;
  const n = parseNumberAt(from, to);
  return n == n ? n : sign * (isHugeExponent(from, to) ? Infinity : 0);
}

function isHugeExponent(from: usize, to: usize): bool {
  for (let p = from + 1; p < to; p++) if (load<u8>(p) == 45) return false;
  return true;
}

function readString(): void {
  const builder = Builder.create(end - at);
  at++;
  for (;;) {
    const c = peek(0);
    if (c == 34) break;
    if (!c) {
      setError("unexpected end of string");
      return;
    }
    if (c != 92) {
      builder.addByte(c);
      at++;
      continue;
    }
    if (peek(1) == 117) {
      const after = writeUnicode(builder.reserve(4), at + 2, end);
      if (!after) {
        setError("invalid unicode escape code");
        return;
      }
      builder.end += writtenBytes;
      at = after;
      continue;
    }
    const plain = unescaped(peek(1));
    if (!plain) {
      setError("invalid escape code");
      return;
    }
    builder.addByte(plain);
    at += 2;
  }
  setValue(STRING, stringValue(builder.finish()), 1);
}

function descend(): void {
  if (++nesting > maxNesting) {
    const text = concat2(latin1("Found too many nested data structures ("), decimal(nesting));
    raise(concat4(text, latin1(") at character "), decimal(<i32>(at - start)), latin1("")), line);
  }
  enter(line, FRAMES);
}

function ascend(): void {
  nesting--;
  leave(FRAMES);
}

/** Stack that one level of nesting takes, in bytes. */
const FRAMES: i32 = 200;

/** The value that starts with the current token. */
function parseValue(): Value {
  switch (token) {
    case STRING: case NUMBER: case INTEGER: case BOOLEAN: case NULL:
      return tokenValue;
    case OBJECT_BEGIN:
      return parseObject();
    case ARRAY_BEGIN:
      return parseArray();
    default:
      raiseExpected("value");
      return 0;
  }
}

function parseObject(): Value {
  descend();
  const t = Table.create(0, 0);
  nextToken();
  if (token != OBJECT_END) {
    for (;;) {
      if (token != STRING) raiseExpected("object key string");
      const key = toStr(tokenValue);
      nextToken();
      if (token != COLON) raiseExpected("colon");
      nextToken();
      t.setString(key, parseValue());
      nextToken();
      if (token == OBJECT_END) break;
      if (token != COMMA) raiseExpected("comma or object end");
      nextToken();
    }
  }
  ascend();
  return table(t);
}

function parseArray(): Value {
  descend();
  const t = Table.create(0, 0);
  nextToken();
  if (token != ARRAY_END) {
    for (let i: f64 = 1; ; i++) {
      t.setNumber(i, parseValue());
      nextToken();
      if (token == ARRAY_END) break;
      if (token != COMMA) raiseExpected("comma or array end");
      nextToken();
    }
  }
  ascend();
  return table(t);
}
