import { defineRule, yaml } from "../define-rule.js";
import { plainFilter } from "../example-filter.js";
import { removedListEntry } from "../removed-list.js";

export const removedFilterList = defineRule({
  id: "removed-filter-list",
  level: "error",
  group: "attachment",
  summary: "`filters[]` of an EnvoyFilter no longer exists",
  why: `Until Istio 1.4 an EnvoyFilter listed \`filters\` with \`filterConfig\`. The field is not part of the resource any more: the API server drops or refuses it, so the script runs nowhere.`,
  wrong: yaml`
    apiVersion: networking.istio.io/v1alpha3
    kind: EnvoyFilter
    metadata:
      name: tag
      namespace: shop
    spec:
      workloadLabels:
        app: cart
      filters:
      - listenerMatch: # <- here
          listenerType: SIDECAR_INBOUND
        filterName: envoy.filters.http.lua
        filterType: HTTP
        filterConfig:
          inlineCode: |
            function envoy_on_request(handle)
              handle:headers():replace("x-seen", handle:streamInfo():protocol())
            end
  `,
  right: plainFilter,
  fix: "Write it as `configPatches` with `applyTo: HTTP_FILTER`.",
  check: {
    site(context) {
      const entry = removedListEntry(context.site.source);
      if (entry === undefined) return;
      context.report({
        at: { path: entry },
        message: "an EnvoyFilter has had no `filters` since Istio 1.5: this script runs nowhere",
      });
    },
  },
});
