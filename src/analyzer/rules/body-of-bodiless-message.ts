import { defineRule, lua } from "../define-rule.js";
import { isAboutBody, reportNil } from "../report-nil.js";

export const bodyOfBodilessMessage = defineRule({
  id: "body-of-bodiless-message",
  level: "error",
  group: "run time",
  summary: "`body()` is used without a check, but gives nil for messages without a body",
  why: `\`handle:body()\` gives nil when the message ends with its headers: every GET, a 204 or 304, the answer to a HEAD, most replies that Envoy makes
itself. \`handle:body():length()\` then raises *attempt to index a nil value*; Envoy logs it and skips the rest of the script.`,
  wrong: lua`
    function envoy_on_response(handle)
      local size = handle:body():length() -- <- here
      handle:headers():add("x-size", tostring(size))
    end
  `,
  right: lua`
    function envoy_on_response(handle)
      local body = handle:body()
      local size = body and body:length() or 0
      handle:headers():add("x-size", tostring(size))
    end
  `,
  fix: "Keep the result in a local and use it only when it is not nil.",
  check: {
    script(context) {
      for (const fault of context.facts.faults) {
        if (fault.problem === "type" || !isAboutBody(fault)) continue;
        reportNil(context, fault, "using it raises an error and the rest of the script does not run");
      }
    },
  },
});
