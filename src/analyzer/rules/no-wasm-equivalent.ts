import { defineRule, lua } from "../define-rule.js";
import { sentence } from "../sentence.js";

export const noWasmEquivalent = defineRule({
  id: "no-wasm-equivalent",
  level: "note",
  group: "portability",
  summary: "Something that a Wasm filter in Envoy cannot do",
  why: `The proxy-wasm interface has no call for it, or the compiler does not know it. The script is refused by \`moonshift migrate\`; the report lists each reason with a way out. For the Lua filter nothing is wrong.`,
  wrong: lua`
    function envoy_on_request(handle)
      handle:setUpstreamOverrideHost("10.0.0.7:8080") -- <- here
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      handle:headers():replace("x-upstream", "10.0.0.7:8080")
    end
  `,
  fix: "Do it in another way, or keep this filter in Lua.",
  check: {
    script(context) {
      for (const { message, wayOut, ranges } of context.obstacles.reasons) {
        const [first] = ranges;
        if (!first) continue;
        const more = ranges.length - 1;
        context.report({
          at: { bytes: first },
          message: `not in Wasm: ${message}${more === 0 ? "" : ` (${more} more ${more === 1 ? "place" : "places"})`}`,
          ...(wayOut !== undefined && { help: sentence(wayOut) }),
        });
      }
    },
  },
});
