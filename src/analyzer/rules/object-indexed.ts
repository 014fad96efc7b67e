import type { Node } from "../../lua/ast.js";
import { walk } from "../../lua/walk.js";
import type { ScriptContext } from "../define-rule.js";
import { defineRule, lua } from "../define-rule.js";
import { isLive } from "../tracking/facts.js";

export const objectIndexed = defineRule({
  id: "object-indexed",
  level: "error",
  group: "run time",
  summary: "A field is read from an Envoy object, which has methods only",
  why: `\`headers["x-user"]\` and \`headers.x_user\` are always nil: Envoy's objects are userdata with methods, not tables. The same goes for metadata and for what \`filterContext()\` gives.`,
  wrong: lua`
    function envoy_on_request(handle)
      local headers = handle:headers()
      if headers["x-user"] == nil then -- <- here
        handle:respond({[":status"] = "401"}, "who are you?")
      end
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      local headers = handle:headers()
      if headers:get("x-user") == nil then
        handle:respond({[":status"] = "401"}, "who are you?")
      end
    end
  `,
  fix: "Call the method that reads it: `headers:get(name)`, `metadata:get(key)`.",
  check: {
    script(context) {
      for (const { node, object, field, where } of context.facts.objectFields) {
        if (!isLive(context.facts, where) || asksForFeature(context, node)) continue;
        context.report({ at: node, message: `${object} has no field \`${field}\`: this is always nil` });
      }
    },
  },
});
/** `if handle.stats then`: asks whether this Envoy has a method. */
function asksForFeature({ script }: ScriptContext, node: Node): boolean {
  if (node.type !== "MemberExpression") return false;
  let asks = false;
  walk(script.chunk, (at, parents) => {
    const parent = parents.at(-1);
    if (at === node)
      asks = parent?.type === "IfClause" || parent?.type === "LogicalExpression" || parent?.type === "UnaryExpression";
  });
  return asks;
}
