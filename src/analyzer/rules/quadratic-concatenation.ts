import { defineRule, lua } from "../define-rule.js";
import { isPerRequest } from "../tracking/facts.js";

export const quadraticConcatenation = defineRule({
  id: "quadratic-concatenation",
  level: "note",
  group: "cost",
  summary: "A string grows by `..` in a loop",
  why: `Each \`s = s .. x\` copies all of \`s\`: for n parts that is n²/2 copies, and as many strings for the collector. \`table.concat\` copies once.`,
  wrong: lua`
    function envoy_on_request(handle)
      local names = ""
      for name in pairs(handle:headers()) do
        names = names .. name .. "," -- <- here
      end
      handle:logDebug(names)
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      local names = {}
      for name in pairs(handle:headers()) do
        names[#names + 1] = name
      end
      handle:logDebug(table.concat(names, ","))
    end
  `,
  fix: "Collect the parts in a table and join them with `table.concat`.",
  check: {
    script(context) {
      const told = new Set<unknown>();
      for (const { node, binding, where } of context.facts.concatenations) {
        if (!isPerRequest(where) || told.has(binding)) continue;
        told.add(binding);
        context.report({ at: node, message: `\`${binding.name}\` is copied in every round of the loop` });
      }
    },
  },
});
