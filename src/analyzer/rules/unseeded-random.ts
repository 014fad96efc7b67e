import { defineRule, lua } from "../define-rule.js";
import { isPerRequest } from "../tracking/facts.js";

export const unseededRandom = defineRule({
  id: "unseeded-random",
  level: "warning",
  group: "races and state",
  summary: "`math.random` without a seed gives every worker the same numbers",
  why: `LuaJIT starts each state with the same fixed seed: every worker of every proxy goes through the same sequence (0.794…, then 699 of 1000, …), from the beginning after each configuration update. Ids made of it collide, samples
are not independent.`,
  wrong: lua`
    function envoy_on_request(handle)
      handle:headers():replace("x-sample", tostring(math.random(1, 100))) -- <- here
    end
  `,
  right: lua`
    math.randomseed(os.time() + tonumber(tostring({}):match("0x(%x+)"), 16))
    function envoy_on_request(handle)
      handle:headers():replace("x-sample", tostring(math.random(1, 100)))
    end
  `,
  fix: "Seed once at the top level with something that differs by worker, or use `x-request-id`, which Envoy makes unique.",
  check: {
    script(context) {
      const { libraryCalls } = context.facts;
      if (libraryCalls.some(({ name }) => name === "math.randomseed")) return;
      const call = libraryCalls.find(({ name, where }) => name === "math.random" && isPerRequest(where));
      if (call)
        context.report({
          at: call.node,
          message: "without a seed every worker of every proxy gets the same sequence of numbers",
        });
    },
  },
});
