import { walk } from "../../lua/walk.js";
import { defineRule, lua } from "../define-rule.js";

export const negatedComparison = defineRule({
  id: "negated-comparison",
  level: "warning",
  group: "run time",
  summary: "`not a == b` compares `not a` with `b`",
  why: `\`not\` binds tighter than \`==\`: \`not status == "200"\` is \`(not status) == "200"\`, which is false for every status.`,
  wrong: lua`
    function envoy_on_response(handle)
      local status = handle:headers():get(":status")
      if not status == "200" then -- <- here
        handle:logWarn("failed")
      end
    end
  `,
  right: lua`
    function envoy_on_response(handle)
      local status = handle:headers():get(":status")
      if status ~= "200" then
        handle:logWarn("failed")
      end
    end
  `,
  fix: "Write `a ~= b`, or `not (a == b)`.",
  check: {
    script(context) {
      walk(context.script.chunk, (node) => {
        if (node.type !== "BinaryExpression" || (node.operator !== "==" && node.operator !== "~=")) return;
        const { left, right } = node;
        if (left.type !== "UnaryExpression" || left.operator !== "not" || right.type === "BooleanLiteral") return;
        if (right.type === "UnaryExpression" && right.operator === "not") return;
        // The left side begins where the comparison begins, unless it stands in parentheses.
        if (left.range[0] !== node.range[0] || context.script.bytes.slice(left.range[1], right.range[0]).includes(")"))
          return;
        context.report({
          at: node,
          message: `this compares \`${context.spell(left, 30)}\`, which is true or false, with \`${context.spell(right, 30)}\``,
        });
      });
    },
  },
});
