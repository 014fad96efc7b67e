import { defineRule, lua } from "../define-rule.js";
import { isLive } from "../tracking/facts.js";

export const methodWithoutSelf = defineRule({
  id: "method-without-self",
  level: "error",
  group: "run time",
  summary: "A method is called with a dot, so its object is missing",
  why: `\`handle:headers()\` is short for \`handle.headers(handle)\`. With a dot the method gets no object and raises *bad argument #1 to 'headers'*.`,
  wrong: lua`
    function envoy_on_request(handle)
      handle.headers():add("x-seen", "1") -- <- here
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      handle:headers():add("x-seen", "1")
    end
  `,
  fix: "Write a colon.",
  check: {
    script(context) {
      for (const { node, object, name, where } of context.facts.selfless) {
        if (where.caught || !isLive(context.facts, where)) continue;
        context.report({
          at: node,
          message: `\`${name}\` of ${object} is called with a dot and without its object: that raises an error and the rest of the script does not run`,
        });
      }
    },
  },
});
