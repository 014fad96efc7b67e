import { defineRule, lua } from "../define-rule.js";
import { isLive } from "../tracking/facts.js";

export const respondWithoutStatus = defineRule({
  id: "respond-without-status",
  level: "error",
  group: "run time",
  summary: "`respond()` without a valid `:status`",
  why: `\`respond()\` raises *:status must be between 200-599* when the headers table has no \`:status\`, or one that is no such number. The request then goes on as if nothing had been said.`,
  wrong: lua`
    function envoy_on_request(handle)
      if handle:headers():get("x-bot") then
        handle:respond({["content-type"] = "text/plain"}, "no bots") -- <- here
      end
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      if handle:headers():get("x-bot") then
        handle:respond({[":status"] = "403", ["content-type"] = "text/plain"}, "no bots")
      end
    end
  `,
  fix: 'Give `[":status"]` with a number from 200 to 599.',
  check: {
    script(context) {
      for (const { node, name, object, arguments: args, where } of context.facts.methodCalls) {
        if (name !== "respond" || object.direction === "response" || where.caught || !isLive(context.facts, where))
          continue;
        const headers = args[0]?.value.table;
        if (!headers?.closed) continue;
        const status = headers.fields.get(":status");
        const fixed = status?.constant;
        if (status && (fixed === undefined || isStatus(fixed))) continue;
        context.report({
          at: args[0]?.node ?? node,
          message: `${status ? `\`:status\` is ${JSON.stringify(fixed)}` : "there is no `:status`"}: \`respond\` raises an error and the request goes on`,
        });
      }
    },
  },
});
function isStatus(value: string | number | boolean): boolean {
  const status = Math.trunc(Number(value));
  return status >= 200 && status <= 599;
}
