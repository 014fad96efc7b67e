import { z } from "zod";
import type { HeaderLines, UpstreamAnswer } from "../harness/recording-upstream.js";
import { InputError } from "../support/failure.js";
import type { VerifyRequest } from "./verify-request.js";

/** HTTP Archive 1.2, as browsers and proxies write it: only what a request and its answer are made of. */
const headerList = z.array(z.object({ name: z.string(), value: z.string() })).default([]);
const har = z.object({
  log: z.object({
    entries: z
      .array(
        z.object({
          request: z.object({
            method: z.string(),
            url: z.string(),
            headers: headerList,
            postData: z.object({ text: z.string().default("") }).optional(),
          }),
          response: z.object({
            status: z.number(),
            headers: headerList,
            content: z.object({ text: z.string().optional(), encoding: z.string().optional() }).optional(),
          }),
        }),
      )
      .min(1),
  }),
});

export function isHar(value: unknown): boolean {
  return typeof value === "object" && value !== null && "log" in value;
}

/** The recorded response becomes what the upstream answers. @throws InputError */
export function requestsFromHar(value: unknown, file: string): VerifyRequest[] {
  const result = har.safeParse(value);
  if (!result.success) {
    const { path, message } = result.error.issues[0]!;
    throw new InputError(`not a HAR file: ${path.map(String).join(".")}: ${message}`, { file, line: 1, column: 1 });
  }
  return result.data.log.entries.map(({ request, response }, index) => {
    if (!URL.canParse(request.url)) {
      throw new InputError(`log.entries.${index}.request.url is not a URL`, { file, line: 1, column: 1 });
    }
    const url = new URL(request.url);
    const path = url.pathname + url.search;
    const headers = endToEnd(request.headers);
    const named = headers.some(([name]) => name.toLowerCase() === "host");
    return {
      name: `${request.method} ${path}`,
      method: request.method,
      path,
      headers: named ? headers : [["host", url.host], ...headers],
      ...(request.postData === undefined ? {} : { body: fromText(request.postData.text) }),
      upstream: answerOf(response),
      calls: {},
    };
  });
}

function answerOf(response: z.infer<typeof har>["log"]["entries"][number]["response"]): UpstreamAnswer {
  const { text, encoding } = response.content ?? {};
  const body = encoding === "base64" ? Buffer.from(text ?? "", "base64").toString("latin1") : fromText(text ?? "");
  // Browsers write 0 for a response that never came, and the body as it was after decoding.
  const headers = endToEnd(response.headers).filter(([name]) => name.toLowerCase() !== "content-encoding");
  const status = response.status >= 200 && response.status < 600 ? response.status : 200;
  const hasBody = body !== "" && status !== 204 && status !== 304;
  return { status, headers, ...(hasBody ? { body } : {}) };
}

const HOP_BY_HOP =
  /^(:.*|connection|content-length|expect|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade|http2-settings)$/i;

function endToEnd(headers: readonly { readonly name: string; readonly value: string }[]): HeaderLines {
  return headers
    .filter(
      ({ name, value }) =>
        !HOP_BY_HOP.test(name) && /^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(name) && !/[\r\n\0]/.test(value),
    )
    .map(({ name, value }) => [name, fromText(value)] as const);
}

function fromText(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
