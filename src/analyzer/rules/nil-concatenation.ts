import { afterError } from "../after-error.js";
import { defineRule, lua } from "../define-rule.js";
import { isAboutBody, reportNil } from "../report-nil.js";

export const nilConcatenation = defineRule({
  id: "nil-concatenation",
  level: "error",
  group: "run time",
  summary: "A value that is nil for some requests is concatenated with `..`",
  why: `\`headers():get(name)\` gives nil when the header is absent, and \`"text" .. nil\` raises *attempt to concatenate a nil value*.
Envoy logs the error, skips the rest of the script and lets the request go on, so a check further down does not happen.`,
  wrong: lua`
    function envoy_on_request(handle)
      local user = handle:headers():get("x-user")
      handle:headers():add("x-greeting", "hello " .. user) -- <- here
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      local user = handle:headers():get("x-user") or "nobody"
      handle:headers():add("x-greeting", "hello " .. user)
    end
  `,
  fix: 'Give it a default (`value or ""`) or leave early when it is nil.',
  check: {
    script(context) {
      for (const fault of context.facts.faults) {
        if (fault.operation !== "concatenate" || fault.problem === "type" || isAboutBody(fault)) continue;
        reportNil(context, fault, `\`..\` then raises an error ${afterError(fault.where)}`);
      }
    },
  },
});
