import { defineRule, lua } from "../define-rule.js";
import { isPerRequest } from "../tracking/facts.js";

export const logPerRequest = defineRule({
  id: "log-per-request",
  level: "warning",
  group: "cost",
  summary: "Every request writes log lines above debug level",
  why: `A line that says the same for every request hides the lines that matter, and costs a formatted string and a write. Istio's proxies log from \`warning\` up: \`logWarn\`, \`logErr\` and \`logCritical\` really write each time.`,
  wrong: lua`
    function envoy_on_request(handle)
      handle:logWarn("request seen") -- <- here
      handle:headers():replace("x-seen", "1")
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      handle:logDebug("request seen")
      handle:headers():replace("x-seen", "1")
    end
  `,
  fix: "Use `logDebug`, or the access log.",
  check: {
    script(context) {
      const calls = context.facts.methodCalls.filter(
        ({ name, where }) => LEVELS.has(name) && !where.guarded && isPerRequest(where),
      );
      const [first] = calls.toSorted((a, b) => (LEVELS.get(b.name) ?? 0) - (LEVELS.get(a.name) ?? 0));
      if (!first) return;
      const more = calls.length - 1;
      const loud = (LEVELS.get(first.name) ?? 0) > 1;
      context.report({
        at: first.node,
        ...(!loud && { level: "note" as const }),
        message: `\`${first.name}\` runs for every request${more === 0 ? "" : `, as ${more === 1 ? "does 1 more log call" : `do ${more} more log calls`}`}`,
      });
    },
  },
});
const LEVELS: ReadonlyMap<string, number> = new Map([
  ["logInfo", 1],
  ["logWarn", 2],
  ["logErr", 3],
  ["logCritical", 4],
]);
