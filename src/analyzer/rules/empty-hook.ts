import { defineRule, lua } from "../define-rule.js";

export const emptyHook = defineRule({
  id: "empty-hook",
  level: "note",
  group: "cost",
  summary: "A hook without a body",
  why: `Envoy makes a coroutine and calls the function for each message, for nothing. A hook that is not defined costs nothing: no script needs both.`,
  wrong: lua`
    function envoy_on_request(handle)
      handle:headers():replace("x-seen", "1")
    end
    function envoy_on_response(handle) -- <- here
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      handle:headers():replace("x-seen", "1")
    end
  `,
  fix: "Remove it.",
  check: {
    script(context) {
      for (const hook of Object.values(context.facts.hooks)) {
        if (hook?.body.length === 0)
          context.report({
            at: hook.identifier ?? hook,
            message: "Envoy calls this for each message, and it does nothing",
          });
      }
    },
  },
});
