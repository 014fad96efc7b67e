import { createHash } from "node:crypto";
import type { Facts, MetadataWrite } from "./tracking/facts.js";

/**
 * How what a script writes into dynamic metadata reaches the rest of Envoy, although no host call writes it: the module puts each value into a
 * private header when the headers go on, and filters beside it (`header_to_metadata`) make dynamic metadata of that.
 */
export interface Companion {
  readonly values: readonly CarriedValue[];
  /** Values can leave with the request's headers. */
  readonly onRequest: boolean;
  /** Values can leave with the response's headers: written there, or by a request that was answered at once or whose headers had gone on. */
  readonly onResponse: boolean;
}

export interface CarriedValue {
  /** Private header, lower-case. */
  readonly header: string;
  readonly namespace: string;
  readonly key: string;
}

/** The companion that a script needs; undefined when it writes nothing that one could carry. */
export function planCompanion(facts: Facts): Companion | undefined {
  const carried = facts.metadataWrites.filter((write) => fateOf(write) !== "own");
  const pairs = new Map(carried.map(({ namespace, key }) => [JSON.stringify([namespace, key]), { namespace, key }]));
  if (pairs.size === 0) return undefined;
  // Whether headers have gone depends on the traffic: a loop over the chunks of no body waits for nothing. So all writes of such a place count.
  const writes = facts.metadataWrites.filter(({ namespace, key }) => pairs.has(JSON.stringify([namespace, key])));
  const answers = facts.methodCalls.some(({ name, object }) => name === "respond" && object.direction !== "response");
  return {
    values: [...pairs.values()].map((pair) => carriedValue(pair.namespace as string, pair.key as string)),
    onRequest: writes.some((write) => write.direction !== "response"),
    onResponse: writes.some((write) => write.direction !== "request" || write.headersGone || answers),
  };
}

/** Filters of one chain must not take each other's headers, so the name stands for the place that is written. */
function carriedValue(namespace: string, key: string): CarriedValue {
  const name = createHash("sha256")
    .update(JSON.stringify([namespace, key]))
    .digest("hex")
    .slice(0, 12);
  return { header: `x-moonshift-metadata-${name}`, namespace, key };
}

/** What becomes of a value: filters behind see it, only what looks at the stream's end does, or nobody but the script. */
type MetadataFate = "carried" | "late" | "own";

export function fateOf({ namespace, key, direction, headersGone }: MetadataWrite): MetadataFate {
  if (!isName(namespace) || !isName(key)) return "own";
  if (!headersGone) return "carried";
  return direction === "request" ? "late" : "own";
}

/** Envoy's configuration is text: a name that is not, or is empty, cannot be written there. */
function isName(name: string | undefined): boolean {
  return name !== undefined && /^[\x20-\x7e]+$/.test(name);
}
