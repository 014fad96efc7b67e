// LuaJIT's `bit` library: numbers are taken modulo 2^32 (fractions rounded to even), results are signed.
import { Builder } from "./builder";
import { checkNumber } from "./check";
import { Str } from "./str";
import { Values } from "./values";

/** The low 32 bits of a number: adding 2^52 + 2^51 leaves them in the lowest bits of the fraction. */
// @ts-ignore: decorator
@inline export function bits(n: f64): i32 {
  return <i32>reinterpret<u64>(n + 6755399441055744.0);
}

// @ts-ignore: decorator
@inline export function tobit(x: f64): f64 {
  return bits(x);
}

// @ts-ignore: decorator
@inline export function bnot(x: f64): f64 {
  return ~bits(x);
}

// @ts-ignore: decorator
@inline export function band(x: f64, y: f64): f64 {
  return bits(x) & bits(y);
}

// @ts-ignore: decorator
@inline export function bor(x: f64, y: f64): f64 {
  return bits(x) | bits(y);
}

// @ts-ignore: decorator
@inline export function bxor(x: f64, y: f64): f64 {
  return bits(x) ^ bits(y);
}

// Wasm's shifts take the count modulo 32, as Lua's do.

// @ts-ignore: decorator
@inline export function lshift(x: f64, n: f64): f64 {
  return bits(x) << bits(n);
}

// @ts-ignore: decorator
@inline export function rshift(x: f64, n: f64): f64 {
  return <i32>(<u32>bits(x) >> bits(n));
}

// @ts-ignore: decorator
@inline export function arshift(x: f64, n: f64): f64 {
  return bits(x) >> bits(n);
}

// @ts-ignore: decorator
@inline export function rol(x: f64, n: f64): f64 {
  return rotl<i32>(bits(x), bits(n));
}

// @ts-ignore: decorator
@inline export function ror(x: f64, n: f64): f64 {
  return rotr<i32>(bits(x), bits(n));
}

// @ts-ignore: decorator
@inline export function swap(x: f64): f64 {
  return bswap<i32>(bits(x));
}

export function bandOf(x: f64, rest: Values, line: i32): f64 {
  let all = bits(x);
  for (let i: u32 = 1; i <= rest.count; i++) all &= bits(checkNumber(rest.at(i), i + 1, "band", line));
  return all;
}

export function borOf(x: f64, rest: Values, line: i32): f64 {
  let all = bits(x);
  for (let i: u32 = 1; i <= rest.count; i++) all |= bits(checkNumber(rest.at(i), i + 1, "bor", line));
  return all;
}

export function bxorOf(x: f64, rest: Values, line: i32): f64 {
  let all = bits(x);
  for (let i: u32 = 1; i <= rest.count; i++) all ^= bits(checkNumber(rest.at(i), i + 1, "bxor", line));
  return all;
}

/** The lower `digits` hexadecimal digits, in capitals when that is negative; at most 254, with leading zeros. */
export function tohex(x: f64, digits: f64 = 8): Str {
  const wanted = bits(digits), count = <u32>(wanted < 0 ? -wanted : wanted), length = min<u32>(count, 254), ten = wanted < 0 ? 55 : 87;
  const builder = Builder.create(length), start = builder.reserve(length);
  let rest = <u64><u32>bits(x);
  for (let at = start + length; at > start; rest >>= 4) {
    const digit = <u32>rest & 15;
    store<u8>(--at, digit < 10 ? 48 + digit : ten + digit);
  }
  builder.end = start + length;
  return builder.finish();
}
