const MEMORY_SECTION = 5;
const NONE = 0;
const PAGE_BYTES = 65_536;

/**
 * Linear memory that a Wasm module starts with (WebAssembly Core Specification, 5.5.8). 0 when it defines none.
 * @param module a valid binary
 */
export function initialMemoryBytes(module: Uint8Array): number {
  let at = 8; // magic number and version
  while (at < module.length) {
    const id = module[at]!;
    const size = unsigned(module, at + 1);
    if (id === MEMORY_SECTION) {
      const count = unsigned(module, size.next);
      if (count.value === 0) return NONE;
      return unsigned(module, count.next + 1).value * PAGE_BYTES; // after the byte of limit flags
    }
    at = size.next + size.value;
  }
  return NONE;
}

/** LEB128. */
function unsigned(bytes: Uint8Array, start: number): { value: number; next: number } {
  let value = 0;
  let scale = 1;
  let at = start;
  for (; ; at++, scale *= 128) {
    const byte = bytes[at]!;
    value += (byte & 0x7f) * scale;
    if ((byte & 0x80) === 0) return { value, next: at + 1 };
  }
}
