import type { HeaderLines, UpstreamAnswer } from "../harness/recording-upstream.js";

/** One request to send through every arm, and what the world answers to it. Plain data; strings are latin1, one character is one byte. */
export interface VerifyRequest {
  /** For people, e.g. `POST /login with an empty body`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** In order, duplicates kept. `host` and `x-request-id` are added where they are missing. */
  readonly headers: HeaderLines;
  /** One string: with content-length. A list: chunked, one chunk each. */
  readonly body?: string | readonly string[];
  readonly trailers?: HeaderLines;
  /** Address that the request comes from, IPv4. Default 203.0.113.7. */
  readonly client?: string;
  /** Dynamic metadata that filters in front of this one have set: JSON values by namespace and key. */
  readonly dynamicMetadata?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** What the upstream answers. */
  readonly upstream: UpstreamAnswer;
  /** What clusters answer to side calls, by cluster; the last answer of a list repeats. Clusters that are not named answer as `upstream` would. */
  readonly calls: Readonly<Record<string, readonly UpstreamAnswer[]>>;
}
