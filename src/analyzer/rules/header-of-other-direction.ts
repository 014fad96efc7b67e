import { defineRule, lua } from "../define-rule.js";
import { isLive } from "../tracking/facts.js";

export const headerOfOtherDirection = defineRule({
  id: "header-of-other-direction",
  level: "error",
  group: "run time",
  summary: "A pseudo header of the other direction is read: it is always nil",
  why: `In \`envoy_on_response\` the handle's headers are those of the response: \`:path\`, \`:method\`, \`:authority\` and \`:scheme\` are not among them, and \`:status\` is not among the request's. What the response
hook needs of the request has to be kept in dynamic metadata.`,
  wrong: lua`
    function envoy_on_response(handle)
      if handle:headers():get(":path") == "/health" then -- <- here
        handle:headers():remove("server")
      end
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      handle:streamInfo():dynamicMetadata():set("example", "path", handle:headers():get(":path"))
    end
    function envoy_on_response(handle)
      local kept = handle:streamInfo():dynamicMetadata():get("example")
      if kept and kept.path == "/health" then
        handle:headers():remove("server")
      end
    end
  `,
  fix: "Keep it in `envoy_on_request` with `streamInfo():dynamicMetadata():set(…)` and read it from there.",
  check: {
    script(context) {
      for (const { node, name, object, arguments: args, where } of context.facts.methodCalls) {
        if (object.name !== "Headers" || object.part === "trailers" || name !== "get" || !isLive(context.facts, where))
          continue;
        const header = String(args[0]?.value.constant ?? "").toLowerCase();
        const wrong =
          object.direction === "response"
            ? REQUEST_ONLY.has(header)
            : object.direction === "request" && header === ":status";
        if (wrong)
          context.report({
            at: node,
            message: `\`${header}\` is no header of the ${object.direction}: this is always nil`,
          });
      }
    },
  },
});
const REQUEST_ONLY = new Set([":path", ":method", ":authority", ":scheme"]);
