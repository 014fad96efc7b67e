import type { LocalReply } from "./context.js";
import { type HeaderLines, HeaderMap, lowerCase } from "./header-map.js";
import type { Sink } from "./path.js";

/** What an upstream answers. Structurally the harness's, whose servers write it. */
export interface Answer {
  /** Default 200. */
  readonly status?: number;
  readonly headers?: HeaderLines;
  /** Several chunks come one by one. Default: no body. */
  readonly body?: string | Uint8Array | readonly Uint8Array[];
  readonly trailers?: HeaderLines;
  readonly delayMs?: number;
  /** The connection is closed instead. */
  readonly reset?: boolean;
}

/** A response as Envoy's codec reads it. */
export interface ReadResponse {
  readonly headers: HeaderMap;
  readonly chunks: readonly Buffer[];
  readonly trailers: HeaderMap | undefined;
  /** Nothing follows the headers. */
  readonly endsWithHeaders: boolean;
}

/** The connection ends before the whole body has come. */
export function breaksOff({ headers = [], body }: Answer): boolean {
  const value = (wanted: string) => headers.find(([name]) => lowerCase(name) === wanted)?.[1];
  const length = chunksOf(body).reduce((sum, chunk) => sum + chunk.length, 0);
  return value("connection") === "close" && Number(value("content-length") ?? length) > length;
}

const DISCONNECTED = "upstream connect error or disconnect/reset before headers. reset reason: ";

/** The response that Envoy reads from an HTTP/1.1 server of Node, or what the router replies instead. */
export function readAnswer(answer: Answer, isHead: boolean): ReadResponse | LocalReply {
  if (answer.reset) return routerReply(503, `${DISCONNECTED}connection termination`);
  const status = answer.status ?? 200;
  const given = (answer.headers ?? []).map(
    ([name, value]) => [lowerCase(name), value.replace(/^[ \t]+|[ \t]+$/g, "")] as const,
  );
  const chunks = chunksOf(answer.body);
  const has = (name: string): boolean => given.some(([key]) => key === name);
  const isFramed = has("content-length") || has("transfer-encoding");
  const length =
    chunks.length <= 1 && answer.trailers === undefined && !isFramed ? String(chunks[0]?.length ?? 0) : undefined;
  const isBodiless = isHead || status === 204 || status === 304;
  const isChunked = !isBodiless && length === undefined && !isFramed;
  const headers = new HeaderMap("response", [
    [":status", String(status)],
    ...given,
    ...(length === undefined ? [] : [["content-length", length] as const]),
    ...(has("connection") ? [] : [["connection", "keep-alive"] as const]),
    ...(isChunked ? [["transfer-encoding", "chunked"] as const] : []),
  ]);
  if (status === 204) {
    if ((headers.get("content-length") ?? "0") !== "0") return routerReply(502, `${DISCONNECTED}protocol error`);
    headers.remove("content-length");
  }
  const hasBody = !isBodiless && headers.get("content-length") !== "0";
  return {
    headers,
    chunks: hasBody ? chunks.filter((chunk) => chunk.length > 0) : [],
    trailers: hasBody && answer.trailers !== undefined ? new HeaderMap("responseTrailers", answer.trailers) : undefined,
    endsWithHeaders: !hasBody,
  };
}

/** Sends a response frame by frame, as the codec does: the end is a frame of its own. */
export function sendFrames({ headers, chunks, trailers, endsWithHeaders }: ReadResponse, to: Sink): void {
  to.headers(headers, endsWithHeaders);
  if (endsWithHeaders) return;
  for (const chunk of chunks) to.data(chunk, false);
  if (trailers === undefined) to.data(Buffer.alloc(0), true);
  else to.trailers(trailers);
}

/** What the router replies to a request whose pseudo headers the filter has removed. */
export function routingFailure({
  method,
  path,
}: {
  readonly method: string;
  readonly path: string;
}): LocalReply | undefined {
  if (path === "") return routerReply(404, "");
  return method === "" ? routerReply(503, "missing required header: :method") : undefined;
}

export function routerReply(status: number, body: string): LocalReply {
  return { status, body, headers: [], grpcStatus: -1, details: "via_upstream" };
}

function chunksOf(body: Answer["body"]): readonly Buffer[] {
  if (body === undefined) return [];
  if (typeof body === "string") return [Buffer.from(body, "latin1")];
  return body instanceof Uint8Array ? [Buffer.from(body)] : body.map((chunk) => Buffer.from(chunk));
}
