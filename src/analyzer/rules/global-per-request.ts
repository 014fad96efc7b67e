import { defineRule, lua } from "../define-rule.js";
import { isPerRequest } from "../tracking/facts.js";
import { isKept } from "../tracking/kept-state.js";

export const globalPerRequest = defineRule({
  id: "global-per-request",
  level: "note",
  group: "races and state",
  summary: "A global is written for each request where a local would do",
  why: `A variable without \`local\` is a global of the whole script: all requests of a worker share it. As long as nothing suspends the script in between that is only slow and confusing; once somebody adds a \`body()\`
or \`httpCall()\`, requests overwrite each other's values.`,
  wrong: lua`
    function envoy_on_request(handle)
      user = handle:headers():get("x-user") or "nobody" -- <- here
      handle:headers():replace("x-greeting", "hello " .. user)
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      local user = handle:headers():get("x-user") or "nobody"
      handle:headers():replace("x-greeting", "hello " .. user)
    end
  `,
  fix: "Put `local` in front of its first use.",
  check: {
    script(context) {
      const { facts, script } = context;
      for (const binding of script.globals.values()) {
        const writes = facts.writes.filter((write) => write.binding === binding && isPerRequest(write.where));
        const [first] = writes;
        if (!first || binding.assignments.some(({ inside }) => inside === script.main) || isKept(facts, binding))
          continue;
        const isFunction = binding.assignments.every(({ value }) => value?.type === "FunctionDeclaration");
        context.report({
          at: first.node,
          message: `\`${binding.name}\` is a global that every request ${isFunction ? "defines anew" : "writes"}: all requests of a worker share it`,
        });
      }
    },
  },
});
