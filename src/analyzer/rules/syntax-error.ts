import { defineRule, lua } from "../define-rule.js";

export const syntaxError = defineRule({
  id: "syntax-error",
  level: "error",
  group: "run time",
  summary: "The script is not Lua",
  why: `Envoy rejects the whole listener or route configuration with *script load error*. Under Istio the proxy keeps its last good configuration, so nothing else
that changes arrives there any more, and a new pod does not become ready.`,
  wrong: lua`
    function envoy_on_response(handle)
      if handle:headers():get(":status") != "200" then -- <- here
        handle:logInfo("not ok")
      end
    end
  `,
  right: lua`
    function envoy_on_response(handle)
      if handle:headers():get(":status") ~= "200" then
        handle:logInfo("not ok")
      end
    end
  `,
  fix: "Correct it.",
  check: {
    syntaxError(context, { message, isTemplate, isPart, at }) {
      // Of a template there is a note already.
      if (isTemplate) return;
      if (isPart)
        context.report({
          at,
          level: "note",
          message: `this may be a part of a script, which ends too early to be one: ${message}`,
          help: "Audit the script as the program puts it together.",
        });
      else context.report({ at, message: `Envoy does not load this script: ${message}` });
    },
  },
});
