import type { Place } from "../define-rule.js";
import { defineRule, lua } from "../define-rule.js";
import { IGNORE_ANNOTATION, type Ignore } from "../suppressions.js";

export const unusedIgnore = defineRule({
  id: "unused-ignore",
  level: "warning",
  group: "ignores",
  summary: "A `moonshift: ignore` that ignores nothing",
  why: `The finding that it speaks of is gone, or the rule's name is misspelt. Left in place it would hide the next finding of that rule on the line.`,
  wrong: lua`
    function envoy_on_request(handle)
      -- moonshift: ignore nil-concatenation there is always a path   <- here
      handle:headers():add("x-route", "r" .. handle:headers():get(":path"))
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      -- moonshift: ignore nil-concatenation our gateway sets x-user on every request
      handle:headers():add("x-greeting", "hello " .. handle:headers():get("x-user"))
    end
  `,
  fix: "Remove it.",
  check: {
    ignores(context, { unused }) {
      for (const ignore of unused) {
        const how = ignore.by === "annotation" ? `the annotation \`${IGNORE_ANNOTATION}\`` : "this comment";
        context.report({
          at: placeOf(ignore),
          message: `${how} ignores \`${ignore.ruleId}\`, of which there is no finding here`,
        });
      }
    },
  },
});

function placeOf({ range }: Ignore): Place {
  return range ? { bytes: range } : { path: "metadata.annotations" };
}
