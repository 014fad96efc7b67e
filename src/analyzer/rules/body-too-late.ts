import type { Node } from "../../lua/ast.js";
import { defineRule, lua } from "../define-rule.js";
import { isLive, type MethodCall } from "../tracking/facts.js";

export const bodyTooLate = defineRule({
  id: "body-too-late",
  level: "error",
  group: "run time",
  summary: "The body is asked for after it has gone by",
  why: `While \`httpCall()\` waits, the body arrives and is streamed past the script: \`body()\` then raises *cannot call body() after body has been streamed*, for every message that has a body
(seen in Envoy 1.40). The same goes for \`body()\` after \`bodyChunks()\` or \`trailers()\`, and for \`bodyChunks()\` after \`body()\`.`,
  wrong: lua`
    function envoy_on_request(handle)
      local reply = handle:httpCall("audit", {[":method"] = "GET", [":path"] = "/", [":authority"] = "audit"}, nil, 500)
      local body = handle:body() -- <- here
      if body and reply[":status"] == "200" then
        handle:headers():add("x-size", tostring(body:length()))
      end
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      local body = handle:body()
      local size = body and body:length() or 0
      local reply = handle:httpCall("audit", {[":method"] = "GET", [":path"] = "/", [":authority"] = "audit"}, nil, 500)
      if reply[":status"] == "200" then
        handle:headers():add("x-size", tostring(size))
      end
    end
  `,
  fix: "Call `body()` first; its bytes can be kept across the call as a string.",
  check: {
    script(context) {
      for (const call of context.facts.methodCalls) {
        if (call.where.caught || !isLive(context.facts, call.where)) continue;
        const gone = passedBy(call);
        if (!gone) continue;
        context.report({
          at: call.node,
          message: `\`${call.name}\` comes after \`${context.spell(gone, 30)}\` (line ${context.lineOf(gone)}), during which the body goes by: for every message that has a body it raises an error and the rest of the script does not run`,
          related: [{ at: gone, message: "the body goes by here" }],
        });
      }
    },
  },
});
function passedBy({ name, object, bodySeen, bodyStreamed, sideCall }: MethodCall): Node | undefined {
  if (object.name !== "Handle") return undefined;
  if (name === "bodyChunks") return bodySeen ?? sideCall;
  return name === "body" && !bodySeen ? (bodyStreamed ?? sideCall) : undefined;
}
