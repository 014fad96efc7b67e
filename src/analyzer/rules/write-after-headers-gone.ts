import { defineRule, lua } from "../define-rule.js";
import { isLive } from "../tracking/facts.js";

export const writeAfterHeadersGone = defineRule({
  id: "write-after-headers-gone",
  level: "error",
  group: "run time",
  summary: "Headers are changed, or `respond()` is called, after the headers have gone on",
  why: `\`bodyChunks()\` and \`trailers()\` let the headers go on while they wait. After that \`add\`, \`replace\` and \`remove\` raise *header map can no longer be modified*, and \`respond()\`
raises *respond() cannot be called if headers have been continued*. (\`body()\` holds the headers back. Trailers can always be changed.)`,
  wrong: lua`
    function envoy_on_response(handle)
      local size = 0
      for chunk in handle:bodyChunks() do
        size = size + chunk:length()
      end
      handle:headers():add("x-size", tostring(size)) -- <- here
    end
  `,
  right: lua`
    function envoy_on_response(handle)
      local body = handle:body()
      local size = body and body:length() or 0
      handle:headers():add("x-size", tostring(size))
    end
  `,
  fix: "Change headers first, or wait for the body with `body()`, which holds them back.",
  check: {
    script(context) {
      for (const { node, name, object, headersGone, where } of context.facts.methodCalls) {
        if (!headersGone || where.caught || !isLive(context.facts, where)) continue;
        const writes = object.name === "Headers" && object.part !== "trailers" && WRITES.has(name);
        if (!writes && name !== "respond") continue;
        context.report({
          at: node,
          message: `\`${name}\` comes after \`${context.spell(headersGone, 40)}\` (line ${context.lineOf(headersGone)}) let the headers go on: for every message that has a body it raises an error and the rest of the script does not run`,
          related: [{ at: headersGone, message: "the headers go on here" }],
        });
      }
    },
  },
});
const WRITES = new Set(["add", "replace", "remove"]);
