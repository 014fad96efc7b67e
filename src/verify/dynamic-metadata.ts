import type { MetadataHeader } from "../harness/filter-arms.js";
import type { HeaderLines } from "../harness/recording-upstream.js";
import { encodeProtobufValue } from "../host/protobuf-value.js";
import type { VerifyRequest } from "./verify-request.js";

/** One header for every value of dynamic metadata that any of the requests brings along. */
export function metadataHeadersOf(requests: readonly VerifyRequest[]): readonly MetadataHeader[] {
  const places = new Map<string, { readonly namespace: string; readonly key: string }>();
  for (const request of requests) {
    for (const [namespace, values] of Object.entries(request.dynamicMetadata ?? {})) {
      for (const key of Object.keys(values)) places.set(JSON.stringify([namespace, key]), { namespace, key });
    }
  }
  return [...places.values()].map((place, index) => ({ header: `x-moonshift-metadata-${index}`, ...place }));
}

/** The header lines that give a request its dynamic metadata. */
export function metadataLines(request: VerifyRequest, headers: readonly MetadataHeader[]): HeaderLines {
  return headers.flatMap(({ header, namespace, key }) => {
    const value = request.dynamicMetadata?.[namespace]?.[key];
    return value === undefined ? [] : [[header, encodeProtobufValue(value).toString("base64")] as const];
  });
}
