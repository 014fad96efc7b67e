import type { VerifyRequest } from "../../src/verify/verify-request.js";
import { COMMON_HEADERS, type RequestShape, type ResponseShape, type Workload } from "./workload.js";

/** What `moonshift verify` sends, as a load: with the headers that every request has here beside its own. */
export function loadOf({
  method,
  path,
  headers,
  body = "",
  upstream,
  calls,
}: VerifyRequest): Pick<Workload, "request" | "response" | "calls"> {
  const own = headers
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !/^(host|connection|transfer-encoding|content-length)$/.test(name));
  const common = COMMON_HEADERS.filter(([name]) => !own.some(([given]) => given === name));
  const text = typeof body === "string" ? body : body.join("");
  const length: RequestShape["headers"] = text === "" ? [] : [["content-length", String(text.length)]];
  return {
    request: { method, path, headers: [...common, ...own, ...length], body: text },
    response: responseOf(upstream),
    calls: Object.fromEntries(Object.entries(calls).flatMap(([cluster, [first]]) => (first ? [[cluster, first]] : []))),
  };
}

function responseOf({ status = 200, headers = [], body = "" }: VerifyRequest["upstream"]): ResponseShape {
  const pieces = typeof body === "string" || body instanceof Uint8Array ? [body] : body;
  const text = pieces
    .map((piece) => (typeof piece === "string" ? piece : Buffer.from(piece).toString("latin1")))
    .join("");
  return {
    status,
    headers: headers.filter(([name]) => !/^(content-length|transfer-encoding)$/i.test(name)),
    body: text,
  };
}
