import { defineRule, yaml } from "../define-rule.js";
import { typePlace } from "../type-place.js";

export const perRouteAsFilter = defineRule({
  id: "per-route-as-filter",
  level: "error",
  group: "attachment",
  summary: "`LuaPerRoute` is used as the type of a filter",
  why: `\`LuaPerRoute\` is what a route says about a Lua filter (switch it off, choose a script, give its own). As the type of a filter in the chain it is refused: *Didn't find a registered implementation*; under Istio the proxy keeps its last good
configuration and takes no further changes.`,
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
                  name: envoy.filters.http.router
        patch:
          operation: INSERT_BEFORE
          value:
            name: envoy.filters.http.lua
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.LuaPerRoute # <- here
              default_source_code:
                inline_string: |
                  function envoy_on_request(handle)
                    handle:headers():replace("x-seen", handle:streamInfo():protocol())
                  end
  `,
  right: yaml`
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
  fix: "Write `type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua`, or put it under `typed_per_filter_config` of a route.",
  check: {
    site(context) {
      const { applyTo, typeUrl, filterPath } = context.site.filter;
      const perRoute = /typed_?per_?filter_?config/i.test(context.site.source.path);
      if (!typeUrl?.endsWith("LuaPerRoute") || perRoute || (applyTo !== undefined && applyTo !== "HTTP_FILTER")) return;
      context.report({
        at: typePlace(context.site, filterPath),
        message: "`LuaPerRoute` is for routes: Envoy refuses it as a filter",
      });
    },
  },
});
