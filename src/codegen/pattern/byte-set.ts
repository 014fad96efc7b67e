/** A set of bytes: bit n is set when byte n is in it. */
export type ByteSet = bigint;

export const EMPTY: ByteSet = 0n;
export const ALL: ByteSet = (1n << 256n) - 1n;

export function byteRange(first: number, last: number): ByteSet {
  return last < first ? EMPTY : ((1n << BigInt(last - first + 1)) - 1n) << BigInt(first);
}

export const byteOf = (byte: number): ByteSet => 1n << BigInt(byte);
export const complement = (set: ByteSet): ByteSet => ALL ^ set;
const has = (set: ByteSet, byte: number): boolean => ((set >> BigInt(byte)) & 1n) === 1n;
export const disjoint = (a: ByteSet, b: ByteSet): boolean => (a & b) === 0n;

/** The runs of consecutive bytes, both ends included. */
export function intervals(set: ByteSet): readonly (readonly [number, number])[] {
  const result: [number, number][] = [];
  for (let byte = 0; byte < 256; byte++) {
    if (!has(set, byte)) continue;
    const last = result.at(-1);
    if (last && last[1] === byte - 1) last[1] = byte;
    else result.push([byte, byte]);
  }
  return result;
}

/** The byte, if it is the only one. */
export function onlyByte(set: ByteSet): number | undefined {
  const [first, ...more] = intervals(set);
  return first && more.length === 0 && first[0] === first[1] ? first[0] : undefined;
}

/** 32 bytes as they lie in the guest's memory. */
export function bytesOf(set: ByteSet): readonly number[] {
  return Array.from({ length: 32 }, (_, i) => Number((set >> BigInt(8 * i)) & 255n));
}

const letters = byteRange(65, 90) | byteRange(97, 122);
const digits = byteRange(48, 57);

/** `%a`, `%d`… No byte from 128 up is in any of them. */
export const CLASSES: Readonly<Record<string, ByteSet>> = {
  a: letters,
  c: byteRange(0, 31) | byteOf(127),
  d: digits,
  g: byteRange(33, 126),
  l: byteRange(97, 122),
  p: byteRange(33, 126) & ~(letters | digits),
  s: byteOf(32) | byteRange(9, 13),
  u: byteRange(65, 90),
  w: letters | digits,
  x: digits | byteRange(65, 70) | byteRange(97, 102),
  z: byteOf(0),
};

/** What `%` and this byte stand for. An upper-case class letter means the bytes that are not in the class. */
export function escaped(byte: number): ByteSet {
  const letter = String.fromCharCode(byte);
  const set = CLASSES[letter.toLowerCase()];
  if (!set || !/[A-Za-z]/.test(letter)) return byteOf(byte);
  return letter >= "a" ? set : complement(set);
}
