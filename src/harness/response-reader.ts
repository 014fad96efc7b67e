import type { HeaderLines } from "./recording-upstream.js";

/** A response byte for byte; strings are latin1. */
export interface ClientResponse {
  readonly status: number;
  readonly reason: string;
  readonly headers: HeaderLines;
  readonly body: Buffer;
  readonly trailers: HeaderLines;
}

interface Head {
  readonly status: number;
  readonly reason: string;
  readonly headers: HeaderLines;
  /** Offset of the first body byte. */
  readonly bodyStart: number;
}

/** Reads one HTTP/1.1 response from the chunks of a socket; keeps order, duplicates and bytes of the headers, which Node's client does not. */
export class ResponseReader {
  #bytes = "";

  /** @param method of the request: a response to HEAD has no body whatever its headers say */
  constructor(readonly method: string) {}

  /** Everything received so far, latin1. */
  get received(): string {
    return this.#bytes;
  }

  /** @returns the response as soon as it is complete */
  take(chunk: Uint8Array): ClientResponse | undefined {
    this.#bytes += Buffer.from(chunk).toString("latin1");
    return this.#read(false);
  }

  /** The connection has ended: completes a response that is delimited by that. */
  end(): ClientResponse | undefined {
    return this.#read(true);
  }

  #read(ended: boolean): ClientResponse | undefined {
    let head = readHead(this.#bytes, 0);
    while (head !== undefined && head.status < 200) head = readHead(this.#bytes, head.bodyStart); // 100-continue
    if (head === undefined) return undefined;
    const rest = this.#bytes.slice(head.bodyStart);
    const body = this.#readBody(head, rest, ended);
    if (body === undefined) return undefined;
    const { status, reason, headers } = head;
    return { status, reason, headers, body: Buffer.from(body.text, "latin1"), trailers: body.trailers };
  }

  #readBody(head: Head, rest: string, ended: boolean): { text: string; trailers: HeaderLines } | undefined {
    if (this.method === "HEAD" || head.status === 204 || head.status === 304) return { text: "", trailers: [] };
    if (/\bchunked\b/i.test(headerValue(head.headers, "transfer-encoding") ?? "")) return readChunked(rest);
    const length = headerValue(head.headers, "content-length");
    if (length === undefined) return ended ? { text: rest, trailers: [] } : undefined;
    return rest.length >= Number(length) ? { text: rest.slice(0, Number(length)), trailers: [] } : undefined;
  }
}

function readHead(bytes: string, start: number): Head | undefined {
  const end = bytes.indexOf("\r\n\r\n", start);
  if (end < 0) return undefined;
  const [statusLine = "", ...headerLines] = bytes.slice(start, end).split("\r\n");
  const match = /^HTTP\/1\.[01] (\d{3}) ?(.*)$/s.exec(statusLine);
  return {
    status: Number(match?.[1] ?? 0),
    reason: match?.[2] ?? statusLine,
    headers: headerLines.map(splitHeader),
    bodyStart: end + 4,
  };
}

function readChunked(rest: string): { text: string; trailers: HeaderLines } | undefined {
  let text = "";
  for (let at = 0; ; ) {
    const lineEnd = rest.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(rest.slice(at, lineEnd), 16);
    if (!(size > 0)) return readTrailers(rest, lineEnd + 2, text);
    const next = lineEnd + 2 + size + 2;
    if (rest.length < next) return undefined;
    text += rest.slice(lineEnd + 2, next - 2);
    at = next;
  }
}

function readTrailers(rest: string, start: number, text: string): { text: string; trailers: HeaderLines } | undefined {
  if (rest.startsWith("\r\n", start)) return { text, trailers: [] };
  const end = rest.indexOf("\r\n\r\n", start);
  return end < 0 ? undefined : { text, trailers: rest.slice(start, end).split("\r\n").map(splitHeader) };
}

function splitHeader(line: string): readonly [string, string] {
  const colon = line.indexOf(":");
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, "")];
}

function headerValue(headers: HeaderLines, name: string): string | undefined {
  return headers.find(([header]) => header.toLowerCase() === name)?.[1];
}
