import { afterError } from "../after-error.js";
import { defineRule, lua } from "../define-rule.js";
import { isAboutBody, reportNil } from "../report-nil.js";

export const nilArgument = defineRule({
  id: "nil-argument",
  level: "error",
  group: "run time",
  summary: "A value that is nil for some requests is given to a function that takes none",
  why: `\`headers:add\`, \`headers:replace\`, the log functions and the string functions insist on a string: nil raises
*bad argument #2 to 'add' (string expected, got nil)*. Envoy logs the error, skips the rest of the script and lets the request go on.`,
  wrong: lua`
    function envoy_on_request(handle)
      local agent = handle:headers():get("user-agent")
      if string.find(agent, "curl", 1, true) then -- <- here
        handle:respond({[":status"] = "403"}, "no scripts")
      end
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      local agent = handle:headers():get("user-agent") or ""
      if string.find(agent, "curl", 1, true) then
        handle:respond({[":status"] = "403"}, "no scripts")
      end
    end
  `,
  fix: 'Give it a default (`value or ""`), or call the function only when there is a value.',
  check: {
    script(context) {
      for (const fault of context.facts.faults) {
        if (fault.operation !== "argument" || fault.problem !== "nil" || isAboutBody(fault)) continue;
        const { function: name, argument, expected } = fault.detail;
        reportNil(
          context,
          fault,
          `\`${name}\` insists on a ${expected} as argument ${argument}, raises an error, ${afterError(fault.where)}`,
        );
      }
    },
  },
});
