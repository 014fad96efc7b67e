import type { LocalReply } from "./context.js";
import { HeaderMap } from "./header-map.js";

/** By HTTP status; anything else is UNKNOWN. */
const GRPC_STATUS: Readonly<Record<number, number>> = {
  400: 13,
  401: 16,
  403: 7,
  404: 12,
  429: 14,
  502: 14,
  503: 14,
  504: 14,
};
const GRPC_UNKNOWN = 2;

/** The response that Envoy makes of a local reply, and its body (a gRPC client finds the text in a header). */
export function localResponse(
  reply: LocalReply,
  request: HeaderMap | undefined,
): { readonly headers: HeaderMap; readonly body: string } {
  if (isGrpc(request)) return { headers: grpcResponse(reply), body: "" };
  const headers = new HeaderMap("response", [[":status", String(reply.status)], ...reply.headers]);
  if (reply.body === "") {
    headers.remove("content-length");
    headers.remove("content-type");
  } else {
    headers.set("content-length", String(reply.body.length));
    if (headers.get("content-type") === undefined) headers.set("content-type", "text/plain");
  }
  return { headers, body: reply.body };
}

function grpcResponse({ status, body, headers: given, grpcStatus }: LocalReply): HeaderMap {
  const headers = new HeaderMap("response", [[":status", "200"], ...given]);
  headers.set("content-type", "application/grpc");
  headers.set("grpc-status", String(grpcStatus >= 0 ? grpcStatus : (GRPC_STATUS[status] ?? GRPC_UNKNOWN)));
  if (body !== "") headers.set("grpc-message", percentEncoded(body));
  return headers;
}

function isGrpc(request: HeaderMap | undefined): boolean {
  return /^application\/grpc($|[+;])/.test(request?.get("content-type") ?? "");
}

/** Everything but printable ASCII, and the percent sign. */
function percentEncoded(text: string): string {
  return text.replace(/[^ -$&-~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
}
