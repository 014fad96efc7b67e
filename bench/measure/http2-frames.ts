/**
 * The few HTTP/2 frames that a load generator needs (RFC 9113), as bytes. `node:http2` costs several times more per request than
 * Envoy's worker does, so that its own pace would decide how many requests the worker handles per wake-up, and with it the figures.
 */

export const FRAME_HEADER_BYTES = 9;
const MAX_FRAME_PAYLOAD = 16_384;

export const FrameType = {
  data: 0,
  headers: 1,
  resetStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
} as const;

export const Flag = { endStream: 0x1, ack: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const LARGEST_WINDOW = 0x7fff_ffff;
const DEFAULT_WINDOW = 65_535;
const Setting = { headerTableSize: 1, enablePush: 2, initialWindowSize: 4 } as const;

export function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(FRAME_HEADER_BYTES + payload.length);
  bytes.writeUIntBE(payload.length, 0, 3);
  bytes[3] = type;
  bytes[4] = flags;
  bytes.writeUInt32BE(stream, 5);
  payload.copy(bytes, FRAME_HEADER_BYTES);
  return bytes;
}

/**
 * What a client says first. A header table of size 0 makes each response's header block readable on its own
 * (the peer cannot refer to an earlier one), and the windows are as large as they can be, so that the peer never waits.
 */
export function clientPreface(): Buffer {
  const settings = Buffer.alloc(18);
  [
    [Setting.headerTableSize, 0],
    [Setting.enablePush, 0],
    [Setting.initialWindowSize, LARGEST_WINDOW],
  ].forEach(([id, value], row) => {
    settings.writeUInt16BE(id!, row * 6);
    settings.writeUInt32BE(value!, row * 6 + 2);
  });
  return Buffer.concat([
    Buffer.from(PREFACE, "latin1"),
    frame(FrameType.settings, 0, 0, settings),
    windowUpdate(0, LARGEST_WINDOW - DEFAULT_WINDOW),
  ]);
}

export function windowUpdate(stream: number, bytes: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(bytes, 0);
  return frame(FrameType.windowUpdate, 0, stream, payload);
}

/** One request as HEADERS and DATA frames on stream 0; `withStream` puts the stream in. */
export function requestFrames(headers: readonly (readonly [string, string])[], body: Buffer): Buffer {
  const headerFlags = Flag.endHeaders | (body.length === 0 ? Flag.endStream : 0);
  const frames = [frame(FrameType.headers, headerFlags, 0, headerBlock(headers))];
  for (let at = 0; at < body.length; at += MAX_FRAME_PAYLOAD) {
    const piece = body.subarray(at, at + MAX_FRAME_PAYLOAD);
    const last = at + MAX_FRAME_PAYLOAD >= body.length;
    frames.push(frame(FrameType.data, last ? Flag.endStream : 0, 0, piece));
  }
  return Buffer.concat(frames);
}

/** HPACK (RFC 7541, 6.2.2): every field as a literal without indexing and without Huffman, so that no request depends on an earlier one. */
export function headerBlock(headers: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(headers.flatMap(([name, value]) => [Buffer.from([0]), hpackString(name), hpackString(value)]));
}

function hpackString(text: string): Buffer {
  const bytes = Buffer.from(text, "latin1");
  return Buffer.concat([hpackInteger(bytes.length), bytes]);
}

/** RFC 7541, 5.1, with a prefix of 7 bits. */
function hpackInteger(value: number): Buffer {
  if (value < 127) return Buffer.from([value]);
  const bytes = [127];
  let rest = value - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return Buffer.from(bytes);
}

const STATIC_STATUS = [200, 204, 206, 304, 400, 404, 500];

/**
 * The `:status` that begins a response's header block, 0 when it cannot be read. Written for a peer that may not use the dynamic
 * table: either one of the seven statuses in the static table, or a literal whose name is static entry 8.
 */
export function statusOf(block: Buffer): number {
  let at = 0;
  while (at < block.length && (block[at]! & 0xe0) === 0x20) at++; // dynamic table size update
  const first = block[at] ?? 0;
  if (first >= 0x88 && first <= 0x8e) return STATIC_STATUS[first - 0x88]!;
  if (first !== 0x48 && first !== 0x08 && first !== 0x18) return 0;
  const length = block[at + 1] ?? 0;
  const value = block.subarray(at + 2, at + 2 + (length & 0x7f));
  return Number((length & 0x80) === 0 ? value.toString("latin1") : huffmanDigits(value));
}

/** Digits in HPACK's Huffman code: 0, 1 and 2 are 00000 to 00010, 3 to 9 are 011001 to 011111; padded with ones. */
function huffmanDigits(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  let digits = "";
  for (let at = 0; bits.length - at >= 5; ) {
    const long = bits[at + 1] === "1";
    const code = Number.parseInt(bits.slice(at, at + (long ? 6 : 5)), 2);
    if (long ? code > 31 || code < 25 : code > 2) break;
    digits += String(long ? code - 22 : code);
    at += long ? 6 : 5;
  }
  return digits;
}
