import { isConstantComparison } from "../constant-comparison.js";
import { defineRule, lua } from "../define-rule.js";

export const constantCondition = defineRule({
  id: "constant-condition",
  level: "note",
  group: "run time",
  summary: "Two constants are compared, so the outcome is always the same",
  why: `What stands behind such a condition never runs, or always does. Often one of the two is a placeholder that a deployment script was to fill in (\`"FEATURE_ENABLED" == "true"\`): then the script
that Envoy gets is another one, and that is the one to audit.`,
  wrong: lua`
    function envoy_on_request(handle)
      local enabled = ("FEATURE_ENABLED" == "true") -- <- here
      if enabled then
        handle:headers():replace("x-feature", "1")
      end
    end
  `,
  right: lua`
    local feature = os.getenv("FEATURE_ENABLED")
    function envoy_on_request(handle)
      if feature == "true" then
        handle:headers():replace("x-feature", "1")
      end
    end
  `,
  fix: "Fill the placeholder in first and audit the outcome, or drop what never runs.",
  check: {
    script(context) {
      for (const { node, left, right } of context.facts.comparisons) {
        if (!isConstantComparison(node)) continue;
        const outcome = (left.constant === right.constant) === (node.operator === "==");
        context.report({
          at: node,
          message: `as it stands this is always ${outcome}; it may be a placeholder that was not filled in`,
        });
      }
    },
  },
});
