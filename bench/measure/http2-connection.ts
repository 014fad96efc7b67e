import { connect, type Socket } from "node:net";
import {
  clientPreface,
  Flag,
  FRAME_HEADER_BYTES,
  FrameType,
  frame,
  requestFrames,
  statusOf,
  windowUpdate,
} from "./http2-frames.js";

/** A request as the load sends it, encoded once. */
export interface EncodedRequest {
  readonly frames: Buffer;
  /** Offsets of the stream identifiers inside `frames`. */
  readonly streamAt: readonly number[];
  readonly bodyBytes: number;
}

/** @param headers in wire order, pseudo-headers first; one byte per character (Latin-1) */
export function encodeRequest(headers: readonly (readonly [string, string])[], body: Buffer): EncodedRequest {
  const frames = requestFrames(headers, body);
  const streamAt: number[] = [];
  for (let at = 0; at < frames.length; at += FRAME_HEADER_BYTES + frames.readUIntBE(at, 3)) streamAt.push(at + 5);
  return { frames, streamAt, bodyBytes: body.length };
}

/** Called once per finished stream: its identifier and `:status`, 0 for a stream that was reset or a status that cannot be read. */
export type OnResponse = (stream: number, status: number) => void;

/** A script in an endless loop ends here. */
const SILENCE_MS = 20_000;

/** One HTTP/2 connection (prior knowledge, no TLS) to a listener. */
export class Http2Connection {
  private nextStream = 1;
  private unread: Buffer = Buffer.alloc(0);
  /** Streams without an end yet, with their `:status` as far as it is known (0: not yet). */
  private readonly open = new Map<number, number>();
  private receivedBytes = 0;
  private sendWindow = 65_535;
  private settled = false;
  private failure: Error | undefined;
  private onResponse: OnResponse = () => {};
  private wake: () => void = () => {};

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on("data", (bytes: Buffer) => this.receive(bytes));
    socket.on("error", (error) => this.fail(error));
    socket.on("close", () => this.fail(new Error("Envoy closed the connection")));
    socket.setTimeout(SILENCE_MS, () => this.fail(new Error(`Envoy said nothing for ${SILENCE_MS / 1000} s`)));
  }

  /** Connects and waits for the peer's settings. @throws Error when nothing answers on that port */
  static async open(port: number, host = "127.0.0.1"): Promise<Http2Connection> {
    const socket = connect(port, host);
    await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    const connection = new Http2Connection(socket);
    socket.write(clientPreface());
    await connection.until(() => connection.settled);
    return connection;
  }

  /** Body bytes that may be sent now without waiting for the peer. */
  get writableBytes(): number {
    return this.sendWindow;
  }

  /** Identifier of the stream that the next request will have. */
  get streamToCome(): number {
    return this.nextStream;
  }

  listen(onResponse: OnResponse): void {
    this.onResponse = onResponse;
  }

  /** Writes the same request `count` times in one piece; returns the first of the consecutive odd stream identifiers. */
  send(request: EncodedRequest, count: number): number {
    const first = this.nextStream;
    const burst = Buffer.allocUnsafe(request.frames.length * count);
    for (let copy = 0; copy < count; copy++) {
      const start = copy * request.frames.length;
      request.frames.copy(burst, start);
      for (const at of request.streamAt) burst.writeUInt32BE(first + 2 * copy, start + at);
      this.open.set(first + 2 * copy, 0);
    }
    this.nextStream += 2 * count;
    this.sendWindow -= request.bodyBytes * count;
    this.socket.write(burst);
    return first;
  }

  /** Resolves when the condition holds; it is looked at after each piece of data. @throws Error when the connection breaks first */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.failure) throw this.failure;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  close(): void {
    this.socket.removeAllListeners("close");
    this.socket.destroy();
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.wake();
  }

  private receive(bytes: Buffer): void {
    const all = this.unread.length === 0 ? bytes : Buffer.concat([this.unread, bytes]);
    let at = 0;
    while (all.length - at >= FRAME_HEADER_BYTES) {
      const end = at + FRAME_HEADER_BYTES + all.readUIntBE(at, 3);
      if (end > all.length) break;
      this.handle(all[at + 3]!, all[at + 4]!, all.readUInt32BE(at + 5) & 0x7fff_ffff, all.subarray(at + 9, end));
      at = end;
    }
    this.unread = all.subarray(at);
    this.grantWindow();
    this.wake();
  }

  private handle(type: number, flags: number, stream: number, payload: Buffer): void {
    switch (type) {
      case FrameType.headers:
        // Trailers do not replace the status of the response.
        if (this.open.get(stream) === 0) this.open.set(stream, statusOf(headerFragment(flags, payload)));
        break;
      case FrameType.data:
        this.receivedBytes += payload.length;
        break;
      case FrameType.resetStream:
        this.finish(stream, 0);
        return;
      case FrameType.settings:
        this.acknowledgeSettings(flags);
        return;
      case FrameType.ping:
        if ((flags & Flag.ack) === 0) this.socket.write(frame(FrameType.ping, Flag.ack, 0, payload));
        return;
      case FrameType.windowUpdate:
        if (stream === 0) this.sendWindow += payload.readUInt32BE(0) & 0x7fff_ffff;
        return;
      case FrameType.goAway:
        this.fail(new Error(`Envoy ended the connection: ${payload.subarray(8).toString("latin1") || "GOAWAY"}`));
        return;
    }
    if ((flags & Flag.endStream) !== 0 && (type === FrameType.headers || type === FrameType.data)) {
      this.finish(stream, this.open.get(stream));
    }
  }

  /** A reset after the end of the response (the peer did not want the rest of the request) is not a second answer. */
  private finish(stream: number, status: number | undefined): void {
    if (status !== undefined && this.open.delete(stream)) this.onResponse(stream, status);
  }

  private acknowledgeSettings(flags: number): void {
    if ((flags & Flag.ack) !== 0) return;
    this.settled = true;
    this.socket.write(frame(FrameType.settings, Flag.ack, 0, Buffer.alloc(0)));
  }

  private grantWindow(): void {
    if (this.receivedBytes < 1 << 24) return;
    this.socket.write(windowUpdate(0, this.receivedBytes));
    this.receivedBytes = 0;
  }
}

function headerFragment(flags: number, payload: Buffer): Buffer {
  const start = ((flags & Flag.padded) !== 0 ? 1 : 0) + ((flags & Flag.priority) !== 0 ? 5 : 0);
  return payload.subarray(start);
}
