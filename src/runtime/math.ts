// Lua's `math` library. The transcendental functions are AssemblyScript's (musl's and ARM's, as in glibc); the random numbers
// are LuaJIT's, from its fixed seed.
import { checkNumber } from "./check";
import { latin1, message, raise } from "./error";
import { nanoseconds } from "./host";
import { numberParsed, parseNumber } from "./number";
import { power } from "./operators";
import { concat3 } from "./str";
import { isNumber, isString, number, toNumber, toStr, typeName, Value } from "./value";
import { return2, Values } from "./values";

// @ts-ignore: decorator
@inline export function abs(x: f64): f64 {
  return NativeMath.abs(x);
}

// @ts-ignore: decorator
@inline export function floor(x: f64): f64 {
  return NativeMath.floor(x);
}

// @ts-ignore: decorator
@inline export function ceil(x: f64): f64 {
  return NativeMath.ceil(x);
}

// @ts-ignore: decorator
@inline export function sqrt(x: f64): f64 {
  return NativeMath.sqrt(x);
}

export function deg(x: Value, _line: i32): f64 {
  return factor(x, "deg") * 57.29577951308232;
}

export function rad(x: Value, _line: i32): f64 {
  return factor(x, "rad") * 0.017453292519943295;
}

/** LuaJIT has these two functions in its own bytecode, and their errors say so. */
function factor(x: Value, name: string): f64 {
  if (isNumber(x)) return toNumber(x);
  if (isString(x)) {
    const parsed = parseNumber(toStr(x));
    if (numberParsed) return parsed;
  }
  const operand = message("]:0: attempt to perform arithmetic on a ", typeName(x), " value");
  raise(concat3(latin1("[builtin:"), latin1(name), operand), 0);
  return 0;
}

export function sin(x: f64): f64 {
  return NativeMath.sin(x);
}

export function cos(x: f64): f64 {
  return NativeMath.cos(x);
}

export function tan(x: f64): f64 {
  return NativeMath.tan(x);
}

export function asin(x: f64): f64 {
  return NativeMath.asin(x);
}

export function acos(x: f64): f64 {
  return NativeMath.acos(x);
}

export function atan(x: f64): f64 {
  return NativeMath.atan(x);
}

export function atan2(y: f64, x: f64): f64 {
  return NativeMath.atan2(y, x);
}

export function sinh(x: f64): f64 {
  return NativeMath.sinh(x);
}

export function cosh(x: f64): f64 {
  return NativeMath.cosh(x);
}

export function tanh(x: f64): f64 {
  return NativeMath.tanh(x);
}

export function exp(x: f64): f64 {
  return NativeMath.exp(x);
}

export function pow(x: f64, y: f64): f64 {
  return power(x, y);
}

export function log10(x: f64): f64 {
  return NativeMath.log10(x);
}

/** The natural logarithm. */
export function log(x: f64): f64 {
  return NativeMath.log(x);
}

/** The logarithm to a base, by way of base 2 as LuaJIT does it. */
export function logBase(x: f64, base: f64 = NativeMath.E): f64 {
  return NativeMath.log2(x) * (1 / NativeMath.log2(base));
}

/** The sign of the dividend, unlike `%`. */
export function fmod(x: f64, y: f64): f64 {
  return NativeMath.mod(x, y);
}

/** x · 2^e, e truncated. */
export function ldexp(x: f64, e: f64): f64 {
  if (e != e) return e;
  if (e - e != 0) return e > 0 ? x * e : x * 0;
  return NativeMath.scalbn(x, <i32>min(max(e, -5000), 5000));
}

/** x = m · 2^e with ½ ≤ |m| < 1; e is the second result. */
export function frexp(x: f64): f64 {
  let bits = reinterpret<u64>(x), exponent = <i32>(bits >> 52) & 0x7ff, shift = 0;
  if (exponent == 0x7ff || x == 0) {
    return2(number(x), number(0));
    return x;
  }
  if (exponent == 0) {
    bits = reinterpret<u64>(x * 18014398509481984); // 2^54
    exponent = (<i32>(bits >> 52) & 0x7ff) - 54;
  }
  const m = reinterpret<f64>((bits & 0x800fffffffffffff) | (<u64>1022 << 52));
  return2(number(m), number(exponent - 1022));
  return m;
}

/** The integral part; the fraction, with the same sign, is the second result. */
export function modf(x: f64): f64 {
  const whole = NativeMath.trunc(x);
  const fraction = NativeMath.abs(x) == Infinity ? 0 : x - whole;
  return2(number(whole), number(fraction == 0 ? NativeMath.abs(fraction) * NativeMath.sign(whole) : fraction));
  return whole;
}

/** The second unless the first is less: NaN and zeros come out as on x64. */
// @ts-ignore: decorator
@inline export function min2(x: f64, y: f64): f64 {
  return x < y ? x : y;
}

// @ts-ignore: decorator
@inline export function max2(x: f64, y: f64): f64 {
  return x > y ? x : y;
}

export function minOf(x: f64, rest: Values, line: i32): f64 {
  for (let i: u32 = 1; i <= rest.count; i++) x = min2(x, checkNumber(rest.at(i), i + 1, "min", line));
  return x;
}

export function maxOf(x: f64, rest: Values, line: i32): f64 {
  for (let i: u32 = 1; i <= rest.count; i++) x = max2(x, checkNumber(rest.at(i), i + 1, "max", line));
  return x;
}

// ---------------------------------------------------------------------------------------------------- random numbers

/** Tausworthe generator of period 2^223 (L'Ecuyer, Tables of maximally-equidistributed combined LFSR generators, 1999). */
let word0: u64 = 0xa0d277570a345b8c;
let word1: u64 = 0x764a296c5d4aa64f;
let word2: u64 = 0x51220704070adeaa;
let word3: u64 = 0x2a2717b5a7b7b927;

// @ts-ignore: decorator
@inline function advance(z: u64, k: u64, q: u64, s: u64): u64 {
  return (((z << q) ^ z) >> (k - s)) ^ ((z & (<u64>-1 << (64 - k))) << s);
}

function step(): u64 {
  word0 = advance(word0, 63, 31, 18);
  word1 = advance(word1, 58, 19, 28);
  word2 = advance(word2, 55, 24, 7);
  word3 = advance(word3, 47, 21, 8);
  return word0 ^ word1 ^ word2 ^ word3;
}

/** In [0, 1). */
export function random(): f64 {
  return reinterpret<f64>((step() & 0xfffffffffffff) | 0x3ff0000000000000) - 1;
}

/** An integer in [1, upper]. */
export function randomTo(upper: f64): f64 {
  return NativeMath.floor(random() * upper) + 1;
}

/** An integer in [lower, upper]. */
export function randomBetween(lower: f64, upper: f64): f64 {
  return NativeMath.floor(random() * (upper - lower + 1)) + lower;
}

/** `math.random` with any number of arguments. */
export function randomOf(list: Values, line: i32): f64 {
  const x = random();
  if (!list.count) return x;
  const lower = checkNumber(list.at(1), 1, "random", line);
  if (list.count == 1) return NativeMath.floor(x * lower) + 1;
  return NativeMath.floor(x * (checkNumber(list.at(2), 2, "random", line) - lower + 1)) + lower;
}

/** The word made of the seed, at least 2^(64 - k) so that its k top bits are not all zero. */
// @ts-ignore: decorator
@inline function seedWord(n: f64, least: u64): u64 {
  const bits = reinterpret<u64>(n);
  return bits < least ? bits + least : bits;
}

export function randomseed(seed: f64): void {
  let n = seed * 3.14159265358979323846 + 2.7182818284590452354;
  word0 = seedWord(n, 1 << 1);
  n = n * 3.14159265358979323846 + 2.7182818284590452354;
  word1 = seedWord(n, 1 << 6);
  n = n * 3.14159265358979323846 + 2.7182818284590452354;
  word2 = seedWord(n, 1 << 9);
  n = n * 3.14159265358979323846 + 2.7182818284590452354;
  word3 = seedWord(n, 1 << 17);
  for (let i = 0; i < 10; i++) step();
}

/** `math.randomseed` with any number of arguments; without one the clock is the seed. */
export function randomseedOf(list: Values, line: i32): void {
  randomseed(list.count ? checkNumber(list.at(1), 1, "randomseed", line) : <f64>nanoseconds());
}
