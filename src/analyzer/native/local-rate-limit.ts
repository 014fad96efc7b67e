import type { NativeRule } from "./native-rule.js";
import { httpFilter } from "./print-resource.js";
import { readWindowCounter } from "./window-counter.js";

const FEATURE = "Envoy's local rate limit filter";

/** Requests are counted in a variable, and those that are too many in a window get 429. */
export const localRateLimit: NativeRule = ({ facts, script, site }) => {
  const { request, response } = facts.hooks;
  const counter = request && !response && facts.complete ? readWindowCounter(script, request) : undefined;
  if (counter) {
    const { limit, seconds, refusal } = counter;
    return {
      feature: FEATURE,
      because: `all it does is let ${limit} requests pass in ${seconds} s and answer 429 to the others`,
      range: refusal.range,
      resource: httpFilter(site, "envoy.filters.http.local_ratelimit", configuration(limit, seconds), [
        "One bucket for all workers of a proxy (in Lua each worker counts for itself), filled evenly rather than at once;",
        "the body of the answer is `local_rate_limited`.",
      ]),
    };
  }
  const tooMany = facts.methodCalls.find(
    (call) =>
      call.name === "respond" &&
      String(call.arguments[0]?.value.table?.fields.get(":status")?.constant ?? "") === "429",
  );
  const counts =
    facts.writes.some(({ increments }) => increments) ||
    facts.keyedWrites.some(({ where }) => where.phase === "request");
  if (!tooMany || !counts || facts.methodCalls.some(({ name }) => name === "httpCall")) return undefined;
  return {
    may: FEATURE,
    because: "it counts requests in a variable and answers 429 when there are too many, but how is not plain",
    range: tooMany.node.range,
  };
};

function configuration(limit: number, seconds: number): object {
  const always = { default_value: { numerator: 100, denominator: "HUNDRED" } };
  return {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
    stat_prefix: "http_local_rate_limiter",
    token_bucket: { max_tokens: limit, tokens_per_fill: limit, fill_interval: `${seconds}s` },
    filter_enabled: always,
    filter_enforced: always,
  };
}
