import type { Node } from "../../lua/ast.js";
import { walk } from "../../lua/walk.js";
import { defineRule, lua, type ScriptContext } from "../define-rule.js";
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
      const byLoop = new Map<Node | undefined, Node[]>();
      for (const { node, name, where, arguments: args } of context.facts.methodCalls) {
        if (name !== "httpCall" || where.loops === 0 || !isPerRequest(where)) continue;
        if (args[4]?.value.constant === true || args[3]?.value.table?.fields.get("asynchronous")?.constant === true)
          continue;
        const loop = innermostLoop(context, node);
        byLoop.set(loop, [...(byLoop.get(loop) ?? []), node]);
      }
      for (const calls of byLoop.values()) {
        const [first] = calls;
        const what = calls.length === 1 ? "its call" : `its ${calls.length} calls`;
        if (first)
          context.report({ at: first, message: `each round of the loop waits for ${what}, one after the other` });
      }
    },
  },
});

/** Undefined for a call in a function that a loop calls. */
function innermostLoop({ script }: ScriptContext, { range: [start, end] }: Node): Node | undefined {
  let innermost: Node | undefined;
  walk(script.chunk, (node) => {
    if (/^(For|While|Repeat)/.test(node.type) && node.range[0] <= start && end <= node.range[1]) innermost = node;
  });
  return innermost;
}
