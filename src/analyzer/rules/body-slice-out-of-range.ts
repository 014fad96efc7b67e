import { defineRule, lua } from "../define-rule.js";
import { isLive } from "../tracking/facts.js";

export const bodySliceOutOfRange = defineRule({
  id: "body-slice-out-of-range",
  level: "error",
  group: "run time",
  summary: "`getBytes` with a fixed length raises an error for a shorter body",
  why: `\`getBytes(index, length)\` raises *index/length must be >= 0 and (index + length) must be <= buffer size* when the body is shorter: it does not cut off. With a fixed length the script fails for every smaller body.`,
  wrong: lua`
    function envoy_on_request(handle)
      local body = handle:body()
      if body then
        handle:headers():add("x-start", body:getBytes(0, 64)) -- <- here
      end
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      local body = handle:body()
      if body then
        handle:headers():add("x-start", body:getBytes(0, math.min(body:length(), 64)))
      end
    end
  `,
  fix: "Ask for at most `body:length()` bytes: `getBytes(0, math.min(body:length(), N))`.",
  check: {
    script(context) {
      for (const { node, name, object, arguments: args, where } of context.facts.methodCalls) {
        const length = args[1]?.value.constant;
        if (object.name !== "Buffer" || name !== "getBytes" || typeof length !== "number" || length <= 0) continue;
        if (where.caught || !isLive(context.facts, where)) continue;
        const checked =
          where.guarded &&
          context.facts.methodCalls.some((call) => call.object.name === "Buffer" && call.name === "length");
        context.report({
          at: node,
          ...(checked && { level: "note" as const }),
          message: `${checked ? "unless the length was checked, this may raise" : "this raises"} an error for a body shorter than ${length} bytes, and the rest of the script does not run`,
        });
      }
    },
  },
});
