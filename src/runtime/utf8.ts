/** Whether bytes are UTF-8 as Protocol Buffers want it: no overlong forms, no surrogates, nothing beyond U+10FFFF. */
export function isUtf8(bytes: usize, size: u32): bool {
  const end = bytes + size;
  for (let at = bytes; at < end; ) {
    const first = <u32>load<u8>(at++);
    if (first < 0x80) continue;
    const more: u32 = first < 0xc2 || first > 0xf4 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    if (!more || end - at < more) return false;
    const second = <u32>load<u8>(at);
    if (first == 0xe0 && second < 0xa0) return false;
    if (first == 0xed && second > 0x9f) return false;
    if (first == 0xf0 && second < 0x90) return false;
    if (first == 0xf4 && second > 0x8f) return false;
    for (let i: u32 = 0; i < more; i++) if ((load<u8>(at + i) & 0xc0) != 0x80) return false;
    at += more;
  }
  return true;
}
