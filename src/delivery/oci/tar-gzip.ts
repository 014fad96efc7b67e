import { crc32 } from "node:zlib";

export interface ArchiveFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const BLOCK = 512;

/** A tar archive (ustar) whose bytes depend on nothing but the files: no times, no owners. */
export function tar(files: readonly ArchiveFile[]): Uint8Array {
  const parts = files.flatMap(({ name, bytes }) => [header(name, bytes.length), bytes, padding(bytes.length)]);
  return Buffer.concat([...parts, new Uint8Array(2 * BLOCK)]);
}

function padding(size: number): Uint8Array {
  return new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);
}

function header(name: string, size: number): Uint8Array {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, "0")}\0`;
  block.write(name, 0, 100, "latin1");
  block.write(octal(0o644, 7), 100, "latin1");
  block.write(octal(0, 7), 108, "latin1");
  block.write(octal(0, 7), 116, "latin1");
  block.write(octal(size, 11), 124, "latin1");
  block.write(octal(0, 11), 136, "latin1");
  // The checksum is taken with spaces in its own place.
  block.write("        0", 148, "latin1");
  block.write("ustar\x0000", 257, "latin1");
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

const MAX_STORED = 65_535;

/**
 * Gzip (RFC 1952) without name and time, operating system "unknown", in stored blocks (RFC 1951, type 0): deflate gives other bytes with
 * another version of zlib, and with that the image another digest.
 */
export function gzip(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255)];
  for (let at = 0; at === 0 || at < bytes.length; at += MAX_STORED) {
    const block = bytes.subarray(at, at + MAX_STORED);
    const head = Buffer.alloc(5);
    head.writeUInt8(at + MAX_STORED >= bytes.length ? 1 : 0, 0);
    head.writeUInt16LE(block.length, 1);
    head.writeUInt16LE(~block.length & 0xffff, 3);
    parts.push(head, block);
  }
  const end = Buffer.alloc(8);
  end.writeUInt32LE(crc32(bytes), 0);
  end.writeUInt32LE(bytes.length % 2 ** 32, 4);
  return Buffer.concat([...parts, end]);
}
