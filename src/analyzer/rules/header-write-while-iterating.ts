import { defineRule, lua } from "../define-rule.js";
import { isLive } from "../tracking/facts.js";

export const headerWriteWhileIterating = defineRule({
  id: "header-write-while-iterating",
  level: "error",
  group: "run time",
  summary: "Headers are changed inside a loop over them, or after such a loop was left early",
  why: `While \`for k, v in pairs(headers)\` is not finished, \`add\`, \`replace\` and \`remove\` raise *header map cannot be modified while iterating*. A loop that is left with \`break\` or \`return\` stays
unfinished until the script is suspended next.`,
  wrong: lua`
    function envoy_on_request(handle)
      for name in pairs(handle:headers()) do
        if name:sub(1, 8) == "x-debug-" then
          handle:headers():remove(name) -- <- here
        end
      end
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      local unwanted = {}
      for name in pairs(handle:headers()) do
        if name:sub(1, 8) == "x-debug-" then table.insert(unwanted, name) end
      end
      for _, name in ipairs(unwanted) do
        handle:headers():remove(name)
      end
    end
  `,
  fix: "Collect the names in the loop and change the headers behind it; do not leave the loop early.",
  check: {
    script(context) {
      for (const { node, name, object, iterating, where } of context.facts.methodCalls) {
        if (!iterating || object.name !== "Headers" || where.caught || !isLive(context.facts, where)) continue;
        if (!["add", "replace", "remove"].includes(name)) continue;
        const inside = iterating.range[0] < node.range[0] && node.range[1] <= iterating.range[1];
        context.report({
          at: node,
          message: inside
            ? `\`${name}\` inside the loop over the headers raises an error, and the rest of the script does not run`
            : `\`${name}\` raises an error when the loop over the headers on line ${context.lineOf(iterating)} was left early: it counts as unfinished`,
          related: [{ at: iterating, message: "the iteration" }],
        });
      }
    },
  },
});
