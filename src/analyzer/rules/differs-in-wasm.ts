import { defineRule, lua } from "../define-rule.js";
import { sentence } from "../sentence.js";

export const differsInWasm = defineRule({
  id: "differs-in-wasm",
  level: "note",
  group: "portability",
  summary: "Something that a Wasm filter does a little differently",
  why: `The compiled filter does the same but for what is listed here: a metric with another name, a log line with another prefix. For the Lua filter nothing is wrong.`,
  wrong: lua`
    function envoy_on_request(handle)
      handle:logDebug("seen") -- <- here
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      handle:headers():replace("x-seen", "1")
    end
  `,
  fix: "Nothing, unless you migrate: then check that nobody depends on it.",
  check: {
    script(context) {
      for (const { message, wayOut, ranges } of context.obstacles.deviations) {
        const [first] = ranges;
        if (!first) continue;
        const more = ranges.length - 1;
        context.report({
          at: { bytes: first },
          message: `in Wasm: ${message}${more === 0 ? "" : ` (${more} more ${more === 1 ? "place" : "places"})`}`,
          ...(wayOut !== undefined && { help: sentence(wayOut) }),
        });
      }
    },
  },
});
