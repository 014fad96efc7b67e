import type { Expression } from "../../lua/ast.js";
import { walk } from "../../lua/walk.js";
import { defineRule, lua } from "../define-rule.js";

export const tableBuiltPerRequest = defineRule({
  id: "table-built-per-request",
  level: "note",
  group: "cost",
  summary: "A table of constants is built for each request",
  why: `A list that never changes is allocated, filled and thrown away for every request. At the top level it is built once per worker.`,
  wrong: lua`
    function envoy_on_request(handle)
      local bots = { "gptbot", "ccbot", "bytespider", "amazonbot", "youbot", "diffbot", "omgili", "timpibot" } -- <- here
      local agent = handle:headers():get("user-agent") or ""
      for _, bot in ipairs(bots) do
        if agent:lower():find(bot, 1, true) then handle:respond({[":status"] = "403"}, "no bots") end
      end
    end
  `,
  right: lua`
    local bots = { "gptbot", "ccbot", "bytespider", "amazonbot", "youbot", "diffbot", "omgili", "timpibot" }
    function envoy_on_request(handle)
      local agent = handle:headers():get("user-agent") or ""
      for _, bot in ipairs(bots) do
        if agent:lower():find(bot, 1, true) then handle:respond({[":status"] = "403"}, "no bots") end
      end
    end
  `,
  fix: "Move it to the top level of the script.",
  check: {
    script(context) {
      const { hooks } = context.facts;
      for (const hook of [hooks.request, hooks.response]) {
        if (!hook) continue;
        walk(hook, (node, parents) => {
          if (node.type !== "TableConstructorExpression" || node.fields.length < MANY) return true;
          const isInner = parents.some(({ type }) => type === "TableConstructorExpression");
          if (!isInner && node.fields.every((field) => isConstant(field.value))) {
            context.report({
              at: node,
              message: `these ${node.fields.length} constants are put into a new table for each request`,
            });
          }
          return false;
        });
      }
    },
  },
});
const MANY = 8;

function isConstant(node: Expression): boolean {
  if (node.type === "TableConstructorExpression") return node.fields.every((field) => isConstant(field.value));
  return node.type === "StringLiteral" || node.type === "NumericLiteral" || node.type === "BooleanLiteral";
}
