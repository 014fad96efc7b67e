import net from "node:net";
import type { HeaderLines } from "./recording-upstream.js";
import { type ClientResponse, ResponseReader } from "./response-reader.js";

/** A request exactly as it goes on the wire; strings are latin1, one character is one byte. Nothing is added. */
export interface WireRequest {
  readonly method: string;
  /** Request target as written in the request line. */
  readonly path: string;
  /** In order, duplicates kept, case kept; `host` included. `content-length` / `transfer-encoding` are added when there is a body and neither is given. */
  readonly headers: HeaderLines;
  /** One piece goes with content-length, an array with chunked encoding, one chunk each. */
  readonly body?: string | Uint8Array | readonly Uint8Array[];
  /** Sent after a chunked body. */
  readonly trailers?: HeaderLines;
}

export interface SendOptions {
  /** Default 10,000. */
  readonly timeoutMs?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Client and server address that the PROXY protocol (version 1) tells Envoy; the listener must have that filter. */
  readonly proxy?: { readonly client: Endpoint; readonly server: Endpoint };
}

interface Endpoint {
  /** IPv4. */
  readonly address: string;
  readonly port: number;
}

/** What became of a request: an answer, or how it failed. */
export type Outcome =
  | { readonly kind: "response"; readonly response: ClientResponse }
  /** The connection ended before a whole response; `partial` is what had arrived (latin1). */
  | { readonly kind: "closed"; readonly partial: string }
  | { readonly kind: "timeout"; readonly partial: string };

/** Sends one HTTP/1.1 request over a connection of its own. Never throws for what the server does. */
export function sendHttp1(port: number, request: WireRequest, options: SendOptions = {}): Promise<Outcome> {
  const bytes = encodeRequest(request, options.proxy);
  const reader = new ResponseReader(request.method);
  const socket = net.connect({ port, host: options.host ?? "127.0.0.1", noDelay: true });
  return new Promise((resolve) => {
    const finish = (outcome: Outcome): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(outcome);
    };
    const timer = setTimeout(() => finish({ kind: "timeout", partial: reader.received }), options.timeoutMs ?? 10_000);
    const settle = (response: ClientResponse | undefined): void => {
      if (response !== undefined) finish({ kind: "response", response });
    };
    socket.on("connect", () => socket.write(bytes));
    socket.on("data", (chunk) => settle(reader.take(chunk)));
    socket.on("error", () => {}); // "close" follows
    socket.on("close", () => {
      settle(reader.end());
      finish({ kind: "closed", partial: reader.received });
    });
  });
}

/** The bytes of a request, with a PROXY protocol line in front where asked for. */
export function encodeRequest(request: WireRequest, proxy?: SendOptions["proxy"]): Buffer {
  const { body, trailers } = request;
  const chunked = Array.isArray(body) || trailers !== undefined;
  const pieces = (Array.isArray(body) ? body : body === undefined ? [] : [body]).map(toBytes);
  const framed = request.headers.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name));
  const framing: HeaderLines = framed
    ? []
    : chunked
      ? [["transfer-encoding", "chunked"]]
      : body !== undefined
        ? [["content-length", String(pieces[0]?.length ?? 0)]]
        : [];
  const proxyLine =
    proxy === undefined
      ? ""
      : `PROXY TCP4 ${proxy.client.address} ${proxy.server.address} ${proxy.client.port} ${proxy.server.port}\r\n`;
  const head = `${proxyLine}${request.method} ${request.path} HTTP/1.1\r\n${lines([...request.headers, ...framing])}\r\n`;
  const tail = chunked
    ? [...pieces.filter((piece) => piece.length > 0).flatMap(encodeChunk), toBytes(`0\r\n${lines(trailers ?? [])}\r\n`)]
    : pieces;
  return Buffer.concat([toBytes(head), ...tail]);
}

function encodeChunk(piece: Buffer): Buffer[] {
  return [toBytes(`${piece.length.toString(16)}\r\n`), piece, toBytes("\r\n")];
}

function lines(headers: HeaderLines): string {
  return headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
}

function toBytes(piece: string | Uint8Array): Buffer {
  return typeof piece === "string" ? Buffer.from(piece, "latin1") : Buffer.from(piece);
}
