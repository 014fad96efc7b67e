// Parts of texts that the JSON libraries write alike.
import { Builder } from "../builder";
import { Str } from "../str";

/** Which characters are escaped besides `"`, `\` and those below 32. */
export const SLASH: u32 = 1;
export const DELETE: u32 = 2;

const NULL = Str.of("null"), TRUE = Str.of("true"), FALSE = Str.of("false");

export function addNull(builder: Builder): void {
  builder.add(NULL);
}

export function addBoolean(builder: Builder, b: bool): void {
  builder.add(b ? TRUE : FALSE);
}

/** `"…"` */
export function addQuoted(builder: Builder, s: Str, escaped: u32): void {
  const end = s.bytes + s.byteLength;
  builder.addByte(34);
  for (let at = s.bytes; at < end; ) {
    const from = at;
    at = nextEscape(at, end, escaped);
    if (at > from) builder.addBytes(from, at - from);
    if (at < end) addEscape(builder, load<u8>(at++));
  }
  builder.addByte(34);
}

/** The first byte in `[at, end)` that is escaped; `end` when there is none. */
function nextEscape(at: usize, end: usize, escaped: u32): usize {
  for (; at < end; at += 8) {
    const w = load<u64>(at), quote = w ^ 0x2222222222222222, backslash = w ^ 0x5c5c5c5c5c5c5c5c;
    const slash = w ^ (escaped & SLASH ? 0x2f2f2f2f2f2f2f2f : 0x2222222222222222);
    const deleted = w ^ (escaped & DELETE ? 0x7f7f7f7f7f7f7f7f : 0x2222222222222222);
    const found = (((quote - 0x0101010101010101) & ~quote) | ((backslash - 0x0101010101010101) & ~backslash) |
      ((slash - 0x0101010101010101) & ~slash) | ((deleted - 0x0101010101010101) & ~deleted) |
      ((w - 0x2020202020202020) & ~w)) & 0x8080808080808080;
    if (found) return min(at + <usize>(ctz(found) >> 3), end);
  }
  return end;
}

/** The escape of a character below 128. */
export function addEscape(builder: Builder, c: u32): void {
  const letter = letterOf(c), p = builder.reserve(6);
  store<u8>(p, 92);
  if (letter) {
    store<u8>(p + 1, letter);
    builder.end += 2;
    return;
  }
  store<u32>(p + 1, 0x30303075); // u000
  store<u8>(p + 4, 48 + (c >> 4));
  store<u8>(p + 5, (c & 15) + ((c & 15) < 10 ? 48 : 87));
  builder.end += 6;
}

/** What stands for a character after a backslash, 0 for `\u`. */
function letterOf(c: u32): u32 {
  switch (c) {
    case 34: case 92: case 47: return c; // " \ /
    case 8: return 98; // b
    case 12: return 102; // f
    case 10: return 110; // n
    case 13: return 114; // r
    case 9: return 116; // t
    default: return 0;
  }
}
