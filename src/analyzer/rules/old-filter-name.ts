import { defineRule } from "../define-rule.js";
import { filterInChain, plainFilter } from "../example-filter.js";
import { isInRemovedList } from "../removed-list.js";

export const oldFilterName = defineRule({
  id: "old-filter-name",
  level: "note",
  group: "attachment",
  summary: "The filter has a name from before Envoy's API version 3",
  why: `Names like \`envoy.lua\` are only names today: Envoy finds the filter by its type. But route metadata, \`typed_per_filter_config\` and other patches look for \`envoy.filters.http.lua\`.`,
  wrong: filterInChain`
    name: envoy.lua # <- here
    typed_config:
      "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
      default_source_code:
        inline_string: |
          function envoy_on_request(handle)
            handle:headers():replace("x-seen", handle:streamInfo():protocol())
          end
  `,
  right: plainFilter,
  fix: "Call it `envoy.filters.http.lua`, or by a name that says what it does.",
  check: {
    site(context) {
      const { filterName, filterPath } = context.site.filter;
      // In the list that Istio has removed no name helps.
      if (filterName !== "envoy.lua" || filterPath === undefined || isInRemovedList(context.site.source)) return;
      context.report({
        at: { path: `${filterPath}.name` },
        message: "`envoy.lua` is the name of before 2020: what looks for `envoy.filters.http.lua` may not find it",
      });
    },
  },
});
