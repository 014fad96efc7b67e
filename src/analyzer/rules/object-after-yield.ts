import { defineRule, lua } from "../define-rule.js";

export const objectAfterYield = defineRule({
  id: "object-after-yield",
  level: "error",
  group: "run time",
  summary: "An Envoy object is used after a call that suspended the script",
  why: `When \`body()\`, \`httpCall()\`, \`trailers()\` or a step of \`bodyChunks()\` has to wait, every object handed out before (headers, body, metadata, stream info…)
dies: using it raises *object used outside of proper scope*. It depends on the traffic: \`body()\` waits only when the request has a body, so the script works for GET and
fails for POST. In \`handle:headers():add("x", handle:body():length())\` the headers are fetched before the body is awaited, too.`,
  wrong: lua`
    function envoy_on_request(handle)
      local headers = handle:headers()
      local body = handle:body()
      if body then
        headers:add("x-size", tostring(body:length())) -- <- here
      end
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      local body = handle:body()
      if body then
        handle:headers():add("x-size", tostring(body:length()))
      end
    end
  `,
  fix: "Fetch the object anew (`handle:headers()`) after the call that waits.",
  check: {
    script(context) {
      const hasHooks = context.facts.hooks.request !== undefined || context.facts.hooks.response !== undefined;
      for (const use of context.facts.deadObjects) {
        if (use.where.caught || (use.where.phase === "unreached" && hasHooks)) continue;
        const wait = context.spell(use.suspendedAt, 40);
        context.report({
          at: use.node,
          message: `this ${use.object.name} was handed out before \`${wait}\` (line ${context.lineOf(use.suspendedAt)}) suspended the script: using it raises an error${whenWaits(wait)}`,
          related: [{ at: use.suspendedAt, message: "the script is suspended here" }],
        });
      }
    },
  },
});

function whenWaits(call: string): string {
  if (/:body\(/.test(call)) return " for every message that has a body";
  return /:trailers\(/.test(call) ? " for every message that has a body or trailers" : "";
}
