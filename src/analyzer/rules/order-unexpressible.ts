import { defineRule, yaml } from "../define-rule.js";
import { plainFilter } from "../example-filter.js";
import { matchedFilter } from "../matched-filter.js";

export const orderUnexpressible = defineRule({
  id: "order-unexpressible",
  level: "note",
  group: "attachment",
  summary: "The filter's place in the chain cannot be kept outside an EnvoyFilter",
  why: `WasmPlugin and TrafficExtension know three places: before authentication, before authorization, before the statistics. A script that stands beside another filter (CORS, fault, ext_authz…) can keep that place in an EnvoyFilter only.`,
  wrong: yaml`
    apiVersion: networking.istio.io/v1alpha3
    kind: EnvoyFilter
    metadata:
      name: tag
      namespace: shop
    spec:
      workloadSelector:
        labels:
          app: cart
      configPatches:
      - applyTo: HTTP_FILTER
        match:
          context: SIDECAR_INBOUND
          listener:
            filterChain:
              filter:
                name: envoy.filters.network.http_connection_manager
                subFilter:
                  name: envoy.filters.http.fault # <- here
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
  fix: "Check whether the order matters; if it does not, insert before the router.",
  check: {
    site(context) {
      const { site } = context;
      const name = matchedFilter(site)?.subFilter?.name;
      const [, patch] = /^(.*?configPatches\[\d+\])/.exec(site.source.path) ?? [];
      if (site.source.kind !== "EnvoyFilter" || name === undefined || patch === undefined || EXPRESSIBLE.test(name))
        return;
      context.report({
        at: { path: `${patch}.match.listener.filterChain.filter.subFilter.name` },
        message: `a place beside \`${name}\` may be lost with a WasmPlugin or TrafficExtension`,
      });
    },
  },
});
const EXPRESSIBLE =
  /^(envoy\.(filters\.http\.)?(router|jwt_authn|rbac)|istio_authn|istio\.(stats|metadata_exchange|alpn))$/;
