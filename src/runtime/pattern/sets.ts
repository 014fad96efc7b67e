// Sets of bytes: 256 bits, 32 bytes.

export const SET_BYTES: usize = 32;

/** The classes that have a letter, in the order of `CLASS_LETTERS`; no byte from 128 up is in any of them. */
const CLASSES = memory.data<u64>([
  0x0, 0x7fffffe07fffffe, 0, 0, // a
  0xffffffff, 0x8000000000000000, 0, 0, // c
  0x3ff000000000000, 0x0, 0, 0, // d
  0xfffffffe00000000, 0x7fffffffffffffff, 0, 0, // g
  0x0, 0x7fffffe00000000, 0, 0, // l
  0xfc00fffe00000000, 0x78000001f8000001, 0, 0, // p
  0x100003e00, 0x0, 0, 0, // s
  0x0, 0x7fffffe, 0, 0, // u
  0x3ff000000000000, 0x7fffffe07fffffe, 0, 0, // w
  0x3ff000000000000, 0x7e0000007e, 0, 0, // x
  0x1, 0x0, 0, 0, // z
], 8);
const CLASS_LETTERS = memory.data<u8>([97, 99, 100, 103, 108, 112, 115, 117, 119, 120, 122]);
const CLASS_COUNT = 11;

/** The set of a class letter in either case, 0 for any other byte. An upper-case letter means the bytes that are not in it. */
export function classOf(letter: u32): usize {
  if (letter - 65 >= 26 && letter - 97 >= 26) return 0;
  for (let i = 0; i < CLASS_COUNT; i++) {
    if (load<u8>(CLASS_LETTERS + i) == (letter | 32)) return CLASSES + (<usize>i << 5);
  }
  return 0;
}

// @ts-ignore: decorator
@inline export function has(set: usize, byte: u32): bool {
  return ((load<u32>(set + ((byte >> 5) << 2)) >>> (byte & 31)) & 1) != 0;
}

export function fill(set: usize, words: u64): void {
  for (let i: usize = 0; i < SET_BYTES; i += 8) store<u64>(set + i, words);
}

export function addByte(set: usize, byte: u32): void {
  const word = set + ((byte >> 5) << 2);
  store<u32>(word, load<u32>(word) | ((<u32>1) << (byte & 31)));
}

export function addRange(set: usize, first: u32, last: u32): void {
  for (let byte = first; byte <= last; byte++) addByte(set, byte);
}

/** Adds the bytes of `other`, or those that are not in it. */
export function addSet(set: usize, other: usize, inverted: bool): void {
  const flip: u64 = inverted ? -1 : 0;
  for (let i: usize = 0; i < SET_BYTES; i += 8) store<u64>(set + i, load<u64>(set + i) | (load<u64>(other + i) ^ flip));
}

export function invert(set: usize): void {
  for (let i: usize = 0; i < SET_BYTES; i += 8) store<u64>(set + i, ~load<u64>(set + i));
}

export function disjoint(a: usize, b: usize): bool {
  for (let i: usize = 0; i < SET_BYTES; i += 8) if (load<u64>(a + i) & load<u64>(b + i)) return false;
  return true;
}

export function size(set: usize): u32 {
  let count: u64 = 0;
  for (let i: usize = 0; i < SET_BYTES; i += 8) count += popcnt(load<u64>(set + i));
  return <u32>count;
}

/** The least byte of a set that is not empty. */
export function least(set: usize): u32 {
  let i: u32 = 0;
  while (!load<u64>(set + i)) i += 8;
  return (i << 3) + <u32>ctz(load<u64>(set + i));
}
