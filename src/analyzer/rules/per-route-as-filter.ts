import { defineRule } from "../define-rule.js";
import { filterInChain, plainFilter } from "../example-filter.js";
import { typePlace } from "../type-place.js";

export const perRouteAsFilter = defineRule({
  id: "per-route-as-filter",
  level: "error",
  group: "attachment",
  summary: "`LuaPerRoute` is used as the type of a filter",
  why: `\`LuaPerRoute\` is what a route says about a Lua filter (switch it off, choose a script, give its own). As the type of a filter in the chain it is refused: *Didn't find a registered implementation*; under Istio the proxy keeps its last good
configuration and takes no further changes.`,
  wrong: filterInChain`
    name: envoy.filters.http.lua
    typed_config:
      "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.LuaPerRoute # <- here
      default_source_code:
        inline_string: |
          function envoy_on_request(handle)
            handle:headers():replace("x-seen", handle:streamInfo():protocol())
          end
  `,
  right: plainFilter,
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
