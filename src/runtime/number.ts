// Text ↔ number as LuaJIT has it: `%.14g` with exact ties rounded away from zero, and correctly rounded reading.
import { trim } from "./memory/arena";
import { Str } from "./str";
import * as decimal from "./decimal";
import {
  GREATEST_POWER, LEAST_POWER, isExactPower, multiplyByPower, powerExponent, powerOfTen, scaledHigh, scaledLow, scaledMiddle,
} from "./powers-of-ten";

/** Passed for an optional numeric argument that is absent: a NaN that no computation yields. */
export const ABSENT: f64 = reinterpret<f64>(0x7ff8_dead_0000_0000);

// @ts-ignore: decorator
@inline export function isAbsent(n: f64): bool {
  return reinterpret<u64>(n) == 0x7ff8_dead_0000_0000;
}

/** As LuaJIT does on x64 where it wants an int: truncated; what does not fit (also NaN) becomes -2147483648. */
// @ts-ignore: decorator
@inline export function toInt(n: f64): i32 {
  return n > -2147483649.0 && n < 2147483648.0 ? <i32>n : i32.MIN_VALUE;
}

/** The same for 64 bits. */
// @ts-ignore: decorator
@inline export function toLong(n: f64): i64 {
  return n < 9223372036854775808.0 && n >= -9223372036854775808.0 ? <i64>n : i64.MIN_VALUE;
}

const NAN = Str.of("nan"), INF = Str.of("inf"), MINUS_INF = Str.of("-inf"), MINUS_ZERO = Str.of("-0");

/** Significant digits of `tostring`. */
const PRECISION = 14;
const LIMIT: u64 = 100000000000000;

/** Pairs of digits `00` to `99`. */
const PAIRS = memory.data<u8>([
  48, 48, 48, 49, 48, 50, 48, 51, 48, 52, 48, 53, 48, 54, 48, 55, 48, 56, 48, 57, 49, 48, 49, 49, 49, 50, 49, 51, 49, 52, 49, 53, 49, 54, 49, 55, 49, 56, 49, 57,
  50, 48, 50, 49, 50, 50, 50, 51, 50, 52, 50, 53, 50, 54, 50, 55, 50, 56, 50, 57, 51, 48, 51, 49, 51, 50, 51, 51, 51, 52, 51, 53, 51, 54, 51, 55, 51, 56, 51, 57,
  52, 48, 52, 49, 52, 50, 52, 51, 52, 52, 52, 53, 52, 54, 52, 55, 52, 56, 52, 57, 53, 48, 53, 49, 53, 50, 53, 51, 53, 52, 53, 53, 53, 54, 53, 55, 53, 56, 53, 57,
  54, 48, 54, 49, 54, 50, 54, 51, 54, 52, 54, 53, 54, 54, 54, 55, 54, 56, 54, 57, 55, 48, 55, 49, 55, 50, 55, 51, 55, 52, 55, 53, 55, 54, 55, 55, 55, 56, 55, 57,
  56, 48, 56, 49, 56, 50, 56, 51, 56, 52, 56, 53, 56, 54, 56, 55, 56, 56, 56, 57, 57, 48, 57, 49, 57, 50, 57, 51, 57, 52, 57, 53, 57, 54, 57, 55, 57, 56, 57, 57,
], 2);

/** 10^0 to 10^19. */
const TENS = memory.data<u64>([
  1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000,
  10000000000000, 100000000000000, 1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000,
  10000000000000000000,
], 8);

/** 10^k for 0 ≤ k ≤ 19. */
// @ts-ignore: decorator
@inline export function integerPowerOfTen(k: i32): u64 {
  return load<u64>(TENS + (<usize>k << 3));
}

/** Number of decimal digits, 1 for 0. */
export function countDigits(n: u64): i32 {
  const estimate = ((64 - <i32>clz(n | 1)) * 1233) >> 12;
  return estimate + i32(n >= integerPowerOfTen(estimate)) + i32(n == 0);
}

/** `countDigits` for what is mostly short. */
// @ts-ignore: decorator
@inline export function countSmall(n: u32): i32 {
  return n < 1000 ? (n < 10 ? 1 : n < 100 ? 2 : 3) : n < 10000 ? 4 : countDigits(n);
}

/** Writes n < 10^count with leading zeros as `count` digits that end before `end`. */
// @ts-ignore: decorator
@inline export function writeSmall(end: usize, n: u32, count: i32): void {
  for (; count > 1; count -= 2) {
    const rest = n / 100;
    storePair(end -= 2, n - rest * 100);
    n = rest;
  }
  if (count > 0) store<u8>(end - 1, 48 + <u8>n);
}

/** The same for 64 bits. */
export function writeDigits(end: usize, n: u64, count: i32): void {
  // Divisions of 64 bits are slow: eight digits with each.
  while (n > 0xffffffff) {
    const rest = n / EIGHT_DIGITS;
    writeEight(end - 8, <u32>(n - rest * EIGHT_DIGITS));
    end -= 8;
    n = rest;
    count -= 8;
  }
  writeSmall(end, <u32>n, count);
}

const EIGHT_DIGITS: u64 = 100000000;

/** Writes n < 10^8 with leading zeros. */
function writeEight(p: usize, n: u32): void {
  const high = n / 10000, low = n - high * 10000;
  storePair(p, high / 100);
  storePair(p + 2, high % 100);
  storePair(p + 4, low / 100);
  storePair(p + 6, low % 100);
}

// @ts-ignore: decorator
@inline function storePair(p: usize, n: u32): void {
  store<u16>(p, load<u16>(PAIRS + (<usize>n << 1)));
}

// ---------------------------------------------------------------------------------------------------- text in a place that is there

/** The most bytes that a number takes. */
export const MOST_PRINTED: u32 = 24;

/** Writes n < 10^8, and up to 7 bytes more; gives the end. All digits at once: a byte each, the first one lowest. */
export function printSmall(p: usize, n: u32): usize {
  if (n < 10000) {
    let digits = (n * 5243) >> 19;
    digits |= (n - digits * 100) << 16;
    const tens = ((digits * 103) >> 10) & 0x000f_000f;
    digits = tens | ((digits - tens * 10) << 8);
    const zeros = ctz(digits | 0x01000000) & 24;
    store<u64>(p, (digits + 0x30303030) >> zeros);
    return p + 4 - <usize>(zeros >> 3);
  }
  const high = n / 10000;
  let digits = <u64>high | (<u64>(n - high * 10000) << 32);
  let tens = ((digits * 5243) >> 19) & 0x0000007f_0000007f;
  digits = tens | ((digits - tens * 100) << 16);
  tens = ((digits * 103) >> 10) & 0x000f_000f_000f_000f;
  digits = tens | ((digits - tens * 10) << 8);
  const zeros = ctz(digits) & 56;
  store<u64>(p, (digits + 0x3030303030303030) >> zeros);
  return p + 8 - <usize>(zeros >> 3);
}

/** Writes what `tostring` gives for a number, and up to 7 bytes more; gives the end. */
export function printNumber(p: usize, n: f64): usize {
  const integer = <i32>n;
  if (<u32>integer < <u32>EIGHT_DIGITS && <f64>integer == n && reinterpret<i64>(n) >= 0) return printSmall(p, integer);
  if (n - n == 0) return writeNumber(p, n);
  const text = numberToString(n);
  store<u64>(p, load<u64>(text.bytes));
  return p + text.byteLength;
}

/** -0 among whole numbers; as none that a double can be. */
const NEGATIVE_ZERO: i64 = i64.MIN_VALUE + 1;

/** What `tostring` prints as `-0` or without a fraction, for `printWhole`: a number that is known to be whole and less than 10^14 away from 0. */
// @ts-ignore: decorator
@inline export function whole(n: f64): i64 {
  return reinterpret<i64>(n) == i64.MIN_VALUE ? NEGATIVE_ZERO : <i64>n;
}

/** What `%d` prints of a number, for `printWhole`. */
// @ts-ignore: decorator
@inline export function truncated(n: f64): i64 {
  return toLong(n);
}

/** Writes at most 20 bytes, and up to 7 more; gives the end. */
export function printWhole(p: usize, n: i64): usize {
  if (<u64>n < EIGHT_DIGITS) return printSmall(p, <u32>n);
  if (n == NEGATIVE_ZERO) n = 0;
  else if (n > 0) return writeAll(p, n);
  store<u8>(p, 45);
  return writeAll(p + 1, -n);
}

function writeAll(p: usize, n: u64): usize {
  const count = countDigits(n);
  writeDigits(p + count, n, count);
  return p + count;
}

// ---------------------------------------------------------------------------------------------------- text of its own

/** What `tostring` gives for a number. */
export function numberToString(n: f64): Str {
  const integer = <i32>n;
  if (<f64>integer == n) return smallToString(integer, n);
  if (n != n) return NAN;
  if (abs(n) == Infinity) return n > 0 ? INF : MINUS_INF;
  const text = Str.alloc(24), end = writeNumber(text.bytes, n);
  text.byteLength = <u32>(end - text.bytes);
  trim(end);
  return text;
}

/** The same for a number that is known to be whole and less than 10^14 away from 0. */
export function integerToString(n: f64): Str {
  const integer = <i32>n;
  return <f64>integer == n ? smallToString(integer, n) : printInteger(<u64>abs(n), i32(n < 0));
}

/** `n`: the same, of which -0 is printed as such. */
function smallToString(integer: i32, n: f64): Str {
  if (<u32>integer < 10) return integer == 0 && reinterpret<u64>(n) != 0 ? MINUS_ZERO : Str.ofByte(48 + integer);
  if (<u32>integer >= <u32>EIGHT_DIGITS) return printInteger(<u32>abs(integer), i32(integer < 0));
  const text = Str.alloc(8);
  text.byteLength = <u32>(printSmall(text.bytes, integer) - text.bytes);
  return text;
}

function printInteger(magnitude: u64, sign: i32): Str {
  const count = countDigits(magnitude);
  const text = Str.alloc(<u32>(count + sign));
  if (sign) store<u8>(text.bytes, 45);
  writeDigits(text.bytes + count + sign, magnitude, count);
  return text;
}

/** Writes a finite number as `tostring` shows it, at most 24 bytes; gives the end. */
export function writeNumber(p: usize, n: f64): usize {
  if (reinterpret<i64>(n) < 0) {
    store<u8>(p++, 45);
    n = -n;
  }
  if (n < <f64>LIMIT && nearest(n) == n) {
    const count = countDigits(<u64>n);
    writeDigits(p + count, <u64>n, count);
    return p + count;
  }
  const places = decimalPlaces(n);
  if (places >= 0) return writeShort(p, shortDigits, places);
  const digits = significantDigits(n, PRECISION);
  return writeGeneral(p, digits, PRECISION, firstPosition);
}

const MOST_PLACES = 6;
/** What `decimalPlaces` found, without the point. */
let shortDigits: u32 = 0;

/**
 * How many decimal places of a positive number `%.14g` shows, where it shows up to six of them and nine digits in all; -1: more than that, or to be
 * told in another way.
 *
 * With p = n·10^k and r the integer next to it, of d digits, `%.14g` shows r if |n·10^k - r| < 0.5·10^(d-14). That holds if |p - r| ≤ 4e-15·r, which
 * is less than 0.4·10^(d-14): p differs from n·10^k by 1.2e-16·p at most, that is by 0.012·10^(d-14).
 */
function decimalPlaces(n: f64): i32 {
  if (n < 0.001) return -1;
  let power: f64 = 1;
  for (let places = 0; places <= MOST_PLACES; places++, power *= 10) {
    const product = n * power, whole = nearest(product);
    if (whole >= 1e9) return -1;
    if (abs(product - whole) <= whole * 4e-15) {
      shortDigits = <u32>whole;
      // A zero at the end: on the edge of what the places before took.
      return places && shortDigits % 10 == 0 ? -1 : places;
    }
  }
  return -1;
}

/** `digits` with a point in front of the last `places` of them. */
function writeShort(p: usize, digits: u32, places: i32): usize {
  const power = <u32>integerPowerOfTen(places), whole = digits / power, before = countSmall(whole);
  writeSmall(p + before, whole, before);
  p += before;
  if (!places) return p;
  store<u8>(p, 46);
  writeSmall(p + 1 + places, digits - whole * power, places);
  return p + 1 + places;
}

/** Position of the first digit that the latest `significantDigits` gave: 0 for 1.5, -1 for 0.15. */
export let firstPosition: i32 = 0;

/** The first `count` ≤ 17 digits of a positive finite number as an integer, the last one rounded. */
export function significantDigits(n: f64, count: i32): u64 {
  const bits = reinterpret<u64>(n), biased = <i32>(bits >> 52);
  const exponent = biased ? biased - 1023 : -1011 - <i32>clz(bits);
  let position = (exponent * 78913) >> 18;
  const limit = integerPowerOfTen(count);
  let digits = scaled(n, count - 1 - position);
  if (digits >= limit) {
    position++;
    // either it was one decade more, to be rounded one digit earlier, or rounding reached the limit
    digits = scaled(n, count - 1 - position);
    if (digits >= limit) {
      position++;
      digits /= 10;
    }
  }
  firstPosition = position;
  return digits;
}

/** |n| · 10^k rounded to an integer, ties away from zero; exact as long as the result is below 2^57. */
export function scaled(n: f64, k: i32): u64 {
  const bits = reinterpret<u64>(n) & 0x7fffffffffffffff, biased = <i32>(bits >> 52);
  if (bits == 0) return 0;
  let fraction = bits & 0xfffffffffffff, exponent = biased - 1075;
  if (biased) fraction |= 0x10000000000000;
  else exponent++;
  if (k < LEAST_POWER || k > GREATEST_POWER) return scaledExactly(fraction, exponent, k);
  const shift = clz(fraction);
  powerOfTen(k);
  multiplyByPower(fraction << shift);
  const drop = -(exponent - <i32>shift + powerExponent) - 128; // bits of the high word below the decimal point
  if (drop > 64) return 0;
  const integer = drop == 64 ? 0 : scaledHigh >> drop;
  const rest = drop == 64 ? scaledHigh : (scaledHigh << (64 - drop)) | (scaledMiddle >> drop);
  if (rest - 0x7ffffffffffffffe > 2 || isExactPower(k)) return integer + (rest >> 63);
  return scaledExactly(fraction, exponent, k);
}

function scaledExactly(fraction: u64, exponent: i32, k: i32): u64 {
  decimal.loadBinary(fraction, exponent);
  decimal.round(-k);
  return decimal.integerAt(-k);
}

/** `precision` ≤ 17 digits, the first at `position`, in the way of `%g`: without trailing zeros, with an exponent if it is below -4 or too large. */
export function writeGeneral(p: usize, digits: u64, precision: i32, position: i32): usize {
  const zeros = trailingZeros(digits), count = precision - zeros;
  if (zeros) digits /= integerPowerOfTen(zeros);
  if (position < -4 || position >= precision) return writeExponent(writeWithPoint(p, digits, count, 1), position);
  if (position < 0) {
    store<u64>(p, 0x303030302e30); // 0.0000
    p += 1 - position;
    writeDigits(p + count, digits, count);
    return p + count;
  }
  if (count > position + 1) return writeWithPoint(p, digits, count, position + 1);
  const whole = position + 1;
  writeDigits(p + whole, digits * integerPowerOfTen(whole - count), whole);
  return p + whole;
}

/** How many zeros n < 10^18, which is not 0, ends in. */
function trailingZeros(n: u64): i32 {
  const rest = n / EIGHT_DIGITS;
  let low = <u32>(n - rest * EIGHT_DIGITS), zeros = 0;
  if (!low) {
    const high = rest / EIGHT_DIGITS;
    low = <u32>(rest - high * EIGHT_DIGITS);
    zeros = 8;
    if (!low) {
      low = <u32>high;
      zeros = 16;
    }
  }
  while (low % 10 == 0) {
    low /= 10;
    zeros++;
  }
  return zeros;
}

/** `count` digits with a point after the first `before` of them; no point when none follows. */
export function writeWithPoint(p: usize, digits: u64, count: i32, before: i32): usize {
  if (count == before) {
    writeDigits(p + count, digits, count);
    return p + count;
  }
  const after = count - before, power = integerPowerOfTen(after), whole = digits / power;
  writeDigits(p + before, whole, before);
  store<u8>(p + before, 46);
  writeDigits(p + count + 1, digits - whole * power, after);
  return p + count + 1;
}

/** `e+05`, at least two digits. */
export function writeExponent(p: usize, exponent: i32): usize {
  store<u8>(p, 101);
  store<u8>(p + 1, exponent < 0 ? 45 : 43);
  const magnitude = abs(exponent), count = magnitude < 100 ? 2 : 3;
  writeDigits(p + 2 + count, magnitude, count);
  return p + 2 + count;
}

/** Whether the latest `parseNumber` or `parseInBase` found a number. */
export let numberParsed: bool = false;

function notANumber(): f64 {
  numberParsed = false;
  return NaN;
}

// @ts-ignore: decorator
@inline function isDigit(c: u32): bool {
  return c - 48 < 10;
}

// @ts-ignore: decorator
@inline function isSpace(c: u32): bool {
  return c == 32 || c - 9 < 5;
}

/** The byte at p, 0 at the end. */
// @ts-ignore: decorator
@inline function peek(p: usize, end: usize): u32 {
  return p < end ? <u32>load<u8>(p) : 0;
}

/** The value of a hexadecimal digit, of a letter as in base 36, 255 for what is neither. */
function digitValue(c: u32): u32 {
  if (isDigit(c)) return c - 48;
  const letter = (c | 32) - 97;
  return letter < 26 ? letter + 10 : 255;
}

/**
 * The number that LuaJIT sees in a string: decimal, hexadecimal with fraction and exponent, binary, `inf`, `nan`, with space
 * around. `numberParsed` tells whether there is one.
 */
export function parseNumber(s: Str): f64 {
  return parseNumberAt(s.bytes, s.bytes + s.byteLength);
}

export function parseNumberAt(p: usize, end: usize): f64 {
  while (isSpace(peek(p, end))) p++;
  const first = peek(p, end), negative = first == 45;
  if (negative || first == 43) p++;
  while (p < end && isSpace(load<u8>(end - 1))) end--;
  const c = peek(p, end);
  numberParsed = true;
  let n: f64;
  if (c >= 65) n = parseWord(p, end);
  else if (c == 48 && (peek(p + 1, end) | 32) == 120) n = parseHexadecimal(p + 2, end);
  else if (c == 48 && (peek(p + 1, end) | 32) == 98) n = parseBinary(p + 2, end);
  else n = parseDecimal(p, end);
  return negative ? -n : n;
}

/** `inf`, `infinity`, `nan` in any case. */
function parseWord(p: usize, end: usize): f64 {
  const length = end - p;
  if (length != 3 && length != 8) return notANumber();
  const three = (<u32>load<u16>(p) | (<u32>load<u8>(p, 2) << 16)) | 0x202020;
  if (three == 0x6e616e && length == 3) return NaN;
  if (three != 0x666e69) return notANumber();
  if (length == 3) return Infinity;
  return (load<u32>(p, 3) | 0x20202020) == 0x74696e69 && (load<u8>(p, 7) | 32) == 121 ? Infinity : notANumber();
}

function parseBinary(p: usize, end: usize): f64 {
  let n: u64 = 0;
  if (p == end) return notANumber();
  while (p < end - 1 && load<u8>(p) == 48) p++;
  if (end - p > 64) return notANumber();
  for (; p < end; p++) {
    const bit = <u32>load<u8>(p) - 48;
    if (bit > 1) return notANumber();
    n = (n << 1) | bit;
  }
  return decimal.binaryToDouble(n, false, 0);
}

/** Where the exponent in `[p, end)` was read to be beyond what LuaJIT takes, or not a number. */
const NO_EXPONENT = i32.MAX_VALUE;
const EXPONENT_LIMIT = 1 << 20;

/** The decimal number after `e` or `p`, which must reach to the end. */
function parseExponent(p: usize, end: usize): i32 {
  const sign = peek(p, end);
  if (sign == 43 || sign == 45) p++;
  if (p == end) return NO_EXPONENT;
  let exponent = 0;
  for (; p < end; p++) {
    const digit = <u32>load<u8>(p) - 48;
    if (digit > 9) return NO_EXPONENT;
    exponent = exponent * 10 + digit;
    if (exponent >= EXPONENT_LIMIT) return NO_EXPONENT;
  }
  return sign == 45 ? -exponent : exponent;
}

function parseHexadecimal(p: usize, end: usize): f64 {
  let n: u64 = 0, more = false, exponent = 0, any = false, point = false;
  for (; p < end; p++) {
    const c = <u32>load<u8>(p);
    if (c == 46) {
      if (point) return notANumber();
      point = true;
      continue;
    }
    const digit = digitValue(c);
    if (digit > 15) break;
    any = true;
    if (n >> 60) {
      more = more || digit != 0;
      exponent += 4;
    } else n = (n << 4) | digit;
    if (point) exponent -= 4;
  }
  if (!any) return notANumber();
  if (p < end) {
    if ((load<u8>(p) | 32) != 112) return notANumber();
    const power = parseExponent(p + 1, end);
    if (power == NO_EXPONENT) return notANumber();
    exponent += power;
  }
  return decimal.binaryToDouble(n, more, exponent);
}

/** 10^0 to 10^22, which doubles hold exactly. */
const EXACT_TENS = memory.data<f64>([
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
], 8);

function parseDecimal(p: usize, end: usize): f64 {
  const start = p;
  let digits: u64 = 0, c: u32 = 0;
  while (p < end && (c = <u32>load<u8>(p) - 48) < 10) {
    digits = digits * 10 + c;
    p++;
  }
  let significant = <i32>(p - start);
  if (p == end && significant < 19 && significant) return <f64>digits;
  let exponent = 0;
  if (p < end && load<u8>(p) == 46) {
    const point = ++p;
    while (p < end && (c = <u32>load<u8>(p) - 48) < 10) {
      digits = digits * 10 + c;
      p++;
    }
    exponent = -<i32>(p - point);
    significant -= exponent;
  }
  if (!significant) return notANumber();
  const digitsEnd = p;
  if (p < end) {
    if ((load<u8>(p) | 32) != 101) return notANumber();
    const power = parseExponent(p + 1, end);
    if (power == NO_EXPONENT) return notANumber();
    exponent += power;
  }
  if (significant > 19) return parseLong(start, digitsEnd, exponent);
  return decimalToDouble(digits, exponent);
}

/** More than 19 digits: those that do not fit are looked at only when they could matter. */
function parseLong(start: usize, end: usize, exponent: i32): f64 {
  let p = start, digits: u64 = 0, count = 0, rest = 0;
  for (; p < end; p++) {
    const digit = <u32>load<u8>(p) - 48;
    if (digit > 9) continue;
    if (count == 19) {
      rest++;
      continue;
    }
    digits = digits * 10 + digit;
    count += i32(digits != 0);
  }
  if (digits == 0) return 0;
  const leading = exponent + rest + count;
  if (leading > 310) return Infinity;
  if (leading < -330) return 0;
  const least = decimalToDouble(digits, exponent + rest);
  if (rest == 0 || least == decimalToDouble(digits + 1, exponent + rest)) return least;
  decimal.loadDigits(start, end, exponent);
  return decimal.toDouble();
}

/** `digits · 10^exponent` as the nearest double, ties to even. */
export function decimalToDouble(digits: u64, exponent: i32): f64 {
  if (digits >> 53 == 0 && exponent >= -22 && exponent <= 22) {
    return exponent < 0
      ? <f64>digits / load<f64>(EXACT_TENS + (<usize>-exponent << 3))
      : <f64>digits * load<f64>(EXACT_TENS + (<usize>exponent << 3));
  }
  if (digits == 0 || exponent < -345) return 0;
  if (exponent > 310) return Infinity;
  const shift = clz(digits);
  powerOfTen(exponent);
  multiplyByPower(digits << shift);
  let high = scaledHigh, middle = scaledMiddle, binary = powerExponent - <i32>shift + 128;
  if (<i64>high > 0) {
    high = (high << 1) | (middle >> 63);
    middle <<= 1;
    binary--;
  }
  const drop = max(11, -1074 - binary);
  if (drop > 63) return roundExactly(digits, exponent);
  const rest = high & (((<u64>1) << drop) - 1), half = (<u64>1) << (drop - 1);
  if (isExactPower(exponent)) return decimal.binaryToDouble(high, (middle | scaledLow) != 0, binary);
  if ((rest == half && middle <= 8) || (rest == half - 1 && ~middle <= 8)) return roundExactly(digits, exponent);
  return decimal.binaryToDouble(high, true, binary);
}

function roundExactly(digits: u64, exponent: i32): f64 {
  decimal.loadDecimal(digits, exponent);
  return decimal.toDouble();
}

/** What `tonumber(s, base)` reads, for every base but 10: an unsigned 64-bit integer with an optional sign, as C's `strtoul`. */
export function parseInBase(s: Str, base: i32): f64 {
  let p = s.bytes;
  const end = p + s.byteLength;
  while (isSpace(peek(p, end))) p++;
  const sign = peek(p, end);
  if (sign == 43 || sign == 45) p++;
  if (base == 16 && peek(p, end) == 48 && (peek(p + 1, end) | 32) == 120 && digitValue(peek(p + 2, end)) < 16) p += 2;
  const start = p, factor = <u64>base;
  let n: u64 = 0, overflow = false;
  for (; p < end; p++) {
    const digit = <u64>digitValue(load<u8>(p));
    if (digit >= factor) break;
    if (n > (u64.MAX_VALUE - digit) / factor) overflow = true;
    n = n * factor + digit;
  }
  if (p == start) return notANumber();
  while (isSpace(peek(p, end))) p++;
  if (peek(p, end) != 0) return notANumber();
  numberParsed = true;
  const magnitude = <f64>(overflow ? u64.MAX_VALUE : n);
  return sign == 45 ? -magnitude : magnitude;
}
