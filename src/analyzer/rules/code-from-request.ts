import { defineRule, lua } from "../define-rule.js";
import { isPerRequest } from "../tracking/facts.js";
import { isClientControlled } from "../tracking/library-calls.js";

export const codeFromRequest = defineRule({
  id: "code-from-request",
  level: "error",
  group: "security",
  summary: "Code is compiled from text that the script did not write",
  why: `\`load\` and \`loadstring\` turn text into a function. When a client has a say in the text, he runs what he likes on the proxy, \`os.execute\` included.`,
  wrong: lua`
    function envoy_on_request(handle)
      local rule = handle:headers():get("x-rule") or "return true"
      local check = loadstring(rule) -- <- here
      if check and not check() then
        handle:respond({[":status"] = "403"}, "no")
      end
    end
  `,
  right: lua`
    local checks = { always = function() return true end, never = function() return false end }
    function envoy_on_request(handle)
      local check = checks[handle:headers():get("x-rule") or "always"]
      if check and not check() then
        handle:respond({[":status"] = "403"}, "no")
      end
    end
  `,
  fix: "Choose among functions that the script defines.",
  check: {
    script(context) {
      for (const { node, name, arguments: args, where } of context.facts.libraryCalls) {
        const text = args[0]?.value;
        if ((name !== "load" && name !== "loadstring") || !text?.sources?.size || !isPerRequest(where)) continue;
        const who = isClientControlled(text) ? "the client" : "somebody else";
        context.report({ at: node, message: `\`${name}\` compiles text that comes from ${who}` });
      }
    },
  },
});
