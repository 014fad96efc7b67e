import { defineRule, lua } from "../define-rule.js";
import { isPerRequest } from "../tracking/facts.js";

export const httpCallInLoop = defineRule({
  id: "http-call-in-loop",
  level: "warning",
  group: "cost",
  summary: "`httpCall()` inside a loop: the calls run one after the other",
  why: `Each call waits for its reply before the next begins, so the request takes the sum of all. A body that lists a thousand items makes a thousand calls, which is a way for one client to load another service.`,
  wrong: lua`
    function envoy_on_request(handle)
      local tags = handle:headers():get("x-tags") or ""
      for tag in tags:gmatch("%w+") do
        handle:httpCall("tags", {[":method"] = "PUT", [":path"] = "/" .. tag, [":authority"] = "tags"}, nil, 500) -- <- here
      end
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      local tags = handle:headers():get("x-tags") or ""
      handle:httpCall("tags", {[":method"] = "PUT", [":path"] = "/", [":authority"] = "tags"}, tags, 500, true)
    end
  `,
  fix: "Send all in one call, or send them asynchronously (fifth argument `true`) when the replies are not needed.",
  check: {
    script(context) {
      for (const { node, name, where, arguments: args } of context.facts.methodCalls) {
        if (name !== "httpCall" || where.loops === 0 || !isPerRequest(where)) continue;
        if (args[4]?.value.constant === true || args[3]?.value.table?.fields.get("asynchronous")?.constant === true)
          continue;
        context.report({ at: node, message: "each round of the loop waits for its call, one after the other" });
      }
    },
  },
});
