// `..` and `string.format` where some of the operands are numbers: these are printed where they belong, without a string of their own.
// An operand is a `Str`, an `f64` as `tostring` shows it, or an `i64` (`whole`, `truncated`).
import { trim } from "./memory/arena";
import { copyWord } from "./memory/copy";
import { MOST_PRINTED, printNumber, printWhole } from "./number";
import { append, blank, roomAfter, Str } from "./str";

/** The most bytes that an operand takes. */
// @ts-ignore: decorator
@inline
function sizeOf<T>(operand: T): u64 {
  if (isReference<T>()) return changetype<Str>(operand).byteLength;
  return MOST_PRINTED;
}

/** Writes an operand, and up to 7 bytes more; gives the end. */
// @ts-ignore: decorator
@inline
function put<T>(to: usize, operand: T): usize {
  if (isReference<T>()) {
    const s = changetype<Str>(operand);
    copyWord(to, s.bytes, s.byteLength);
    return to + s.byteLength;
  }
  return isFloat<T>() ? printNumber(to, <f64>operand) : printWhole(to, <i64>operand);
}

/** `s`, the newest string, ends at `end`. */
// @ts-ignore: decorator
@inline
function ended(s: Str, end: usize): Str {
  s.byteLength = <u32>(end - s.bytes);
  trim(end);
  return s;
}

export function join2<A, B>(a: A, b: B): Str {
  const s = blank(sizeOf(a) + sizeOf(b));
  return ended(s, put(put(s.bytes, a), b));
}

export function join3<A, B, C>(a: A, b: B, c: C): Str {
  const s = blank(sizeOf(a) + sizeOf(b) + sizeOf(c));
  return ended(s, put(put(put(s.bytes, a), b), c));
}

export function join4<A, B, C, D>(a: A, b: B, c: C, d: D): Str {
  const s = blank(sizeOf(a) + sizeOf(b) + sizeOf(c) + sizeOf(d));
  return ended(s, put(put(put(put(s.bytes, a), b), c), d));
}

export function join5<A, B, C, D, E>(a: A, b: B, c: C, d: D, e: E): Str {
  const s = blank(sizeOf(a) + sizeOf(b) + sizeOf(c) + sizeOf(d) + sizeOf(e));
  return ended(s, put(put(put(put(put(s.bytes, a), b), c), d), e));
}

export function join6<A, B, C, D, E, F>(a: A, b: B, c: C, d: D, e: E, f: F): Str {
  const s = blank(sizeOf(a) + sizeOf(b) + sizeOf(c) + sizeOf(d) + sizeOf(e) + sizeOf(f));
  return ended(s, put(put(put(put(put(put(s.bytes, a), b), c), d), e), f));
}

/** `append` of a number. */
export function appendNumber<T>(s: Str, n: T): Str {
  if (roomAfter(s) < MOST_PRINTED) {
    const text = blank(MOST_PRINTED);
    return append(s, ended(text, put(text.bytes, n)));
  }
  s.byteLength = <u32>(put(s.bytes + s.byteLength, n) - s.bytes);
  return s;
}
