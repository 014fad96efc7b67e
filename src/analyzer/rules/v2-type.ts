import { defineRule } from "../define-rule.js";
import { filterInChain, plainFilter } from "../example-filter.js";
import { typePlace } from "../type-place.js";

export const v2Type = defineRule({
  id: "v2-type",
  level: "error",
  group: "attachment",
  summary: "The filter's type belongs to Envoy's API version 2, which is gone",
  why: `Envoy 1.18 (April 2021) removed version 2 of its API. A filter with \`envoy.config.filter.http.lua.v2.Lua\` is refused; under Istio the proxy keeps its last good configuration and takes no further changes.`,
  wrong: filterInChain`
    name: envoy.filters.http.lua
    typed_config:
      "@type": type.googleapis.com/envoy.config.filter.http.lua.v2.Lua # <- here
      inline_code: |
        function envoy_on_request(handle)
          handle:headers():replace("x-seen", handle:streamInfo():protocol())
        end
  `,
  right: plainFilter,
  fix: "Write `type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua`.",
  check: {
    site(context) {
      const { typeUrl, filterPath } = context.site.filter;
      if (typeUrl === undefined || !/\bconfig\.filter\.http\.lua\.v2\b/.test(typeUrl)) return;
      context.report({
        at: typePlace(context.site, filterPath),
        message: `\`${typeUrl.split("/").at(-1)}\` belongs to Envoy's API version 2, which no Envoy has had since 1.18`,
      });
    },
  },
});
