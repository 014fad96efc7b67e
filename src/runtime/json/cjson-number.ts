// How lua-cjson writes and reads numbers: by C's printf and strtod.
import { Builder } from "../builder";
import * as decimal from "../decimal";
import { firstPosition, integerPowerOfTen, significantDigits, writeGeneral, writeNumber } from "../number";

/** `%.14g` as C has it: ties go to even, not away from zero. */
export function addNumber(builder: Builder, n: f64): void {
  addRounded(builder, n, 14);
}

/** `%.Ng` for a precision of 1 to 16. */
export function addRounded(builder: Builder, n: f64, precision: i32): void {
  let p = builder.reserve(32);
  if (precision == 14 && !isTie(n, 14)) {
    builder.end = writeNumber(p, n);
    return;
  }
  if (reinterpret<i64>(n) < 0) {
    store<u8>(p++, 45);
    n = -n;
  }
  if (n == 0) {
    store<u8>(p, 48);
    builder.end = p + 1;
    return;
  }
  let digits = significantDigits(n, precision);
  const position = firstPosition;
  // a tie was rounded away from zero; 99…9.5 becomes 100…0 in any case
  if (isTie(n, precision) && position == decimal.leadingPosition()) digits -= digits & 1;
  builder.end = writeGeneral(p, digits, precision, position);
}

/**
 * Whether what follows the first `count` digits is exactly a half; `decimal` holds the number then. With n = odd · 2^e that
 * needs e + k = -1 for the k that moves `count` digits in front of the point.
 */
function isTie(n: f64, count: i32): bool {
  const bits = reinterpret<u64>(n) & 0x7fffffffffffffff, biased = <i32>(bits >> 52);
  if (!biased) return false;
  const fraction = (bits & 0xfffffffffffff) | 0x10000000000000, zeros = <i32>ctz(fraction), exponent = biased - 1075 + zeros;
  const position = count + exponent; // of the first digit, if this is a tie
  if (position < -5 || position > 40) return false;
  decimal.loadBinary(fraction >> zeros, exponent);
  return decimal.leadingPosition() == position && decimal.isHalfBelow(position - count + 1);
}

/** Where the longest start of `[p, end)` that C's `strtod` takes for a number ends; p when there is none. */
export function numberEnd(p: usize, end: usize): usize {
  const from = p;
  if (at(p, end) == 43 || at(p, end) == 45) p++;
  const letter = at(p, end) | 32;
  if (letter == 105 || letter == 110) return wordEnd(p, end, from);
  if (at(p, end) == 48 && (at(p + 1, end) | 32) == 120 && startsHexadecimal(p + 2, end)) {
    p = digitsEnd(p + 2, end, true);
    return exponentEnd(p, end, 112);
  }
  if (!isDigit(at(p, end)) && !(at(p, end) == 46 && isDigit(at(p + 1, end)))) return from;
  p = digitsEnd(p, end, false);
  return exponentEnd(p, end, 101);
}

// @ts-ignore: decorator
@inline function at(p: usize, end: usize): u32 {
  return p < end ? <u32>load<u8>(p) : 0;
}

function isDigit(c: u32): bool {
  return c - 48 < 10;
}

function isHexadecimal(c: u32): bool {
  return isDigit(c) || (c | 32) - 97 < 6;
}

function startsHexadecimal(p: usize, end: usize): bool {
  return isHexadecimal(at(p, end)) || (at(p, end) == 46 && isHexadecimal(at(p + 1, end)));
}

/** Digits with one point. */
function digitsEnd(p: usize, end: usize, hexadecimal: bool): usize {
  let point = false;
  for (; p < end; p++) {
    const c = at(p, end);
    if (c == 46 && !point) point = true;
    else if (!(hexadecimal ? isHexadecimal(c) : isDigit(c))) break;
  }
  return p;
}

function exponentEnd(p: usize, end: usize, letter: u32): usize {
  if ((at(p, end) | 32) != letter) return p;
  let q = p + 1;
  if (at(q, end) == 43 || at(q, end) == 45) q++;
  if (!isDigit(at(q, end))) return p;
  while (isDigit(at(q, end))) q++;
  return q;
}

/** `inf`, `infinity`, `nan`, `nan(…)`. */
function wordEnd(p: usize, end: usize, from: usize): usize {
  if (matches(p, end, 0x666e69, 3)) return matches(p + 3, end, 0x74696e69, 4) && (at(p + 7, end) | 32) == 121 ? p + 8 : p + 3;
  if (!matches(p, end, 0x6e616e, 3)) return from;
  p += 3;
  if (at(p, end) != 40) return p;
  let q = p + 1;
  while (isDigit(at(q, end)) || (at(q, end) | 32) - 97 < 26 || at(q, end) == 95) q++;
  return at(q, end) == 41 ? q + 1 : p;
}

function matches(p: usize, end: usize, letters: u32, count: i32): bool {
  for (let i = 0; i < count; i++) if ((at(p + i, end) | 32) != ((letters >> (8 * i)) & 255)) return false;
  return true;
}
