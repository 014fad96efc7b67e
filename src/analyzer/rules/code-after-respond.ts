import { defineRule, lua } from "../define-rule.js";

export const codeAfterRespond = defineRule({
  id: "code-after-respond",
  level: "warning",
  group: "run time",
  summary: "Statements behind `respond()` never run",
  why: `\`respond()\` does not return: Envoy sends the reply and never resumes the script, not even inside \`pcall\`. What stands behind it in the same block (a log line, a counter,
a cleanup) is dead code. No \`return\` is needed behind \`respond()\`.`,
  wrong: lua`
    function envoy_on_request(handle)
      if handle:headers():get("x-bot") then
        handle:respond({[":status"] = "403"}, "no bots")
        handle:logWarn("refused a bot") -- <- here
      end
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      if handle:headers():get("x-bot") then
        handle:logWarn("refused a bot")
        handle:respond({[":status"] = "403"}, "no bots")
      end
    end
  `,
  fix: "Move it in front of `respond()`.",
  check: {
    script(context) {
      for (const { statement, after } of context.facts.unreachable) {
        context.report({
          at: statement,
          message: `this never runs: \`${context.spell(after, 30)}\` on line ${context.lineOf(after)} does not return`,
          related: [{ at: after, message: "the script ends here" }],
        });
      }
    },
  },
});
