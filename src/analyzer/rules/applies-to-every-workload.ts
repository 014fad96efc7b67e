import { defineRule, yaml } from "../define-rule.js";
import { plainFilter } from "../example-filter.js";
import { isInRemovedList } from "../removed-list.js";

export const appliesToEveryWorkload = defineRule({
  id: "applies-to-every-workload",
  level: "note",
  group: "attachment",
  summary: "Without a selector the filter goes into every proxy of the namespace, or of the mesh",
  why: `An EnvoyFilter without \`workloadSelector\` and \`targetRefs\` is given to every proxy in its namespace; in the root namespace (mostly \`istio-system\`) to every proxy of the mesh, sidecars and gateways alike, unless the patch's \`context\` narrows it. Each of them
pays for the script.`,
  wrong: yaml`
    apiVersion: networking.istio.io/v1alpha3
    kind: EnvoyFilter
    metadata:
      name: tag
      namespace: shop
    spec: # <- here
      configPatches:
      - applyTo: HTTP_FILTER
        match:
          context: SIDECAR_INBOUND
          listener:
            filterChain:
              filter:
                name: envoy.filters.network.http_connection_manager
                subFilter:
                  name: envoy.filters.http.router
        patch:
          operation: INSERT_BEFORE
          value:
            name: envoy.filters.http.lua
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
              default_source_code:
                inline_string: |
                  function envoy_on_request(handle)
                    handle:headers():replace("x-seen", handle:streamInfo():protocol())
                  end
  `,
  right: plainFilter,
  fix: "Add a `workloadSelector` (or `targetRefs`).",
  check: {
    site(context) {
      const { source, filter } = context.site;
      const { namespace } = source;
      if (source.kind !== "EnvoyFilter" && source.kind !== "TrafficExtension") return;
      if (isInRemovedList(source)) return;
      if (
        Object.keys(filter.selector ?? {}).length > 0 ||
        (filter.targetRefs?.length ?? 0) > 0 ||
        source.name === undefined
      )
        return;
      const root = namespace === "istio-system" || namespace === "istio-config";
      const proxies =
        filter.patchContext === "GATEWAY"
          ? "gateway"
          : filter.patchContext?.startsWith("SIDECAR")
            ? "sidecar"
            : "proxy";
      context.report({
        at: { path: "spec" },
        ...(root && proxies !== "gateway" && { level: "warning" as const }),
        message: root
          ? `without a selector this goes into every ${proxies} of the mesh`
          : `without a selector this may go into every ${proxies} of the namespace`,
      });
    },
  },
});
