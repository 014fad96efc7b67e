import { defineRule, yaml } from "../define-rule.js";
import { plainFilter } from "../example-filter.js";
import { matchedFilter } from "../matched-filter.js";
import { PRESENT_NAMES } from "../present-names.js";

export const oldNameInMatch = defineRule({
  id: "old-name-in-match",
  level: "warning",
  group: "attachment",
  summary: "The patch matches a filter by a name that current proxies do not use",
  why: `Istio compares the names in a patch's \`match\` letter by letter with those in its own configuration, where they are \`envoy.filters.network.http_connection_manager\` and \`envoy.filters.http.router\`. Older Istio versions translated
\`envoy.http_connection_manager\` and \`envoy.router\`; today such a patch matches nothing, and the script runs nowhere, without an error.`,
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
                name: envoy.http_connection_manager # <- here
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
  fix: "Use the full names, `envoy.filters.network.http_connection_manager` and `envoy.filters.http.router`.",
  check: {
    site(context) {
      const { site } = context;
      const [, patch] = /^(.*?configPatches\[\d+\])/.exec(site.source.path) ?? [];
      const filter = matchedFilter(site);
      if (patch === undefined || !filter) return;
      const base = `${patch}.match.listener.filterChain.filter`;
      const old = [
        { name: filter.name ?? "", path: `${base}.name` },
        { name: filter.subFilter?.name ?? "", path: `${base}.subFilter.name` },
      ].filter(({ name }) => name in PRESENT_NAMES);
      const [first] = old;
      if (!first) return;
      const names = old.map(({ name }) => `\`${name}\` is called \`${PRESENT_NAMES[name]}\``).join(" and ");
      context.report({
        at: { path: first.path },
        message: `${names} in every current proxy: the patch matches nothing and the script runs nowhere`,
      });
    },
  },
});
