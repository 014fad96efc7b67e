import { z } from "zod";

/** The request file's own YAML format; `docs/request-files.md` explains it to users. */

const fromText = (text: string): string => Buffer.from(text, "utf8").toString("latin1");

const bytes = z.union([
  z.string().transform(fromText),
  z.number().transform(String),
  z.boolean().transform(String),
  z.strictObject({ base64: z.base64() }).transform((given) => Buffer.from(given.base64, "base64").toString("latin1")),
  z
    .strictObject({ hex: z.string().regex(/^([0-9a-f]{2})*$/i, "must be pairs of hexadecimal digits") })
    .transform((given) => Buffer.from(given.hex, "hex").toString("latin1")),
]);

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9a-z-]+$/i, "is not a header name");
const headerValue = bytes.refine((value) => !/[\r\n\0]/.test(value), "a header value cannot have line breaks or NUL");

/** A map (a list as value repeats the header), or a list of one-entry maps where the order matters. */
const headerMap = z
  .record(headerName, z.union([headerValue, z.array(headerValue)]))
  .transform((map) =>
    Object.entries(map).flatMap(([name, value]) => [value].flat().map((one) => [name, one] as const)),
  );
const headers = z.union([headerMap, z.array(headerMap).transform((maps) => maps.flat())]);

const json = z.strictObject({ json: z.unknown() }).transform((given) => fromText(JSON.stringify(given.json)));
const chunks = z.strictObject({ chunks: z.array(bytes) }).transform((given) => given.chunks);
const body = z.union([bytes, json, chunks]);

const answer = z
  .strictObject({
    status: z.int().min(200).max(599).default(200),
    headers: headers.default([]),
    body: body.optional(),
    trailers: headers.optional(),
    delayMs: z.int().min(0).max(60_000).optional(),
    reset: z.boolean().optional(),
  })
  .transform(({ status, headers, body, trailers, delayMs, reset }) => ({
    status,
    headers,
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : body.map(latin1) }),
    ...(trailers === undefined ? {} : { trailers }),
    ...(delayMs === undefined ? {} : { delayMs }),
    ...(reset === undefined ? {} : { reset }),
  }));

const request = z.strictObject({
  name: z.string().optional(),
  method: z
    .string()
    .regex(/^[!#$%&'*+.^_`|~0-9a-z-]+$/i, "is not a method")
    .default("GET"),
  path: z
    .string()
    .transform(fromText)
    .refine(
      (path) => !/[\0-\x20\x7f]/.test(path),
      "a path cannot have spaces or control characters: percent-encode them",
    )
    .default("/"),
  headers: headers.default([]),
  body: body.optional(),
  trailers: headers.optional(),
  client: z.ipv4().optional(),
  dynamicMetadata: z.record(z.string(), z.record(z.string(), z.json())).optional(),
  repeat: z.int().min(1).max(10_000).default(1),
  upstream: answer.prefault({}),
  calls: z.record(z.string(), z.union([answer.transform((one) => [one]), z.array(answer).min(1)])).default({}),
});

export const requestFile = z.strictObject({ requests: z.array(request).min(1) });

function latin1(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}
