// `string.format`: a constant format is compiled to the functions of the first part, any other is read by `format`. Rounding is
// LuaJIT's: exact, ties away from zero. A width of 0 is none, a precision of -1 the default of the conversion.
import { Builder } from "./builder";
import { checkNumber, raiseArgument } from "./check";
import { plainText, tostringValue } from "./base";
import * as decimal from "./decimal";
import { enterC, leaveC } from "./depth";
import { message, raise } from "./error";
import {
  countDigits, countSmall, firstPosition, integerPowerOfTen, MOST_PRINTED, printWhole, scaled, significantDigits, toInt, toLong, truncated, writeDigits,
  writeExponent, writeSmall,
} from "./number";
import { Str } from "./str";
import { isBoolean, isNumber, isNil, isString, toStr, Value } from "./value";
import { Values } from "./values";

/** Flags: `-`, `+`, space, `#`, `0`, and an upper-case conversion. */
export const LEFT: u32 = 1;
export const PLUS: u32 = 2;
export const SPACE: u32 = 4;
export const ALTERNATE: u32 = 8;
export const ZERO: u32 = 16;
export const UPPER: u32 = 32;

// ------------------------------------------------------------------------------------------------ a constant format

/** What a constant format is compiled to, a call for each part: `format.begin(12).text(Str.of("n=")).integer(n).done()`. */
// @ts-ignore: decorator
@unmanaged
export class Format extends Builder {
  /** What stands between the conversions, and `%s` of what is known to be a string. */
  text(s: Str): Format {
    this.add(s);
    return this;
  }

  /** `%s` */
  value(v: Value): Format {
    this.add(textOf(v));
    return this;
  }

  /** `%5s`, `%-5s`, `%.3s` */
  padded(v: Value, width: i32, precision: i32, flags: u32): Format {
    putString(this, textOf(v), width, precision, flags);
    return this;
  }

  /** `%d`: truncated to 64 bits; what does not fit becomes the least integer. */
  integer(n: f64, width: i32 = 0, precision: i32 = -1, flags: u32 = 0): Format {
    if (!flags && !width && precision < 0) this.end = printWhole(this.reserve(MOST_PRINTED), truncated(n));
    else putSigned(this, n, width, precision, flags);
    return this;
  }

  /** `%u`, `%x`, `%o` for base 10, 16, 8: negative numbers as their two's complement of 64 bits. */
  unsigned(n: f64, base: u32, width: i32 = 0, precision: i32 = -1, flags: u32 = 0): Format {
    putUnsigned(this, n, base, width, precision, flags);
    return this;
  }

  /** `%f` */
  fixed(n: f64, width: i32 = 0, precision: i32 = -1, flags: u32 = 0): Format {
    putFloat(this, n, F, width, precision, flags);
    return this;
  }

  /** `%e` */
  exponent(n: f64, width: i32 = 0, precision: i32 = -1, flags: u32 = 0): Format {
    putFloat(this, n, E, width, precision, flags);
    return this;
  }

  /** `%g` */
  general(n: f64, width: i32 = 0, precision: i32 = -1, flags: u32 = 0): Format {
    putFloat(this, n, G, width, precision, flags);
    return this;
  }

  /** `%c` */
  character(n: f64, width: i32 = 0, precision: i32 = -1, flags: u32 = 0): Format {
    putCharacter(this, n, width, flags);
    return this;
  }

  done(): Str {
    return this.finish();
  }
}

/** @param capacity how many bytes are expected; more will do */
export function begin(capacity: i32): Format {
  return changetype<Format>(Builder.create(capacity));
}

// ---------------------------------------------------------------------------------------------------- any format

/** What stands between `%` and the conversion. */
let flags: u32 = 0;
let width: i32 = 0;
let precision: i32 = -1;

/** `line` is negative when called as a method of the format. */
export function format(form: Str, list: Values, line: i32): Str {
  const start = form.bytes, end = start + form.byteLength, builder = Builder.create(form.byteLength + 32);
  let next: u32 = 0;
  for (let at = start; at < end; ) {
    const from = at;
    while (at < end && load<u8>(at) != 37) at++;
    if (at > from) builder.addBytes(from, at - from);
    if (at == end) break;
    if (at + 1 < end && load<u8>(at + 1) == 37) {
      builder.addByte(37);
      at += 2;
      continue;
    }
    const after = readSpecification(at + 1, end), letter: u32 = after < end ? load<u8>(after) : 0;
    if (!isConversion(letter)) raiseOption(at, after + usize(letter >= 32), line);
    at = after + 1;
    if (++next > list.count) raiseArgument("value expected", next + 1, "format", line);
    put(builder, letter, list.at(next), next + 1, line);
  }
  return builder.finish();
}

// @ts-ignore: decorator
@inline function byteOr0(at: usize, end: usize): u32 {
  return at < end ? <u32>load<u8>(at) : 0;
}

/** Flags, width and precision of at most two digits each; gives the place of the conversion. */
function readSpecification(at: usize, end: usize): usize {
  flags = 0;
  width = 0;
  precision = -1;
  for (; at < end; at++) {
    const flag = flagOf(load<u8>(at));
    if (!flag) break;
    flags |= flag;
  }
  for (let i = 0; i < 2 && byteOr0(at, end) - 48 < 10; i++, at++) width = width * 10 + load<u8>(at) - 48;
  if (byteOr0(at, end) == 46) {
    at++;
    precision = 0;
    for (let i = 0; i < 2 && byteOr0(at, end) - 48 < 10; i++, at++) precision = precision * 10 + load<u8>(at) - 48;
  }
  return at;
}

function flagOf(c: u32): u32 {
  switch (c) {
    case 45: return LEFT;
    case 43: return PLUS;
    case 32: return SPACE;
    case 35: return ALTERNATE;
    case 48: return ZERO;
    default: return 0;
  }
}

const A: u32 = 97, C: u32 = 99, D: u32 = 100, E: u32 = 101, F: u32 = 102, G: u32 = 103, I: u32 = 105, O: u32 = 111, P: u32 = 112, Q: u32 = 113,
  S: u32 = 115, U: u32 = 117, X: u32 = 120;

function isConversion(letter: u32): bool {
  switch (letter) {
    case A: case C: case D: case E: case F: case G: case I: case O: case P: case Q: case S: case U: case X:
    case 65: case 69: case 70: case 71: case 88: // A E F G X
      return true;
    default:
      return false;
  }
}

function raiseOption(from: usize, to: usize, line: i32): void {
  raise(message("invalid option '", Str.copyOf(from, to - from), "' to 'format'"), abs(line));
}

/** One argument, number n, by the specification just read. */
function put(builder: Builder, letter: u32, v: Value, n: i32, line: i32): void {
  if (letter < 97) {
    flags |= UPPER;
    letter |= 32;
  }
  // a `__tostring` may format something itself
  const flagsNow = flags, widthNow = width, precisionNow = precision;
  switch (letter) {
    case S: putString(builder, textOf(v), widthNow, precisionNow, flagsNow); return;
    case Q: putQuoted(builder, textOf(v)); return;
    case P: putPointer(builder, v); return;
  }
  const x = checkNumber(v, n, "format", line);
  switch (letter) {
    case D: case I: putSigned(builder, x, widthNow, precisionNow, flagsNow); return;
    case U: putUnsigned(builder, x, 10, widthNow, precisionNow, flagsNow); return;
    case X: putUnsigned(builder, x, 16, widthNow, precisionNow, flagsNow); return;
    case O: putUnsigned(builder, x, 8, widthNow, precisionNow, flagsNow); return;
    case C: putCharacter(builder, x, widthNow, flagsNow); return;
    default: putFloat(builder, x, letter, widthNow, precisionNow, flagsNow);
  }
}

// ---------------------------------------------------------------------------------------------------- strings

/** What `%s` gives: `tostring`, but what `__tostring` gives is not asked again. */
export function text(v: Value): Str {
  return textOf(v);
}

function textOf(v: Value): Str {
  if (isString(v)) return toStr(v);
  const outside = enterC(),
    text = tostringValue(v, 0);
  leaveC(outside);
  return plainText(text);
}

function putString(builder: Builder, s: Str, width: i32, precision: i32, flags: u32): void {
  const length = precision >= 0 ? min(<i32>s.byteLength, precision) : <i32>s.byteLength;
  if (!(flags & LEFT)) builder.addRepeated(32, width - length);
  builder.addBytes(s.bytes, length);
  if (flags & LEFT) builder.addRepeated(32, width - length);
}

function putCharacter(builder: Builder, n: f64, width: i32, flags: u32): void {
  if (!(flags & LEFT)) builder.addRepeated(32, width - 1);
  builder.addByte(toInt(n));
  if (flags & LEFT) builder.addRepeated(32, width - 1);
}

/** As Lua source. */
function putQuoted(builder: Builder, s: Str): void {
  const length = s.byteLength;
  builder.addByte(34);
  for (let i: u32 = 0; i < length; i++) {
    const c = s.at(i);
    if (c == 34 || c == 92 || c == 10) builder.addByte(92);
    else if (c < 32 || c == 127) {
      builder.addByte(92);
      const digits = c > 99 || (i + 1 < length && s.at(i + 1) - 48 < 10) ? 3 : countDigits(c);
      writeDigits(builder.reserve(3) + digits, c, digits);
      builder.end += digits;
      continue;
    }
    builder.addByte(c);
  }
  builder.addByte(34);
}

const NULL = Str.of("NULL");

/** The address in the guest. */
function putPointer(builder: Builder, v: Value): void {
  if (isNumber(v) || isNil(v) || isBoolean(v)) {
    builder.add(NULL);
    return;
  }
  builder.addByte(48);
  builder.addByte(120);
  putDigits(builder, <u64><u32>v, 16, 8, 0);
}

// ---------------------------------------------------------------------------------------------------- integers

function putSigned(builder: Builder, n: f64, width: i32, precision: i32, flags: u32): void {
  const k = toLong(n);
  const sign: u32 = k < 0 ? 45 : flags & PLUS ? 43 : flags & SPACE ? 32 : 0;
  putInteger(builder, k < 0 ? -k : k, 10, sign, 0, width, precision, flags);
}

function putUnsigned(builder: Builder, n: f64, base: u32, width: i32, precision: i32, flags: u32): void {
  if (n >= 9223372036854775808.0) n -= 18446744073709551616.0;
  const k = toLong(n);
  const prefix: u32 = base == 16 && k != 0 && flags & ALTERNATE ? (flags & UPPER ? 88 : 120) : 0;
  putInteger(builder, k, base, 0, prefix, width, precision, flags);
}

/** `prefix`: the letter of `0x`. */
function putInteger(builder: Builder, k: u64, base: u32, sign: u32, prefix: u32, width: i32, precision: i32, flags: u32): void {
  const octalZero = base == 8 && (flags & ALTERNATE) != 0;
  let digits = k == 0 ? i32(precision != 0 || octalZero) : countIn(base, k) + i32(octalZero);
  const shown = max(digits, precision), total = shown + i32(sign != 0) + 2 * i32(prefix != 0);
  const zeros = flags & ZERO && precision < 0, left = (flags & LEFT) != 0;
  if (!left && !zeros) builder.addRepeated(32, width - total);
  if (sign) builder.addByte(sign);
  if (prefix) {
    builder.addByte(48);
    builder.addByte(prefix);
  }
  if (!left && zeros) builder.addRepeated(48, width - total);
  putDigits(builder, k, base, shown, flags);
  if (left) builder.addRepeated(32, width - total);
}

function countIn(base: u32, k: u64): i32 {
  if (base == 10) return countDigits(k);
  const bits = base == 16 ? 4 : 3;
  return (64 - <i32>clz(k) + bits - 1) / bits;
}

/** Exactly `count` digits, with leading zeros. */
function putDigits(builder: Builder, k: u64, base: u32, count: i32, flags: u32): void {
  const start = builder.reserve(count);
  builder.end = start + count;
  if (base == 10) {
    const digits = countDigits(k);
    if (count > digits) memory.fill(start, 48, count - digits);
    if (count > 0) writeDigits(builder.end, k, digits);
    return;
  }
  const ten = (flags & UPPER ? 65 : 97) - 10, bits = base == 16 ? 4 : 3, mask = base - 1;
  for (let at = builder.end; at > start; k >>= bits) {
    const digit = <u32>k & mask;
    store<u8>(--at, digit < 10 ? 48 + digit : ten + digit);
  }
}

// ---------------------------------------------------------------------------------------------------- numbers with a fraction

/** Most digits that a conversion gives: 309 before the point, 99 after it. */
const MOST_DIGITS = 410;
/** Where the digits of the number in work are written, and then the number without sign and padding. */
const DIGITS: usize = memory.data(416);
const BODY: usize = memory.data(432);

function putFloat(builder: Builder, n: f64, letter: u32, width: i32, precision: i32, flags: u32): void {
  const finite = n - n == 0, negative = reinterpret<i64>(n) < 0 && n == n;
  const sign: u32 = negative ? 45 : flags & PLUS && n == n ? 43 : flags & SPACE ? 32 : 0;
  let end = BODY;
  if (!finite) end = writeWord(BODY, n != n);
  else if (letter == A) end = writeHexadecimal(BODY, n, precision, flags);
  else if (letter == F) end = writeFixed(BODY, abs(n), precision < 0 ? 6 : precision, flags);
  else if (letter == E) end = writeScientific(BODY, abs(n), precision < 0 ? 6 : precision, flags);
  else end = writeGeneral(BODY, abs(n), precision < 0 ? 6 : max(precision, 1), flags);
  if (flags & UPPER) upperCase(BODY, end);

  const length = <i32>(end - BODY), padding = width - length - i32(sign != 0), zeros = flags & ZERO && finite, left = (flags & LEFT) != 0;
  if (!left && !zeros) builder.addRepeated(32, padding);
  if (sign) builder.addByte(sign);
  let body = BODY;
  if (letter == A && finite) { // zeros stand after 0x
    builder.addBytes(BODY, 2);
    body += 2;
  }
  if (!left && zeros) builder.addRepeated(48, padding);
  builder.addBytes(body, end - body);
  if (left) builder.addRepeated(32, padding);
}

function writeWord(p: usize, nan: bool): usize {
  store<u32>(p, nan ? 0x6e616e : 0x666e69); // nan, inf
  return p + 3;
}

function upperCase(from: usize, to: usize): void {
  for (let p = from; p < to; p++) {
    const c = <u32>load<u8>(p);
    if (c - 97 < 26) store<u8>(p, c - 32);
  }
}

/** `%f`. */
function writeFixed(p: usize, n: f64, precision: i32, flags: u32): usize {
  if (precision < 10) {
    // 1.2e-16 of the product is what it may be off by: 1e-7 at most, so far from a tie it does not matter.
    const product = n * <f64>integerPowerOfTen(precision), whole = nearest(product);
    if (whole < 1e9 && abs(product - whole) < 0.499999) {
      const digits = <u32>whole, count = max(countSmall(digits), precision + 1);
      writeSmall(DIGITS + count, digits, count);
      return writeAround(p, DIGITS, count, count - precision, flags);
    }
  }
  if (precision < 18 && n * <f64>integerPowerOfTen(precision) < 1e17) {
    const digits = scaled(n, precision), count = max(countDigits(digits), precision + 1);
    writeDigits(DIGITS + count, digits, count);
    return writeAround(p, DIGITS, count, count - precision, flags);
  }
  loadExactly(n);
  decimal.round(-precision);
  const first = max(decimal.leadingPosition(), 0), count = first + 1 + precision;
  copyExactDigits(first, count);
  return writeAround(p, DIGITS, count, first + 1, flags);
}

/** `count` digits at `digits`, `before` of them before the point. */
function writeAround(p: usize, digits: usize, count: i32, before: i32, flags: u32): usize {
  memory.copy(p, digits, before);
  p += before;
  if (count > before || flags & ALTERNATE) store<u8>(p++, 46);
  memory.copy(p, digits + before, count - before);
  return p + count - before;
}

function loadExactly(n: f64): void {
  const bits = reinterpret<u64>(n), biased = <i32>(bits >> 52), fraction = bits & 0xfffffffffffff;
  decimal.loadBinary(biased ? fraction | 0x10000000000000 : fraction, max(biased, 1) - 1075);
}

function copyExactDigits(first: i32, count: i32): void {
  for (let i = 0; i < count; i++) store<u8>(DIGITS + i, 48 + decimal.digit(first - i));
}

/** Writes the first `count` digits, the last one rounded, to `DIGITS`; gives the position of the first. */
function roundedDigits(n: f64, count: i32): i32 {
  if (n == 0) {
    memory.fill(DIGITS, 48, count);
    return 0;
  }
  if (count <= 17) {
    writeDigits(DIGITS + count, significantDigits(n, count), count);
    return firstPosition;
  }
  loadExactly(n);
  decimal.round(decimal.leadingPosition() - count + 1);
  const first = decimal.leadingPosition();
  copyExactDigits(first, count);
  return first;
}

/** `%e`. */
function writeScientific(p: usize, n: f64, precision: i32, flags: u32): usize {
  const position = roundedDigits(n, precision + 1);
  return writeExponent(writeAround(p, DIGITS, precision + 1, 1, flags), position);
}

/** `%g`: `precision` digits, without trailing zeros unless there is a `#`. */
function writeGeneral(p: usize, n: f64, precision: i32, flags: u32): usize {
  const position = roundedDigits(n, precision);
  let count = precision;
  if (!(flags & ALTERNATE)) while (count > 1 && load<u8>(DIGITS + count - 1) == 48) count--;
  if (position < -4 || position >= precision) return writeExponent(writeAround(p, DIGITS, count, 1, flags), position);
  if (position < 0) {
    store<u64>(p, 0x303030302e30); // 0.0000
    p += 1 - position;
    memory.copy(p, DIGITS, count);
    return p + count;
  }
  return writeAround(p, DIGITS, max(count, position + 1), position + 1, flags);
}

/** `%a`. Without a precision as many digits as it takes; rounding goes up from the half. */
function writeHexadecimal(p: usize, n: f64, precision: i32, flags: u32): usize {
  const bits = reinterpret<u64>(n) & 0x7fffffffffffffff;
  let fraction = bits & 0xfffffffffffff, exponent = <i32>(bits >> 52);
  if (exponent) {
    fraction |= 0x10000000000000;
    exponent -= 1023;
  } else if (fraction) {
    const shift = <i32>clz(fraction) - 11;
    fraction <<= shift;
    exponent = -1022 - shift;
  }
  if (precision < 0) precision = fraction & 0xfffffffffffff ? 13 - <i32>(ctz(fraction) >> 2) : 0;
  else if (precision < 13) fraction += (<u64>1) << (51 - 4 * precision);
  store<u16>(p, 0x7830); // 0x
  store<u8>(p + 2, 48 + <u8>(fraction >> 52));
  p += 3;
  if (precision || flags & ALTERNATE) store<u8>(p++, 46);
  for (let i = 0; i < precision; i++) {
    const digit = i < 13 ? <u32>(fraction >> (48 - 4 * i)) & 15 : 0;
    store<u8>(p++, digit < 10 ? 48 + digit : 87 + digit);
  }
  store<u8>(p++, 112);
  store<u8>(p++, exponent < 0 ? 45 : 43);
  const magnitude = abs(exponent), count = countDigits(magnitude);
  writeDigits(p + count, magnitude, count);
  return p + count;
}
