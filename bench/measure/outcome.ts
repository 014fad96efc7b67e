import type { HeaderLines, RecordedRequest, RecordingUpstream } from "../../src/harness/recording-upstream.js";
import { type Outcome as Answer, sendHttp1 } from "../../src/harness/traffic.js";
import type { RequestShape } from "../workloads/workload.js";

/** What one request led to. */
export interface Outcome {
  /** Absent when no request went on to the upstream. */
  readonly upstream?: Message;
  /** What the client got; absent when it got no answer. */
  readonly client?: Message & { readonly status: number };
}

interface Message {
  readonly headers: HeaderLines;
  readonly body: string;
}

/** Host that the configuration leads to the recording upstream in place of Envoy's own answer. */
export const CHECK_HOST = "check.bench";

/** Sends the request once to where it is recorded. */
export async function observe(port: number, request: RequestShape, recorder: RecordingUpstream): Promise<Outcome> {
  recorder.take();
  const { method, path, headers, body } = request;
  const wire = {
    method,
    path,
    headers: [["host", CHECK_HOST], ...headers] as HeaderLines,
    ...(body === "" ? {} : { body }),
  };
  const client = clientMessage(await sendHttp1(port, wire));
  const upstream = recorder.take().map(upstreamMessage)[0];
  return { ...(upstream ? { upstream } : {}), ...(client ? { client } : {}) };
}

function upstreamMessage({ method, path, headers, body }: RecordedRequest): Message {
  return { headers: [[":method", method], [":path", path], ...headers], body: body.toString("latin1") };
}

function clientMessage(answer: Answer): Outcome["client"] {
  if (answer.kind !== "response") return undefined;
  const { status, headers, body } = answer.response;
  return { status, headers, body: body.toString("latin1") };
}

/** Set by Envoy from the clock. */
const VARYING = ["date", "x-envoy-upstream-service-time"];

/**
 * First difference between two outcomes, in words, or undefined. Header lines are compared in order.
 * @param nondeterministic headers of which only the presence is compared
 */
export function firstDifference(
  one: Outcome,
  other: Outcome,
  nondeterministic: ReadonlySet<string> = new Set(),
): string | undefined {
  const blanked = new Set([...VARYING, ...nondeterministic]);
  const [before, after] = [describe(one, blanked), describe(other, blanked)];
  const length = Math.max(before.length, after.length);
  for (let at = 0; at < length; at++) {
    if (before[at] !== after[at]) return `${before[at] ?? "nothing"} became ${after[at] ?? "nothing"}`;
  }
  return undefined;
}

/** Names of headers that both outcomes have in the same places with different values. */
export function differingHeaders(one: Outcome, other: Outcome): readonly string[] {
  const pairs = (["upstream", "client"] as const).map(
    (who) => [one[who]?.headers ?? [], other[who]?.headers ?? []] as const,
  );
  return pairs.flatMap(([before, after]) =>
    before
      .filter(([name, value], at) => after[at]?.[0] === name && after[at][1] !== value)
      .map(([name]) => name.toLowerCase()),
  );
}

function describe({ upstream, client }: Outcome, blanked: ReadonlySet<string>): string[] {
  const lines = (who: string, message: Message): string[] => [
    ...message.headers.map(
      ([name, value]) => `${who} header ${name}: ${blanked.has(name.toLowerCase()) ? "(varies)" : value}`,
    ),
    `${who} body: ${message.body}`,
  ];
  return [
    ...(upstream ? lines("request", upstream) : ["no request to the upstream"]),
    ...(client ? [`response status: ${client.status}`, ...lines("response", client)] : ["no response"]),
  ];
}
