import { defineRule, lua } from "../define-rule.js";
import { patternsOf } from "../patterns/patterns-of.js";
import { isLive } from "../tracking/facts.js";

export const jsonByPattern = defineRule({
  id: "json-by-pattern",
  level: "note",
  group: "cost",
  summary: "JSON is taken apart with patterns",
  why: `A pattern like \`"name"%s*:%s*"([^"]*)"\` finds the first such text anywhere: in a nested object, in another string, with escapes left in. It also goes through the whole body for every field.`,
  wrong: lua`
    function envoy_on_request(handle)
      if handle:headers():get("content-type") ~= "application/json" then return end
      local body = handle:body()
      if body then
        local model = body:getBytes(0, body:length()):match('"model"%s*:%s*"([^"]*)"') -- <- here
        handle:headers():replace("x-model", model and model:gsub("%c", "") or "none")
      end
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      local model = handle:headers():get("x-model")
      if not model then
        handle:respond({[":status"] = "400"}, "x-model is missing")
      end
    end
  `,
  fix: "Let the client send it in a header, use Envoy's json_to_metadata filter, or a JSON decoder.",
  check: {
    script(context) {
      const fields = patternsOf(context).filter(
        ({ pattern, call }) => isLive(context.facts, call.where) && /"[\w$.-]+"(%s\*)?:/.test(pattern),
      );
      const [first] = fields;
      if (!first) return;
      const more = fields.length - 1;
      context.report({
        at: first.node,
        message: `a JSON field is looked for with a pattern${more === 0 ? "" : `, as ${more === 1 ? "is 1 more" : `are ${more} more`}`}`,
      });
    },
  },
});
