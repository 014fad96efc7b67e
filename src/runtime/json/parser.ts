// The parser that the JSON libraries share. It takes what all of them agree on: correct JSON, nested not too deeply. For
// anything else it gives up, and the library's own parser starts again from the beginning to find out what it makes of it.
import { alloc } from "../memory/arena";
import { copy, equal } from "../memory/copy";
import { allocObject, STRING } from "../memory/heap";
import { decimalToDouble, parseNumberAt } from "../number";
import { hashBytes, Str } from "../str";
import { Table } from "../table";
import { absent, False, nil, number, stringValue, table, True, Value } from "../value";

/** What `parse` returns when it gives up. */
export const GAVE_UP: Value = absent;

/** Deeper structures are left to the libraries, which count depth as they like. */
const MAX_NESTING: i32 = 100;

/** What is read next, and where the text ends. */
let at: usize = 0;
let end: usize = 0;
/** What stands for `null`. */
let nullValue: Value = 0;
/** Whether an integer is one of 64 bits (no -0, no more than 18 digits here). */
let longIntegers: bool = false;

/** How many keys the object before had: those of a list are alike. */
let likelyKeys: u32 = 0;

/** Keys of this text: objects in a list have the same ones. */
const KEYS: usize = memory.data(64 * 4, 4);

export function parse(text: Str, nullAs: Value, integersAreLong: bool): Value {
  at = text.bytes;
  end = at + text.byteLength;
  nullValue = nullAs;
  longIntegers = integersAreLong;
  likelyKeys = 4;
  memory.fill(KEYS, 0, 64 * 4);
  const value = parseValue(MAX_NESTING);
  skipSpace();
  return at == end ? value : GAVE_UP;
}

// @ts-ignore: decorator
@inline function skipSpace(): void {
  while (at < end) {
    const c = load<u8>(at);
    if (c > 32 || (c != 32 && c != 10 && c != 13 && c != 9)) return;
    at++;
  }
}

// @ts-ignore: decorator
@inline function peek(): u32 {
  return at < end ? <u32>load<u8>(at) : 0;
}

function parseValue(nesting: i32): Value {
  skipSpace();
  const c = peek();
  switch (c) {
    case 34: { // "
      at++;
      const s = parseString(false);
      return changetype<usize>(s) ? stringValue(changetype<Str>(s)) : GAVE_UP;
    }
    case 123: // {
      return nesting ? parseObject(nesting - 1) : GAVE_UP;
    case 91: // [
      return nesting ? parseArray(nesting - 1) : GAVE_UP;
    case 116: // true
      return word(0x65757274, 4) ? True : GAVE_UP;
    case 102: // false
      return word(0x736c6166, 5) && load<u8>(at - 1) == 101 ? False : GAVE_UP;
    case 110: // null
      return word(0x6c6c756e, 4) ? nullValue : GAVE_UP;
    default:
      return parseNumber();
  }
}

/** Takes a word of which the first four letters are given. */
// @ts-ignore: decorator
@inline function word(letters: u32, length: usize): bool {
  if (end - at < length || load<u32>(at) != letters) return false;
  at += length;
  return true;
}

function parseObject(nesting: i32): Value {
  at++;
  skipSpace();
  if (peek() == 125) { // }
    at++;
    return table(Table.create(0, 0));
  }
  const t = Table.create(0, likelyKeys);
  for (;;) {
    skipSpace();
    if (peek() != 34) return GAVE_UP;
    at++;
    const key = parseString(true);
    if (!changetype<usize>(key)) return GAVE_UP;
    skipSpace();
    if (peek() != 58) return GAVE_UP; // :
    at++;
    const value = parseValue(nesting);
    if (value == GAVE_UP) return GAVE_UP;
    t.setString(changetype<Str>(key), value);
    skipSpace();
    const c = peek();
    at++;
    if (c == 125) {
      likelyKeys = min(t.used, 32);
      return table(t);
    }
    if (c != 44) return GAVE_UP; // ,
  }
  return unreachable();
}

function parseArray(nesting: i32): Value {
  at++;
  skipSpace();
  if (peek() == 93) { // ]
    at++;
    return table(Table.create(0, 0));
  }
  const t = Table.create(4, 0);
  for (let i: f64 = 1; ; i++) {
    const value = parseValue(nesting);
    if (value == GAVE_UP) return GAVE_UP;
    if (value != nil && <f64>t.count == i - 1) t.append(value);
    else t.setNumber(i, value);
    skipSpace();
    const c = peek();
    at++;
    if (c == 93) return table(t);
    if (c != 44) return GAVE_UP;
  }
  return unreachable();
}

/** After the opening quote; null to give up. */
function parseString(isKey: bool): Str | null {
  const from = at;
  let p = at;
  for (;;) { // to the next quote, backslash or control character
    if (p >= end) return null;
    const w = load<u64>(p), quote = w ^ 0x2222222222222222, backslash = w ^ 0x5c5c5c5c5c5c5c5c;
    const found = (((quote - 0x0101010101010101) & ~quote) | ((backslash - 0x0101010101010101) & ~backslash) |
      ((w - 0x2020202020202020) & ~w)) & 0x8080808080808080;
    if (found) {
      p += <usize>(ctz(found) >> 3);
      break;
    }
    p += 8;
  }
  if (p >= end) return null;
  const c = load<u8>(p);
  if (c == 34) {
    at = p + 1;
    return isKey ? keyOf(from, p - from) : newString(from, p - from);
  }
  return c == 92 ? parseEscaped(from, p, isKey) : null;
}

/** Where `to` are the bytes of a string in the place where it stays. */
function newString(bytes: usize, length: usize): Str {
  const s = blankString(length);
  copy(s.bytes, bytes, length);
  return s;
}

/** A string that goes into a table: right on the heap, if that is where it would be copied to. */
// @ts-ignore: decorator
@inline function blankString(length: usize): Str {
  const address = STATEFUL ? allocObject(STRING, length + 8) : alloc(length + 8);
  store<u64>(address, <u64>length);
  return changetype<Str>(address);
}

function keyOf(bytes: usize, length: usize): Str {
  const hash = hashBytes(bytes, length), slot = KEYS + (<usize>((hash >> 8) & 63) << 2), known = changetype<Str>(load<usize>(slot));
  if (changetype<usize>(known) && known.hash == hash && known.byteLength == <u32>length && equal(known.bytes, bytes, length)) return known;
  const key = newString(bytes, length);
  key.hash = hash;
  store<usize>(slot, changetype<usize>(key));
  return key;
}

/** A string with escapes: `[from, p)` has none, at p is the first. The result is never longer than the source. */
function parseEscaped(from: usize, p: usize, isKey: bool): Str | null {
  let close = p;
  while (close < end && load<u8>(close) != 34) close += load<u8>(close) == 92 ? 2 : 1;
  if (close >= end) return null;
  const s = blankString(close - from), start = s.bytes;
  copy(start, from, p - from);
  let to = start + (p - from);
  while (p < close) {
    const c = <u32>load<u8>(p++);
    if (c < 32) return null;
    if (c != 92) {
      store<u8>(to++, c);
      continue;
    }
    const letter = <u32>load<u8>(p++);
    if (letter == 117) { // u
      const after = writeUnicode(to, p, close);
      if (!after) return null;
      to += writtenBytes;
      p = after;
      continue;
    }
    const plain = unescaped(letter);
    if (!plain) return null;
    store<u8>(to++, plain);
  }
  at = close + 1;
  s.byteLength = <u32>(to - start);
  return isKey ? keyOf(start, to - start) : s;
}

/** The character that a letter after a backslash stands for, 0 for none. */
export function unescaped(letter: u32): u32 {
  switch (letter) {
    case 34: case 92: case 47: return letter; // " \ /
    case 98: return 8; // b
    case 102: return 12; // f
    case 110: return 10; // n
    case 114: return 13; // r
    case 116: return 9; // t
    default: return 0;
  }
}

/** Bytes that the latest `writeUnicode` wrote. */
export let writtenBytes: usize = 0;

/** The code after `\u` at p, with the second one of a pair, as UTF-8; where it ends, 0 when it is none or half a pair. */
export function writeUnicode(to: usize, p: usize, close: usize): usize {
  let code = hexadecimal4(p, close);
  if (code < 0) return 0;
  p += 4;
  if ((code & 0xf800) == 0xd800) {
    if (code >= 0xdc00 || close - p < 6 || load<u16>(p) != 0x755c) return 0;
    const second = hexadecimal4(p + 2, close);
    if ((second & ~0x3ff) != 0xdc00) return 0;
    code = 0x10000 + ((code & 0x3ff) << 10) + (second & 0x3ff);
    p += 6;
  }
  writtenBytes = writeUtf8(to, code);
  return p;
}

/** Four hexadecimal digits; -1 when they are none. */
export function hexadecimal4(p: usize, close: usize): i32 {
  if (p + 4 > close) return -1;
  let code = 0;
  for (let i = 0; i < 4; i++) {
    const c = <u32>load<u8>(p + i), letter = (c | 32) - 97;
    if (c - 48 < 10) code = (code << 4) + c - 48;
    else if (letter < 6) code = (code << 4) + letter + 10;
    else return -1;
  }
  return code;
}

/** Gives the number of bytes. */
export function writeUtf8(to: usize, code: u32): usize {
  if (code < 0x80) {
    store<u8>(to, code);
    return 1;
  }
  if (code < 0x800) {
    store<u8>(to, 0xc0 | (code >> 6));
    store<u8>(to + 1, 0x80 | (code & 63));
    return 2;
  }
  if (code < 0x10000) {
    store<u8>(to, 0xe0 | (code >> 12));
    store<u8>(to + 1, 0x80 | ((code >> 6) & 63));
    store<u8>(to + 2, 0x80 | (code & 63));
    return 3;
  }
  store<u8>(to, 0xf0 | (code >> 18));
  store<u8>(to + 1, 0x80 | ((code >> 12) & 63));
  store<u8>(to + 2, 0x80 | ((code >> 6) & 63));
  store<u8>(to + 3, 0x80 | (code & 63));
  return 4;
}

function parseNumber(): Value {
  const from = at, negative = peek() == 45;
  let p = at + usize(negative), digits: u64 = 0, c: u32 = 0;
  const first = p;
  while (p < end && (c = <u32>load<u8>(p) - 48) < 10) {
    digits = digits * 10 + c;
    p++;
  }
  let count = <i32>(p - first), exponent = 0;
  if (!count || (count > 1 && load<u8>(first) == 48)) return GAVE_UP;
  const next: u32 = p < end ? load<u8>(p) : 0;
  if (next != 46 && (next | 32) != 101) {
    if (count > 18 || (negative && longIntegers && !digits)) return GAVE_UP;
    at = p;
    return number(negative ? -(<f64>digits) : <f64>digits);
  }
  if (next == 46) {
    const point = ++p;
    while (p < end && (c = <u32>load<u8>(p) - 48) < 10) {
      digits = digits * 10 + c;
      p++;
    }
    exponent = -<i32>(p - point);
    if (!exponent) return GAVE_UP;
    count -= exponent;
  }
  if (p < end && (load<u8>(p) | 32) == 101) {
    const sign: u32 = p + 1 < end ? load<u8>(p + 1) : 0, start = p + 1 + usize(sign == 43 || sign == 45);
    let power = 0;
    p = start;
    while (p < end && (c = <u32>load<u8>(p) - 48) < 10 && power < 100000) {
      power = power * 10 + c;
      p++;
    }
    if (p == start || power >= 100000) return GAVE_UP;
    exponent += sign == 45 ? -power : power;
  }
  at = p;
  if (count > 19) return number(parseNumberAt(from, p));
  const n = decimalToDouble(digits, exponent);
  return number(negative ? -n : n);
}
