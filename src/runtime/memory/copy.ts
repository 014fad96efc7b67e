// Short runs of bytes, eight at a time: `memory.copy` is a call out of the module in V8, a loop of one byte is slow.

/** Up to 7 bytes past the end of both are touched: `to` must be the newest allocation of an arena, or end in padding. */
// @ts-ignore: decorator
@inline
export function copy(to: usize, from: usize, count: usize): void {
  if (count > 128) memory.copy(to, from, count);
  else for (let i: usize = 0; i < count; i += 8) store<u64>(to + i, load<u64>(from + i));
}

/** `copy` for what is mostly a word or less; 8 bytes of both are touched even when `count` is 0. */
// @ts-ignore: decorator
@inline
export function copyWord(to: usize, from: usize, count: usize): void {
  store<u64>(to, load<u64>(from));
  if (count > 8) copyMore(to + 8, from + 8, count - 8);
}

function copyMore(to: usize, from: usize, count: usize): void {
  copy(to, from, count);
}

/** Sets `count` bytes to 0, and up to 7 more. */
// @ts-ignore: decorator
@inline
export function clear(to: usize, count: usize): void {
  if (count > 256) memory.fill(to, 0, count);
  else for (let i: usize = 0; i < count; i += 8) store<u64>(to + i, 0);
}

/** Writes exactly `count` bytes; the areas may not overlap. */
export function copyExactly(to: usize, from: usize, count: usize): void {
  if (count > 128) {
    memory.copy(to, from, count);
    return;
  }
  const words = count & ~7;
  let i: usize = 0;
  for (; i < words; i += 8) store<u64>(to + i, load<u64>(from + i));
  for (; i < count; i++) store<u8>(to + i, load<u8>(from + i));
}

export function equal(a: usize, b: usize, count: usize): bool {
  const words = count & ~7;
  let i: usize = 0;
  for (; i < words; i += 8) if (load<u64>(a + i) != load<u64>(b + i)) return false;
  const rest = count - words;
  if (!rest) return true;
  return (load<u64>(a + i) ^ load<u64>(b + i)) << ((8 - rest) << 3) == 0;
}

/** As `memcmp`: negative, zero or positive, bytes unsigned. */
export function compare(a: usize, b: usize, count: usize): i32 {
  const words = count & ~7;
  let i: usize = 0;
  for (; i < words; i += 8) {
    const x = load<u64>(a + i),
      y = load<u64>(b + i);
    if (x != y) return bswap(x) < bswap(y) ? -1 : 1;
  }
  for (; i < count; i++) {
    const x = load<u8>(a + i),
      y = load<u8>(b + i);
    if (x != y) return <i32>x - <i32>y;
  }
  return 0;
}
