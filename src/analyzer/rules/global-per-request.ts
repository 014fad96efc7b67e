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
      const shared = [...script.globals.values()].flatMap((binding) => {
        const write = facts.writes.find((one) => one.binding === binding && isPerRequest(one.where));
        const atLoad = binding.assignments.some(({ inside }) => inside === script.main);
        return write && !atLoad && !isKept(facts, binding) ? [write] : [];
      });
      const [first, ...others] = shared.toSorted((a, b) => a.node.range[0] - b.node.range[0]);
      if (!first) return;
      const names = [first, ...others].map(({ binding }) => `\`${binding.name}\``);
      const listed =
        names.length > 8 ? `${names.slice(0, 8).join(", ")} and ${names.length - 8} more` : names.join(", ");
      context.report({
        at: first.node,
        message: `${listed} ${names.length === 1 ? "is a global that" : "are globals that"} every request sets: all requests of a worker share ${names.length === 1 ? "it" : "them"}`,
      });
    },
  },
});
