import { defineRule } from "../define-rule.js";
import { filterInChain, plainFilter } from "../example-filter.js";

export const untypedConfig = defineRule({
  id: "untyped-config",
  level: "error",
  group: "attachment",
  summary: "The filter is configured with `config`, which Envoy no longer has",
  why: `Version 3 of Envoy's API has no untyped \`config\` beside a filter's name, and Envoy 1.18 (April 2021) removed version 2. A file with it is refused (*no such field: 'config'*). Istio drops the field with a warning (*unknown field "config"*),
and Envoy refuses the listener, because a filter without a type is none (*Didn't find a registered implementation for 'envoy.filters.http.lua' with type URL: ''*): the proxy keeps its last good configuration and takes no further changes.`,
  wrong: filterInChain`
    name: envoy.filters.http.lua
    config: # <- here
      inline_code: |
        function envoy_on_request(handle)
          handle:headers():replace("x-seen", handle:streamInfo():protocol())
        end
  `,
  right: plainFilter,
  fix: 'Write `typed_config` with `"@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua`.',
  check: {
    site(context) {
      const { source, filter } = context.site;
      const config = `${filter.filterPath}.config`;
      if (filter.filterPath === undefined || !source.path.startsWith(`${config}.`)) return;
      context.report({
        at: { path: config },
        message: `Envoy has had no \`config\` beside a filter's name since 1.18: the script is never loaded`,
      });
    },
  },
});
