import { defineRule } from "../define-rule.js";
import { filterInChain } from "../example-filter.js";

export const missingCompanionCluster = defineRule({
  id: "missing-companion-cluster",
  level: "note",
  group: "attachment",
  summary: "`httpCall()` goes to a cluster that this manifest does not define",
  why: `\`httpCall("name", …)\` raises *http call cluster invalid. Must be configured* when the proxy has no cluster of that name. Clusters of services in the mesh are called \`outbound|PORT||HOST\`; any other has to be added, mostly by a second patch
(\`applyTo: CLUSTER\`) in the same EnvoyFilter.`,
  wrong: filterInChain`
    name: envoy.filters.http.lua
    typed_config:
      "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
      default_source_code:
        inline_string: |
          function envoy_on_request(handle)
            handle:httpCall("audit", {[":method"] = "GET", [":path"] = "/", [":authority"] = "audit"}, nil, 500) -- <- here
          end
  `,
  right: filterInChain`
    name: envoy.filters.http.lua
    typed_config:
      "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
      default_source_code:
        inline_string: |
          function envoy_on_request(handle)
            handle:httpCall("outbound|80||audit.shop.svc.cluster.local", {[":method"] = "GET", [":path"] = "/", [":authority"] = "audit"}, nil, 500)
          end
  `,
  fix: "Add the cluster with a patch (`applyTo: CLUSTER`), or call a service of the mesh: `outbound|PORT||HOST`.",
  check: {
    script(context) {
      const { source, filter } = context.site;
      if (source.kind !== "EnvoyFilter" && source.kind !== "TrafficExtension") return;
      // An excerpt: the cluster may be in the part that was left out.
      if (source.name === undefined) return;
      const defined = JSON.stringify(filter.companionPatches ?? []);
      const told = new Set<string>();
      for (const { node, name, arguments: args } of context.facts.methodCalls) {
        const cluster = args[0]?.value.constant;
        if (
          name !== "httpCall" ||
          typeof cluster !== "string" ||
          told.has(cluster) ||
          /^(outbound|inbound)[|_.]/.test(cluster)
        )
          continue;
        if (BUILT_IN.has(cluster) || defined.includes(JSON.stringify(cluster))) continue;
        told.add(cluster);
        context.report({
          at: args[0]?.node ?? node,
          message: `the cluster \`${cluster}\` is not defined in this manifest; if nothing else defines it, the call may raise an error`,
        });
      }
    },
  },
});
/** In every Istio proxy. */
const BUILT_IN = new Set([
  "BlackHoleCluster",
  "PassthroughCluster",
  "InboundPassthroughCluster",
  "xds-grpc",
  "sds-grpc",
  "prometheus_stats",
  "agent",
  "zipkin",
]);
