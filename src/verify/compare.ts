import type { HeaderLines, RecordedRequest } from "../harness/recording-upstream.js";
import type { ClientResponse } from "../harness/response-reader.js";
import type { Observation } from "./observation.js";
import { metadataFacts } from "./written-metadata.js";

/** An observation as named facts: what is compared, and what a difference is called. Values are latin1, one character a byte. */
export type Facts = ReadonlyMap<string, string>;

const ORDER = " order";

/** Facts that two arms do not share; `undefined` where one arm has no such fact. */
export interface FactDifference {
  readonly where: string;
  readonly left: string | undefined;
  readonly right: string | undefined;
}

/** Compares in the order of the facts, left's first. */
export function compareFacts(left: Facts, right: Facts): FactDifference[] {
  const names = new Set([...left.keys(), ...right.keys()]);
  return [...names]
    .map((where) => ({ where, left: left.get(where), right: right.get(where) }))
    .filter((fact) => fact.left !== fact.right && !isOrderOfDifferentHeaders(fact));
}

/** A missing header is told once, not as a change of the order too. */
function isOrderOfDifferentHeaders({ where, left, right }: FactDifference): boolean {
  return where.endsWith(ORDER) && sortedNames(left) !== sortedNames(right);
}

function sortedNames(order: string | undefined): string {
  return (order ?? "").split(", ").sort().join();
}

/** The header line in which Envoy writes the time. */
const DATE = /^date: .*\r\n/gim;

/** Everything of an observation that must not depend on the arm. */
export function factsOf(observation: Observation): Facts {
  const facts = new Map<string, string>();
  const { outcome } = observation;
  facts.set("outcome", outcome.kind);
  if (outcome.kind === "response") addResponse(facts, outcome.response);
  else if (outcome.partial !== "") facts.set("response.partial", outcome.partial.replace(DATE, ""));

  facts.set("upstream.requests", String(observation.upstream.length));
  for (const request of observation.upstream) addRequest(facts, "upstream", request);
  addCalls(facts, observation.calls);
  observation.log.forEach((line, index) => {
    facts.set(`log[${index}]`, `${line.level}: ${line.text}`);
  });
  const { metadata = {} } = observation;
  if (metadata === "unlogged") facts.set("metadata", metadata);
  else for (const [where, value] of metadataFacts(metadata)) facts.set(where, value);
  observation.wasmFailures.forEach((failure, index) => {
    facts.set(`wasm failure[${index}]`, failure);
  });
  return facts;
}

function addResponse(facts: Map<string, string>, response: ClientResponse): void {
  facts.set("response.status", String(response.status));
  facts.set("response.reason", response.reason);
  addHeaders(
    facts,
    "response.headers",
    response.headers.filter(([name]) => name !== "date"),
  );
  facts.set("response.body", response.body.toString("latin1"));
  addHeaders(facts, "response.trailers", response.trailers);
}

function addRequest(facts: Map<string, string>, at: string, request: RecordedRequest): void {
  facts.set(`${at}.method`, request.method);
  facts.set(`${at}.path`, request.path);
  addHeaders(facts, `${at}.headers`, request.headers);
  facts.set(`${at}.body`, request.body.toString("latin1"));
  addHeaders(facts, `${at}.trailers`, request.trailers);
}

/** Calls to different clusters may overtake each other; those to one cluster keep their order. */
function addCalls(facts: Map<string, string>, calls: readonly RecordedRequest[]): void {
  const counts = new Map<string, number>();
  for (const call of calls) {
    const nth = counts.get(call.upstream) ?? 0;
    counts.set(call.upstream, nth + 1);
    addRequest(facts, `calls["${call.upstream}"][${nth}]`, call);
  }
}

function addHeaders(facts: Map<string, string>, at: string, headers: HeaderLines): void {
  const byName = new Map<string, string[]>();
  for (const [name, value] of headers) byName.set(name, [...(byName.get(name) ?? []), value]);
  for (const [name, values] of byName) facts.set(`${at}["${name}"]`, values.join(" | "));
  facts.set(`${at}${ORDER}`, headers.map(([name]) => name).join(", "));
}
