import { metadataOf, type NativeRule, selectorOf } from "./native-rule.js";

/** Requests are counted in a variable, and those that are too many get 429. */
export const localRateLimit: NativeRule = ({ facts, site }) => {
  const refusal = facts.methodCalls.find(
    (call) =>
      call.name === "respond" &&
      String(call.arguments[0]?.value.table?.fields.get(":status")?.constant ?? "") === "429",
  );
  const counts =
    facts.writes.some(({ increments }) => increments) ||
    facts.keyedWrites.some(({ where }) => where.phase === "request");
  if (!refusal || !counts || facts.methodCalls.some(({ name }) => name === "httpCall")) return undefined;
  return {
    feature: "Envoy's local rate limit filter",
    because: "it counts requests in a variable and answers 429 when there are too many",
    range: refusal.node.range,
    resource: [
      "apiVersion: networking.istio.io/v1alpha3",
      "kind: EnvoyFilter",
      metadataOf(site),
      "spec:",
      `${selectorOf(site, "workloadSelector")}  configPatches:`,
      "  - applyTo: HTTP_FILTER",
      `    match: {context: ${site.filter.patchContext ?? "ANY"}, listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manager, subFilter: {name: envoy.filters.http.router}}}}}`,
      "    patch:",
      "      operation: INSERT_BEFORE",
      "      value:",
      "        name: envoy.filters.http.local_ratelimit",
      "        typed_config:",
      '          "@type": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit',
      "          stat_prefix: http_local_rate_limiter",
      "          # one bucket for all workers of a proxy; per-client buckets need descriptors",
      "          token_bucket: {max_tokens: 100, tokens_per_fill: 100, fill_interval: 60s}",
      "          filter_enabled: {default_value: {numerator: 100, denominator: HUNDRED}}",
      "          filter_enforced: {default_value: {numerator: 100, denominator: HUNDRED}}",
      "",
    ].join("\n"),
  };
};
