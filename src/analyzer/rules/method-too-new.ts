import { defineRule, lua } from "../define-rule.js";
import { isLive } from "../tracking/facts.js";

export const methodTooNew = defineRule({
  id: "method-too-new",
  level: "error",
  group: "run time",
  summary: "A method that the Envoy in use does not have yet",
  why: `With \`--envoy-version\` the audit compares each method with the Envoy that first had it. In an older one it is nil: the call raises *attempt to call method 'x' (a nil value)* and the rest of the script does not run.`,
  wrong: lua`
    function envoy_on_request(handle)
      handle:clearRouteCache() -- <- here
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      handle:headers():replace("x-route", "b")
    end
  `,
  fix: "Upgrade Envoy, or do without the method.",
  check: {
    script(context) {
      const { envoyVersion } = context.settings;
      if (envoyVersion === undefined) return;
      for (const { node, name, method, where } of context.facts.methodCalls) {
        if (!method || !isLive(context.facts, where) || compareVersions(method.since, envoyVersion) <= 0) continue;
        context.report({
          at: node,
          message: `\`${name}\` came with Envoy ${method.since}, this is ${envoyVersion}: the call raises an error and the rest of the script does not run`,
        });
      }
    },
  },
});
function compareVersions(a: string, b: string): number {
  const [left = [], right = []] = [a, b].map((version) => version.replace(/^v/, "").split(".").map(Number));
  return (left[0] ?? 0) - (right[0] ?? 0) || (left[1] ?? 0) - (right[1] ?? 0);
}
