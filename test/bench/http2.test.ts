import { once } from "node:events";
import http2 from "node:http2";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeRequest, Http2Connection } from "../../bench/measure/http2-connection.js";
import { headerBlock, requestFrames, statusOf } from "../../bench/measure/http2-frames.js";

describe("frames", () => {
  it("writes fields as literals that refer to nothing", () => {
    expect(headerBlock([["a", "bc"]]).toString("hex")).toBe("00016102" + "6263");
    const long = headerBlock([["n", "x".repeat(200)]]);
    expect([...long.subarray(3, 5)]).toEqual([127, 73]);
  });

  it("cuts a body into frames of 16 KiB, the last of which ends the stream", () => {
    const bytes = requestFrames([[":method", "POST"]], Buffer.alloc(40_000));
    const frames: (readonly [type: number, flags: number, length: number])[] = [];
    for (let at = 0; at < bytes.length; at += 9 + bytes.readUIntBE(at, 3)) {
      frames.push([bytes[at + 3]!, bytes[at + 4]!, bytes.readUIntBE(at, 3)]);
    }
    expect(frames.slice(1)).toEqual([
      [0, 0, 16_384],
      [0, 0, 16_384],
      [0, 1, 7_232],
    ]);
    expect(frames[0]!.slice(0, 2)).toEqual([1, 4]);
  });

  it("reads the status in each of its spellings", () => {
    expect(statusOf(Buffer.from([0x88]))).toBe(200);
    expect(statusOf(Buffer.from([0x20, 0x8d]))).toBe(404);
    expect(statusOf(Buffer.concat([Buffer.from([0x08, 3]), Buffer.from("403")]))).toBe(403);
    // 403 in Huffman code: 011010 00000 011001, padded with ones.
    expect(statusOf(Buffer.from([0x48, 0x83, 0b01101000, 0b00001100, 0b11111111]))).toBe(403);
    expect(statusOf(Buffer.from([0x82]))).toBe(0);
    expect(statusOf(Buffer.alloc(0))).toBe(0);
  });
});

describe("Http2Connection against Node's server", () => {
  const received: { path: string; header: string; body: string }[] = [];
  const server = http2.createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const path = request.url;
    received.push({ path, header: String(request.headers["x-one"]), body });
    response.writeHead(Number(path.slice(1)), { "x-two": "2" });
    response.end("answer".repeat(10));
  });

  beforeAll(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterAll(() => {
    server.close();
  });

  const pseudo = (path: string) =>
    [
      [":method", "POST"],
      [":scheme", "http"],
      [":authority", "bench"],
      [":path", path],
      ["x-one", "1"],
    ] as const;

  it("gets every answer with its status, over one connection", async () => {
    const connection = await Http2Connection.open((server.address() as AddressInfo).port);
    const statuses: number[] = [];
    connection.listen((_stream, status) => statuses.push(status));
    for (const path of ["/200", "/403", "/503", "/429"]) {
      const before = statuses.length;
      connection.send(encodeRequest(pseudo(path), Buffer.from("body")), 25);
      await connection.until(() => statuses.length === before + 25);
    }
    connection.close();
    expect(statuses).toEqual([200, 403, 503, 429].flatMap((status) => Array(25).fill(status)));
    expect(new Set(received.map((request) => JSON.stringify(request))).size).toBe(4);
    expect(received[0]).toEqual({ path: "/200", header: "1", body: "body" });
  });

  it("tells when the connection breaks instead of waiting for ever", async () => {
    const connection = await Http2Connection.open((server.address() as AddressInfo).port);
    connection.listen(() => {});
    connection.send(
      { frames: Buffer.from("not a frame at all, of no type that there is"), streamAt: [], bodyBytes: 0 },
      1,
    );
    await expect(connection.until(() => false)).rejects.toThrow(/closed|ended/);
    connection.close();
  });
});
