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

/** `bits` of a number, or of an integer that another of these functions gave. */
// @ts-ignore: decorator
@inline function integer<T>(x: T): i32 {
  return isInteger<T>() ? <i32>x : bits(x);
}

/** The functions as they are called inside one another. Wasm's shifts take the count modulo 32, as Lua's do. */
export namespace int {
  // @ts-ignore: decorator
  @inline export function tobit<X>(x: X): i32 {
    return integer(x);
  }

  // @ts-ignore: decorator
  @inline export function bnot<X>(x: X): i32 {
    return ~integer(x);
  }

  // @ts-ignore: decorator
  @inline export function swap<X>(x: X): i32 {
    return bswap<i32>(integer(x));
  }

  // @ts-ignore: decorator
  @inline export function band<X, Y>(x: X, y: Y): i32 {
    return integer(x) & integer(y);
  }

  // @ts-ignore: decorator
  @inline export function bor<X, Y>(x: X, y: Y): i32 {
    return integer(x) | integer(y);
  }

  // @ts-ignore: decorator
  @inline export function bxor<X, Y>(x: X, y: Y): i32 {
    return integer(x) ^ integer(y);
  }

  // @ts-ignore: decorator
  @inline export function lshift<X, N>(x: X, n: N): i32 {
    return integer(x) << integer(n);
  }

  // @ts-ignore: decorator
  @inline export function rshift<X, N>(x: X, n: N): i32 {
    return <i32>(<u32>integer(x) >> integer(n));
  }

  // @ts-ignore: decorator
  @inline export function arshift<X, N>(x: X, n: N): i32 {
    return integer(x) >> integer(n);
  }

  // @ts-ignore: decorator
  @inline export function rol<X, N>(x: X, n: N): i32 {
    return rotl<i32>(integer(x), integer(n));
  }

  // @ts-ignore: decorator
  @inline export function ror<X, N>(x: X, n: N): i32 {
    return rotr<i32>(integer(x), integer(n));
  }
}

// @ts-ignore: decorator
@inline export function tobit<X>(x: X): f64 {
  return int.tobit(x);
}

// @ts-ignore: decorator
@inline export function bnot<X>(x: X): f64 {
  return int.bnot(x);
}

// @ts-ignore: decorator
@inline export function swap<X>(x: X): f64 {
  return int.swap(x);
}

// @ts-ignore: decorator
@inline export function band<X, Y>(x: X, y: Y): f64 {
  return int.band(x, y);
}

// @ts-ignore: decorator
@inline export function bor<X, Y>(x: X, y: Y): f64 {
  return int.bor(x, y);
}

// @ts-ignore: decorator
@inline export function bxor<X, Y>(x: X, y: Y): f64 {
  return int.bxor(x, y);
}

// @ts-ignore: decorator
@inline export function lshift<X, N>(x: X, n: N): f64 {
  return int.lshift(x, n);
}

// @ts-ignore: decorator
@inline export function rshift<X, N>(x: X, n: N): f64 {
  return int.rshift(x, n);
}

// @ts-ignore: decorator
@inline export function arshift<X, N>(x: X, n: N): f64 {
  return int.arshift(x, n);
}

// @ts-ignore: decorator
@inline export function rol<X, N>(x: X, n: N): f64 {
  return int.rol(x, n);
}

// @ts-ignore: decorator
@inline export function ror<X, N>(x: X, n: N): f64 {
  return int.ror(x, n);
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
