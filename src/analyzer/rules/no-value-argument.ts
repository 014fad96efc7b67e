import { afterError } from "../after-error.js";
import { defineRule, lua } from "../define-rule.js";
import { reportNil } from "../report-nil.js";

export const noValueArgument = defineRule({
  id: "no-value-argument",
  level: "error",
  group: "run time",
  summary: "A call that may give no value at all stands last in the arguments of a function that wants one",
  why: `\`headers:get\`, \`body\`, \`trailers\` and \`metadata:get\` give *no value* rather than nil when there is nothing. In last place of an argument list
that makes a difference: \`tostring(headers:get("x"))\` raises *bad argument #1 to 'tostring' (value expected)*, while
\`local x = headers:get("x"); tostring(x)\` is \`"nil"\`. The same goes for \`tonumber\`, \`type\`, \`table.insert\`, \`headers:add\` and the log functions.`,
  wrong: lua`
    function envoy_on_request(handle)
      handle:logDebug("tenant " .. tostring(handle:headers():get("x-tenant"))) -- <- here
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      handle:logDebug("tenant " .. (handle:headers():get("x-tenant") or "none"))
    end
  `,
  fix: 'Give it a default (`… or ""`), which also makes it one value.',
  check: {
    script(context) {
      for (const fault of context.facts.faults) {
        if (fault.operation !== "argument" || fault.problem !== "none" || fault.value.nil?.kind === "body") continue;
        const { function: name, expected } = fault.detail;
        reportNil(
          context,
          fault,
          `\`${name}\` gets no value where it wants a ${expected}, raises an error, ${afterError(fault.where)}`,
        );
      }
    },
  },
});
