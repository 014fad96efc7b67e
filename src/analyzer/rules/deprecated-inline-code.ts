import { defineRule } from "../define-rule.js";
import { filterInChain, plainFilter } from "../example-filter.js";

export const deprecatedInlineCode = defineRule({
  id: "deprecated-inline-code",
  level: "note",
  group: "attachment",
  summary: "`inline_code` is deprecated in favour of `default_source_code`",
  why: `The Lua filter's \`inline_code\` has been deprecated since Envoy 1.24: Envoy logs a warning for each configuration that has it, and a later version will refuse it. \`default_source_code\` with \`inline_string\` (or a file) does the
same. Both at once are refused.`,
  wrong: filterInChain`
    name: envoy.filters.http.lua
    typed_config:
      "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
      inline_code: | # <- here
        function envoy_on_request(handle)
          handle:headers():replace("x-seen", handle:streamInfo():protocol())
        end
  `,
  right: plainFilter,
  fix: "Write `default_source_code: {inline_string: …}`.",
  check: {
    site(context) {
      const { attachment, typeUrl } = context.site.filter;
      const { path, kind } = context.site.source;
      if (
        attachment !== "inlineCode" ||
        kind === "TrafficExtension" ||
        !typeUrl?.endsWith("lua.v3.Lua") ||
        !/inline_?code$/i.test(path)
      )
        return;
      context.report({ at: { path }, message: "`inline_code` is deprecated" });
    },
  },
});
