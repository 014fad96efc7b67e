import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import type { AddressInfo } from "node:net";

/** Header lines in the order of the wire, duplicates kept; latin1: one character is one byte. */
export type HeaderLines = readonly (readonly [name: string, value: string])[];

export interface RecordedRequest {
  /** Name of the upstream that got it. */
  readonly upstream: string;
  readonly protocol: "http1" | "http2";
  /** HTTP/2 pseudo headers are not in here; `host` stands for `:authority`. */
  readonly headers: HeaderLines;
  readonly method: string;
  readonly path: string;
  readonly body: Buffer;
  readonly trailers: HeaderLines;
}

export interface UpstreamAnswer {
  /** Default 200. */
  readonly status?: number;
  readonly headers?: HeaderLines;
  /** Several chunks are written one by one, each flushed before the next. Default: no body. */
  readonly body?: string | Uint8Array | readonly Uint8Array[];
  readonly trailers?: HeaderLines;
  readonly delayMs?: number;
  /** Close the connection instead of answering. */
  readonly reset?: boolean;
}

export interface UpstreamOptions {
  readonly name?: string;
  /** Default http1. */
  readonly protocol?: "http1" | "http2";
  /** Default: 200 without a body. */
  readonly answer?: (request: RecordedRequest) => UpstreamAnswer | Promise<UpstreamAnswer>;
}

export interface RecordingUpstream extends AsyncDisposable {
  readonly name: string;
  /** Listens on 127.0.0.1. */
  readonly port: number;
  /** Everything received so far, in the order in which the requests were complete. */
  readonly requests: readonly RecordedRequest[];
  /** Forgets what was received, and returns it. */
  take(): readonly RecordedRequest[];
  close(): Promise<void>;
}

/** A server on 127.0.0.1 that records requests byte for byte and answers as told. */
export async function startUpstream(options: UpstreamOptions = {}): Promise<RecordingUpstream> {
  const name = options.name ?? "upstream";
  const protocol = options.protocol ?? "http1";
  const requests: RecordedRequest[] = [];
  const sockets = new Set<{ destroy(): void }>();

  const serve = async (request: Exchange["request"], response: Exchange["response"]): Promise<void> => {
    const body: Buffer[] = [];
    for await (const chunk of request) body.push(chunk as Buffer);
    const headers = pairs(request.rawHeaders).filter(([header]) => !header.startsWith(":"));
    const authority = request.headers[":authority"];
    const recorded: RecordedRequest = {
      upstream: name,
      protocol,
      method: request.method ?? "",
      path: request.url ?? "",
      headers: typeof authority === "string" ? [["host", authority], ...headers] : headers,
      body: Buffer.concat(body),
      trailers: pairs(request.rawTrailers),
    };
    requests.push(recorded);
    await write(response, (await options.answer?.(recorded)) ?? {}, protocol);
  };
  const listener = (request: Exchange["request"], response: Exchange["response"]): void => {
    serve(request, response).catch(() => response.destroy?.()); // the peer is gone, or the scripted answer cannot be written
  };
  const server =
    protocol === "http1"
      ? http.createServer(
          { insecureHTTPParser: true, requireHostHeader: false, maxHeaderSize: 1 << 20, keepAliveTimeout: 0 },
          listener,
        )
      : http2.createServer({ settings: { maxHeaderListSize: 1 << 20 } }, listener);
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  const close = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    name,
    port: (server.address() as AddressInfo).port,
    requests,
    take: () => requests.splice(0),
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface Exchange {
  readonly request: http.IncomingMessage | http2.Http2ServerRequest;
  readonly response: http.ServerResponse | http2.Http2ServerResponse;
}

async function write(
  response: Exchange["response"],
  answer: UpstreamAnswer,
  protocol: "http1" | "http2",
): Promise<void> {
  if (answer.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, answer.delayMs));
  if (answer.reset) {
    response.socket?.destroy();
    return;
  }
  const chunks = bodyChunks(answer.body);
  const fixedLength = protocol === "http1" && chunks.length <= 1 && answer.trailers === undefined;
  const given = answer.headers ?? [];
  const length: HeaderLines =
    fixedLength && !given.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name))
      ? [["content-length", String(chunks[0]?.length ?? 0)]]
      : [];
  response.sendDate = false;
  writeHead(response, answer.status ?? 200, [...given, ...length]);
  for (const chunk of chunks) {
    await new Promise<void>((resolve, reject) => {
      (response as http.ServerResponse).write(chunk, (error) => (error ? reject(error) : resolve()));
    });
  }
  if (answer.trailers !== undefined) {
    (response as http.ServerResponse).addTrailers(answer.trailers as [string, string][]);
  }
  response.end();
}

function writeHead(response: Exchange["response"], status: number, headers: HeaderLines): void {
  if (response instanceof http.ServerResponse) {
    response.writeHead(status, headers.flat());
    return;
  }
  for (const [name, value] of headers) response.appendHeader(name, value);
  response.writeHead(status);
}

function bodyChunks(body: UpstreamAnswer["body"]): readonly Uint8Array[] {
  if (body === undefined) return [];
  if (typeof body === "string") return [Buffer.from(body, "latin1")];
  return body instanceof Uint8Array ? [body] : body;
}

/** Node's flat `[name, value, name, value…]` as lines. */
function pairs(flat: readonly string[]): HeaderLines {
  return Array.from({ length: flat.length / 2 }, (_, index) => [flat[2 * index]!, flat[2 * index + 1]!] as const);
}
