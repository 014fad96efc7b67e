import type { HeaderLines } from "./header-map.js";

const MOST_PAIRS = 1024;
const MOST_BYTES = 1 << 20;

/** `[count] [key size, value size] …  key NUL value NUL …`, little endian. */
export function encodePairs(lines: HeaderLines): Buffer {
  const text = lines.map(([key, value]) => `${key}\0${value}\0`).join("");
  const bytes = Buffer.allocUnsafe(4 + 8 * lines.length + text.length);
  bytes.writeUInt32LE(lines.length);
  lines.forEach(([key, value], i) => {
    bytes.writeUInt32LE(key.length, 4 + 8 * i);
    bytes.writeUInt32LE(value.length, 8 + 8 * i);
  });
  bytes.write(text, 4 + 8 * lines.length, "latin1");
  return bytes;
}

/** The pairs, none when the bytes are malformed or too many: as `PairsUtil::toPairs` of proxy-wasm-cpp-host has it. */
export function decodePairs(bytes: Buffer): HeaderLines {
  if (bytes.length < 4 || bytes.length > MOST_BYTES) return [];
  const count = bytes.readUInt32LE();
  let at = 4 + 8 * count;
  if (count > MOST_PAIRS || at > bytes.length) return [];
  const take = (size: number): string | undefined => {
    const end = at + size;
    if (end >= bytes.length || bytes[end] !== 0) return undefined;
    const text = bytes.toString("latin1", at, end);
    at = end + 1;
    return text;
  };
  const lines: (readonly [string, string])[] = [];
  for (let i = 0; i < count; i++) {
    const key = take(bytes.readUInt32LE(4 + 8 * i));
    const value = key === undefined ? undefined : take(bytes.readUInt32LE(8 + 8 * i));
    if (key === undefined || value === undefined) return [];
    lines.push([key, value]);
  }
  return at === bytes.length ? lines : [];
}
