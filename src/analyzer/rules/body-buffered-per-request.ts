import { defineRule, lua } from "../define-rule.js";
import { isPerRequest } from "../tracking/facts.js";

export const bodyBufferedPerRequest = defineRule({
  id: "body-buffered-per-request",
  level: "note",
  group: "cost",
  summary: "The body of every message is buffered, whatever it is",
  why: `\`body()\` holds the whole message back until its last byte has come. Nothing is streamed any more (downloads, server-sent events, gRPC streams wait or hang), and a body larger than the buffer limit (1 MiB by default)
is answered with 413, or 500 on the response path.`,
  wrong: lua`
    function envoy_on_response(handle)
      local body = handle:body() -- <- here
      if body and body:length() == 0 then
        handle:headers():replace("x-empty", "1")
      end
    end
  `,
  right: lua`
    function envoy_on_response(handle)
      if handle:headers():get("content-type") ~= "application/json" then return end
      local body = handle:body()
      if body and body:length() == 0 then
        handle:headers():replace("x-empty", "1")
      end
    end
  `,
  fix: "Look at the method, path or content type first and leave early.",
  check: {
    script(context) {
      const told = new Set<string>();
      for (const { node, name, object, where } of context.facts.methodCalls) {
        const direction = object.direction ?? "";
        if (object.name !== "Handle" || name !== "body" || where.guarded || !isPerRequest(where) || told.has(direction))
          continue;
        told.add(direction);
        context.report({
          at: node,
          message: `every ${direction} is buffered to its end, also one that is streamed or too large for the buffer`,
        });
      }
    },
  },
});
