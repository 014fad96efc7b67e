import { afterError } from "../after-error.js";
import { defineRule, lua } from "../define-rule.js";
import { isAboutBody, reportNil } from "../report-nil.js";

export const nilArithmetic = defineRule({
  id: "nil-arithmetic",
  level: "error",
  group: "run time",
  summary: "A value that is nil for some requests is calculated with or compared by order",
  why: `\`nil + 1\` and \`nil < 1\` raise an error (\`nil == 1\` does not). \`tonumber(text)\` gives nil when the text is no number, a header is nil when it
is absent. Envoy logs the error, skips the rest of the script and lets the request go on.`,
  wrong: lua`
    function envoy_on_request(handle)
      local retries = handle:headers():get("x-retries")
      if retries + 1 > 3 then -- <- here
        handle:respond({[":status"] = "503"}, "too many retries")
      end
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      local retries = tonumber(handle:headers():get("x-retries") or "0") or 0
      if retries + 1 > 3 then
        handle:respond({[":status"] = "503"}, "too many retries")
      end
    end
  `,
  fix: "Give it a default (`tonumber(value) or 0`).",
  check: {
    script(context) {
      for (const fault of context.facts.faults) {
        if (
          (fault.operation !== "arithmetic" && fault.operation !== "compare") ||
          fault.problem === "type" ||
          isAboutBody(fault)
        )
          continue;
        const what = fault.operation === "compare" ? "the comparison" : "the calculation";
        reportNil(context, fault, `${what} then raises an error ${afterError(fault.where)}`);
      }
    },
  },
});
