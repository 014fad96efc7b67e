// Base64 with the standard alphabet and padding.
import { EMPTY, Str } from "../str";

// @ts-ignore: decorator
@lazy const ALPHABET: usize = memory.data<u8>([
  65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107,
  108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 43, 47,
]);
const PADDING: u8 = 61;

// @ts-ignore: decorator
@inline
function digit(bits: u32): u8 {
  return load<u8>(ALPHABET + (bits & 63));
}

export function base64(s: Str): Str {
  const length = s.byteLength;
  if (!length) return EMPTY;
  const text = Str.alloc(((<usize>length + 2) / 3) << 2);
  let to = text.bytes,
    i: u32 = 0;
  for (; i + 3 <= length; i += 3, to += 4) {
    const bits = (s.at(i) << 16) | (s.at(i + 1) << 8) | s.at(i + 2);
    store<u8>(to, digit(bits >>> 18));
    store<u8>(to, digit(bits >>> 12), 1);
    store<u8>(to, digit(bits >>> 6), 2);
    store<u8>(to, digit(bits), 3);
  }
  const rest = length - i;
  if (!rest) return text;
  const bits = (s.at(i) << 16) | (rest > 1 ? s.at(i + 1) << 8 : 0);
  store<u8>(to, digit(bits >>> 18));
  store<u8>(to, digit(bits >>> 12), 1);
  store<u8>(to, rest > 1 ? digit(bits >>> 6) : PADDING, 2);
  store<u8>(to, PADDING, 3);
  return text;
}

/** The bytes that base64 text stands for; what is not of the alphabet is skipped. */
export function fromBase64(text: usize, size: u32): Str {
  const s = Str.alloc(((size + 3) >>> 2) * 3);
  let bits: u32 = 0,
    count: u32 = 0,
    to = s.bytes;
  for (let i: u32 = 0; i < size; i++) {
    const value = valueOf(load<u8>(text + i));
    if (value < 0) continue;
    bits = (bits << 6) | <u32>value;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    store<u8>(to++, bits >>> count);
  }
  s.byteLength = <u32>(to - s.bytes);
  return s;
}

function valueOf(c: u32): i32 {
  if (c - 65 < 26) return <i32>c - 65;
  if (c - 97 < 26) return <i32>c - 71;
  if (c - 48 < 10) return <i32>c + 4;
  if (c == 43) return 62;
  return c == 47 ? 63 : -1;
}
