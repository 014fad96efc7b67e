import { afterError } from "../after-error.js";
import { defineRule, lua } from "../define-rule.js";
import { isLive, type Operation } from "../tracking/facts.js";
import { typeNames } from "../tracking/value.js";

export const wrongType = defineRule({
  id: "wrong-type",
  level: "error",
  group: "run time",
  summary: "An operation gets a value of a type it does not take",
  why: `Concatenating a table or a boolean, calling a method of a number, adding up tables: Lua raises an error when the line runs; Envoy logs it, skips the rest of the script and lets the request go on.`,
  wrong: lua`
    function envoy_on_request(handle)
      local ssl = handle:streamInfo():downstreamSslConnection() ~= nil
      handle:headers():replace("x-secure", "tls=" .. ssl) -- <- here
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      local ssl = handle:streamInfo():downstreamSslConnection() ~= nil
      handle:headers():replace("x-secure", "tls=" .. tostring(ssl))
    end
  `,
  fix: "Convert it (`tostring`, `tonumber`), or use the field or method that gives the right type.",
  check: {
    script(context) {
      for (const fault of context.facts.faults) {
        const { problem, operation, operand, value, detail, where } = fault;
        if (problem !== "type" || where.caught || !isLive(context.facts, where)) continue;
        const what = typeNames(value.types);
        const does =
          operation === "argument"
            ? `\`${detail.function}\` takes a ${detail.expected} as argument ${detail.argument}`
            : VERBS[operation];
        context.report({
          at: operand,
          message: `\`${context.spell(operand, 40)}\` is a ${what}: ${does}, so this raises an error ${afterError(where)}`,
        });
      }
    },
  },
});
const VERBS: Readonly<Record<Operation, string>> = {
  concatenate: "`..` takes strings and numbers",
  index: "it has no fields",
  call: "it cannot be called",
  arithmetic: "arithmetic takes numbers",
  compare: "it has no order",
  length: "it has no length",
  argument: "the function does not take it",
  iterate: "a loop takes an iterator",
};
