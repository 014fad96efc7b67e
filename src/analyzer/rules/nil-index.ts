import { afterError } from "../after-error.js";
import { defineRule, lua } from "../define-rule.js";
import { isAboutBody, reportNil } from "../report-nil.js";

export const nilIndex = defineRule({
  id: "nil-index",
  level: "error",
  group: "run time",
  summary: "A value that is nil for some requests is indexed, or a method of it is called",
  why: `Reading a field of nil or calling a method on it raises *attempt to index a nil value*. Header values are nil when the header is
absent, \`downstreamSslConnection()\` is nil on plain connections, metadata is nil until some filter wrote it. Envoy logs the error, skips the
rest of the script and lets the request go on.`,
  wrong: lua`
    function envoy_on_request(handle)
      local token = handle:headers():get("authorization")
      if token:sub(1, 7) ~= "Bearer " then -- <- here
        handle:respond({[":status"] = "401"}, "no token")
      end
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      local token = handle:headers():get("authorization")
      if token == nil or token:sub(1, 7) ~= "Bearer " then
        handle:respond({[":status"] = "401"}, "no token")
      end
    end
  `,
  fix: "Check for nil first.",
  check: {
    script(context) {
      for (const fault of context.facts.faults) {
        const isIndex =
          fault.operation === "index" ||
          fault.operation === "length" ||
          fault.operation === "iterate" ||
          fault.operation === "call";
        if (!isIndex || fault.problem === "type" || isAboutBody(fault)) continue;
        const what =
          { length: "`#`", iterate: "the loop", call: "the call" }[fault.operation as string] ?? "indexing it";
        reportNil(context, fault, `${what} then raises an error ${afterError(fault.where)}`);
      }
    },
  },
});
