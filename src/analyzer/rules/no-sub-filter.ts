import { defineRule, yaml } from "../define-rule.js";
import { plainFilter } from "../example-filter.js";
import { matchedFilter } from "../matched-filter.js";

export const noSubFilter = defineRule({
  id: "no-sub-filter",
  level: "warning",
  group: "attachment",
  summary: "The filter is inserted without saying before or after which one",
  why: `Without \`subFilter\`, \`INSERT_BEFORE\` puts the script before all other HTTP filters: before authentication, so \`jwt_authn\` metadata is not there yet, and before the filters that set or clean headers. \`INSERT_AFTER\` and \`ADD\` put it behind
the router, where Envoy refuses the whole listener.`,
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
        patch:
          operation: INSERT_BEFORE # <- here
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
  fix: "Name the filter: `subFilter: {name: envoy.filters.http.router}`; to be first on purpose use `INSERT_FIRST`.",
  check: {
    site(context) {
      const { site } = context;
      const { applyTo, operation } = site.filter;
      const [, patch] = /^(.*?configPatches\[\d+\])/.exec(site.source.path) ?? [];
      if (
        site.source.kind !== "EnvoyFilter" ||
        applyTo !== "HTTP_FILTER" ||
        patch === undefined ||
        matchedFilter(site)?.subFilter
      )
        return;
      const at = { path: `${patch}.patch.operation` };
      if (operation === "INSERT_BEFORE") {
        context.report({
          at,
          message:
            "without `subFilter` the script stands before all other HTTP filters, those for authentication included",
        });
      } else if (operation === "INSERT_AFTER" || operation === "ADD") {
        context.report({
          at,
          level: "error",
          message: `\`${operation}\` without \`subFilter\` puts the script behind the router, and Envoy refuses the listener`,
        });
      }
    },
  },
});
