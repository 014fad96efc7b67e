// `require "base64"`: Ilya Kolbin's module (lbase64 1.5.3), with its leniencies and its error texts, which begin with the place in
// that file. An encoder maps 0 to 63, and 64 for the padding, to characters; a decoder is the other way round.
import { Builder } from "./builder";
import { decimal, latin1, message, throwError } from "./error";
import { toInt } from "./number";
import { concat2, concat4, EMPTY, Str } from "./str";
import { Table } from "./table";
import { isNumber, isString, isTable, nil, number, stringValue, toNumber, toStr, toTable, typeName, Value } from "./value";

const ALPHABET = Str.of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");

/** Never returns. `at`: the line of base64.lua. */
function raiseAt(at: i32, text: Str): void {
  throwError(stringValue(concat4(latin1("./base64.lua:"), decimal(at), latin1(": "), text)));
}

function raiseOperand(at: i32, before: string, v: Value): void {
  raiseAt(at, concat2(latin1(before), message(" (a ", typeName(v), " value)")));
}

// ---------------------------------------------------------------------------------------------------- alphabets

/** `base64.makeencoder(s62, s63, spad)`: other characters for 62, 63 and the padding. */
export function makeencoder(c62: Value, c63: Value, padding: Value): Table {
  const t = Table.create(64, 1);
  for (let i = 0; i < 65; i++) t.setNumber(i, number(characterOf(i, c62, c63, padding)));
  return t;
}

/** `base64.makedecoder(s62, s63, spad)` */
export function makedecoder(c62: Value, c63: Value, padding: Value): Table {
  const t = Table.create(0, 128);
  for (let i = 0; i < 65; i++) t.setNumber(characterOf(i, c62, c63, padding), number(i));
  return t;
}

function characterOf(i: i32, c62: Value, c63: Value, padding: Value): f64 {
  const given = i == 62 ? c62 : i == 63 ? c63 : i == 64 ? padding : nil;
  if (isString(given) && toStr(given).byteLength) return toStr(given).at(0);
  return ALPHABET.at(i);
}

// ---------------------------------------------------------------------------------------------------- encoding

/** `base64.encode(s, encoder)`; the encoder is nil for the usual one. */
export function encode(v: Value, encoder: Value): Str {
  if (!isString(v)) {
    if (isTable(v) && toTable(v).border() == 0) return EMPTY;
    if (isTable(v)) raiseAt(86, latin1("attempt to call method 'byte' (a nil value)"));
    raiseOperand(82, "attempt to get length of local 'str'", v);
  }
  const s = toStr(v), length = s.byteLength, builder = Builder.create(<usize>(((<u64>length + 2) / 3) * 4));
  const start = builder.reserve(((length + 2) / 3) * 4);
  let to = start, at: u32 = 0;
  for (; at + 3 <= length; at += 3, to += 4) writeGroup(to, (s.at(at) << 16) | (s.at(at + 1) << 8) | s.at(at + 2), 4, encoder);
  if (length - at == 2) writeGroup(to, (s.at(at) << 16) | (s.at(at + 1) << 8), 3, encoder);
  if (length - at == 1) writeGroup(to, s.at(at) << 16, 2, encoder);
  builder.end = start + ((length + 2) / 3) * 4;
  return builder.finish();
}

/** `count` characters of a group of 24 bits, and padding up to 4. */
function writeGroup(to: usize, group: u32, count: u32, encoder: Value): void {
  for (let i: u32 = 0; i < 4; i++) store<u8>(to + i, encoded(i < count ? (group >> (18 - 6 * i)) & 63 : 64, encoder));
}

function encoded(code: u32, encoder: Value): u32 {
  if (!isTable(encoder)) return ALPHABET.at(code);
  const c = toTable(encoder).getNumber(code);
  if (!isNumber(c)) raiseAt(97, message("bad argument #1 to 'char' (number expected, got ", typeName(c), ")"));
  return <u32>toInt(toNumber(c)) & 255;
}

// ---------------------------------------------------------------------------------------------------- decoding

/** `base64.decode(s, decoder)`: characters that are not in the alphabet are left out. */
export function decode(v: Value, decoder: Value): Str {
  if (isTable(v)) raiseAt(124, latin1("attempt to call method 'gsub' (a nil value)"));
  if (!isString(v)) raiseOperand(124, "attempt to index local 'b64'", v);
  const s = toStr(v), kept = Builder.create(s.byteLength), c62 = specialOf(decoder, 62), c63 = specialOf(decoder, 63);
  for (let i: u32 = 0; i < s.byteLength; i++) if (isKept(s.at(i), c62, c63)) kept.addByte(s.at(i));
  const text = kept.finish(), length = text.byteLength, padding = paddingOf(text);
  const whole = padding ? (length > 4 ? length - 4 : 0) : length, builder = Builder.create(length);
  for (let at: u32 = 0; at < whole; at += 4) addGroup(builder, text, at, 4, 3, decoder, 141);
  if (!padding) return builder.finish();
  const line = padding == 1 ? 149 : 153;
  if (length < 4) raiseNil(line);
  addGroup(builder, text, length - 4, 4 - padding, 3 - padding, decoder, line);
  return builder.finish();
}

/** The character that stands for 62 or 63. */
function specialOf(decoder: Value, code: u32): u32 {
  if (isTable(decoder)) {
    const t = toTable(decoder);
    for (let place = t.seek(1); place; place = t.seek(place + 1)) {
      const value = t.valueAt(place), key = t.keyAt(place);
      if (isNumber(value) && toNumber(value) == <f64>code && isNumber(key)) return <u32>toInt(toNumber(key));
    }
  }
  return ALPHABET.at(code);
}

function isKept(c: u32, c62: u32, c63: u32): bool {
  return c - 48 < 10 || (c | 32) - 97 < 26 || c == c62 || c == c63 || c == 61;
}

function paddingOf(s: Str): u32 {
  const length = s.byteLength;
  if (!length || s.at(length - 1) != 61) return 0;
  return length > 1 && s.at(length - 2) == 61 ? 2 : 1;
}

/** `count` characters as `bytes` bytes. */
function addGroup(builder: Builder, s: Str, at: u32, count: u32, bytes: u32, decoder: Value, line: i32): void {
  let group: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    if (at + i >= s.byteLength) raiseNil(line);
    group += decoded(s.at(at + i), decoder, line) << (18 - 6 * i);
  }
  for (let i: u32 = 0; i < bytes; i++) builder.addByte((group >> (16 - 8 * i)) & 255);
}

function decoded(c: u32, decoder: Value, line: i32): u32 {
  if (isTable(decoder)) {
    const code = toTable(decoder).getNumber(c);
    if (!isNumber(code)) raiseNil(line);
    return <u32>toInt(toNumber(code));
  }
  if (c - 65 < 26) return c - 65;
  if (c - 97 < 26) return c - 71;
  if (c - 48 < 10) return c + 4;
  return c == 43 ? 62 : c == 47 ? 63 : 64;
}

function raiseNil(line: i32): void {
  raiseAt(line, latin1("attempt to perform arithmetic on a nil value"));
}
