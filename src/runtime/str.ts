// Byte strings: [length u32][hash u32][bytes …], 8-aligned. The host writes what it returns eight bytes into a block of the
// arena, so that a received buffer is a string without a copy.
import { alloc } from "./memory/arena";
import { compare, copyWord, equal } from "./memory/copy";
import { raiseOutOfMemory } from "./error";

/** Longest string, as LuaJIT's. */
const MAX_LENGTH: u64 = 0x7fffff00;
const HEADER: usize = 8;

// @ts-ignore: decorator
@unmanaged
export class Str {
  byteLength: u32;
  /** Odd: see `hashOf`. 0: not computed yet. Otherwise a string that still grows, see `append`: up to where its bytes may go. */
  hash: u32;

  /**
   * With a literal, the toolchain puts finished static bytes in its place (`toolchain/static-strings.mjs`).
   * Characters are bytes: U+0000 to U+00FF.
   */
  static of(text: string): Str {
    const s = Str.alloc(text.length);
    for (let i: i32 = 0; i < text.length; i++) store<u8>(s.bytes + i, text.charCodeAt(i));
    return s;
  }

  /** In the current arena, bytes not set. Raises `not enough memory`. */
  static alloc(byteLength: usize): Str {
    if (<u64>byteLength > MAX_LENGTH) raiseOutOfMemory();
    const address = alloc(byteLength + HEADER);
    store<u64>(address, <u64>byteLength);
    return changetype<Str>(address);
  }

  /** `bytes` need 7 readable bytes behind them, as every string and buffer of this runtime has. */
  static copyOf(bytes: usize, byteLength: usize): Str {
    const s = Str.alloc(byteLength);
    copyWord(s.bytes, bytes, byteLength);
    return s;
  }

  /** One byte; static, so that it costs nothing to make and to keep. */
  static ofByte(byte: u32): Str {
    const address = oneByteStrings + (byte << 4);
    if (!load<u32>(address)) {
      store<u64>(address, 1);
      store<u8>(address, byte, 8);
    }
    return changetype<Str>(address);
  }

  /** Lua's `#`. */
  // @ts-ignore: decorator
  @inline
  get length(): f64 {
    return <f64>this.byteLength;
  }

  /** Address of the first byte. */
  // @ts-ignore: decorator
  @inline
  get bytes(): usize {
    return changetype<usize>(this) + HEADER;
  }

  /** The byte at `i`, from 0, unchecked. */
  // @ts-ignore: decorator
  @inline
  at(i: u32): u32 {
    return load<u8>(changetype<usize>(this) + i, 8);
  }

  /** `count` bytes from `from` on, from 0, unchecked. */
  slice(from: u32, count: u32): Str {
    if (count == this.byteLength) return this;
    return count == 1 ? Str.ofByte(this.at(from)) : Str.copyOf(this.bytes + from, count);
  }

  /** By content; null (Lua's nil) equals null only. */
  // @ts-ignore: decorator
  @inline
  @operator("==")
  static equal(a: Str | null, b: Str | null): bool {
    return changetype<usize>(a) == changetype<usize>(b) || sameBytes(a, b);
  }

  // @ts-ignore: decorator
  @inline
  @operator("!=")
  static unequal(a: Str | null, b: Str | null): bool {
    return !(changetype<usize>(a) == changetype<usize>(b) || sameBytes(a, b));
  }
}

export const EMPTY = Str.of("");

/** 256 of 16 bytes each, filled in as they are needed. */
// @ts-ignore: decorator
@lazy const oneByteStrings: usize = memory.data(256 * 16, 8);

function sameBytes(first: Str | null, second: Str | null): bool {
  if (!changetype<usize>(first) || !changetype<usize>(second)) return false;
  const a = changetype<Str>(first),
    b = changetype<Str>(second);
  return a.byteLength == b.byteLength && equal(a.bytes, b.bytes, a.byteLength);
}

/**
 * The hash, computed once. All arithmetic modulo 2^32:
 *
 *     h = length ^ 0x9E3779B9
 *     for each whole group of 4 bytes, w its little-endian u32:  h = rotl(h ^ w, 13) * 0x85EBCA6B
 *     for each of the up to 3 bytes b that remain:               h = rotl(h ^ b,  7) * 0xC2B2AE35
 *     h = (h ^ (h >>> 15)) | 1                                   (never 0, which means "not computed")
 *
 * `hash` in `toolchain/static-strings.mjs` is the same function.
 */
// @ts-ignore: decorator
@inline
export function hashOf(s: Str): u32 {
  const h = s.hash;
  return h & 1 ? h : computeHash(s);
}

function computeHash(s: Str): u32 {
  const h = hashBytes(s.bytes, s.byteLength);
  s.hash = h;
  return h;
}

/** `hashOf` for bytes that are not a string (yet). */
export function hashBytes(bytes: usize, count: usize): u32 {
  const end = bytes + count;
  let h = <u32>count ^ 0x9e3779b9,
    at = bytes;
  for (; at + 4 <= end; at += 4) h = rotl<u32>(h ^ load<u32>(at), 13) * 0x85ebca6b;
  for (; at < end; at++) h = rotl<u32>(h ^ load<u8>(at), 7) * 0xc2b2ae35;
  return (h ^ (h >>> 15)) | 1;
}

/** Order of bytes, unsigned, as Lua's `<` in the C locale. */
export function stringLess(a: Str, b: Str): bool {
  return order(a, b) < 0;
}

export function stringLessEqual(a: Str, b: Str): bool {
  return order(a, b) <= 0;
}

function order(a: Str, b: Str): i32 {
  const difference = compare(a.bytes, b.bytes, min(a.byteLength, b.byteLength));
  return difference ? difference : a.byteLength == b.byteLength ? 0 : a.byteLength < b.byteLength ? -1 : 1;
}

/** A new string of `length` bytes to be filled. */
export function blank(length: u64): Str {
  if (length > MAX_LENGTH) raiseOutOfMemory();
  return Str.alloc(<usize>length);
}

/** Copies `s` to `to`; returns where it ends. */
// @ts-ignore: decorator
@inline
function put(to: usize, s: Str): usize {
  copyWord(to, s.bytes, s.byteLength);
  return to + s.byteLength;
}

export function concat2(a: Str, b: Str): Str {
  if (!a.byteLength) return b;
  if (!b.byteLength) return a;
  const s = blank(<u64>a.byteLength + b.byteLength);
  put(put(s.bytes, a), b);
  return s;
}

export function concat3(a: Str, b: Str, c: Str): Str {
  const s = blank(<u64>a.byteLength + b.byteLength + c.byteLength);
  put(put(put(s.bytes, a), b), c);
  return s;
}

/** `put` as a call: joining many strings costs less than a copy of `copy` for each would take. */
function putNext(to: usize, s: Str): usize {
  return put(to, s);
}

export function concat4(a: Str, b: Str, c: Str, d: Str): Str {
  const s = blank(<u64>a.byteLength + b.byteLength + c.byteLength + d.byteLength);
  putNext(putNext(putNext(putNext(s.bytes, a), b), c), d);
  return s;
}

/**
 * `s .. more` for an `s` that nobody else holds and nobody uses any more: made longer in place where there is room. The string that comes back goes
 * on growing until it is `finished`, which it must be before anything else holds it.
 */
export function append(s: Str, more: Str): Str {
  const extra = more.byteLength;
  if (extra > roomAfter(s)) return grown(s, more);
  copyWord(s.bytes + s.byteLength, more.bytes, extra);
  s.byteLength += extra;
  return s;
}

/** How many bytes more a string can grow in place. */
// @ts-ignore: decorator
@inline
export function roomAfter(s: Str): u32 {
  const limit = s.hash;
  return !limit || limit & 1 ? 0 : limit - <u32>(s.bytes + s.byteLength);
}

const LEAST_ROOM: usize = 64;
const MOST_ROOM: usize = 1 << 20;
/** Copies of eight bytes at a time run over, here into what was allocated since. */
const OVERRUN: usize = 8;

function grown(s: Str, more: Str): Str {
  const length = <u64>s.byteLength + more.byteLength,
    room = min(max(<usize>length, LEAST_ROOM), MOST_ROOM),
    to = blank(length + room);
  putNext(putNext(to.bytes, s), more);
  to.byteLength = <u32>length;
  to.hash = <u32>(to.bytes + <usize>length + room - OVERRUN) & ~1;
  return to;
}

/** From now on `s` is a string like any other. */
export function finished(s: Str): Str {
  if (!(s.hash & 1)) s.hash = 0;
  return s;
}

export function concat5(a: Str, b: Str, c: Str, d: Str, e: Str): Str {
  const s = blank(<u64>a.byteLength + b.byteLength + c.byteLength + d.byteLength + e.byteLength);
  putNext(putNext(putNext(putNext(putNext(s.bytes, a), b), c), d), e);
  return s;
}

export function concat6(a: Str, b: Str, c: Str, d: Str, e: Str, f: Str): Str {
  const s = blank(<u64>a.byteLength + b.byteLength + c.byteLength + d.byteLength + e.byteLength + f.byteLength);
  putNext(putNext(putNext(putNext(putNext(putNext(s.bytes, a), b), c), d), e), f);
  return s;
}
