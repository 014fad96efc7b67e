import { defineRule, lua } from "../define-rule.js";

export const ignoreWithoutReason = defineRule({
  id: "ignore-without-reason",
  level: "note",
  group: "ignores",
  summary: "A `moonshift: ignore` that does not say why",
  why: "Who reads the script next year does not know whether the finding was looked at, or what has to stay true for it to be harmless.",
  wrong: lua`
    function envoy_on_request(handle)
      local user = handle:headers():get("x-user")
      handle:headers():add("x-greeting", "hello " .. user) -- moonshift: ignore nil-concatenation
      -- ^ here
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      local user = handle:headers():get("x-user")
      handle:headers():add("x-greeting", "hello " .. user) -- moonshift: ignore nil-concatenation the gateway sets x-user
    end
  `,
  fix: "Add the reason behind the rule's name: `-- moonshift: ignore RULE REASON`.",
  check: {
    ignores(context, { all }) {
      for (const { ruleId, reason, range } of all) {
        if (reason !== "") continue;
        context.report({
          at: range ? { bytes: range } : { path: "metadata.annotations" },
          message: `the finding of \`${ruleId}\` is ignored without a reason`,
        });
      }
    },
  },
});
