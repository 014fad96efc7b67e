import { afterError } from "../after-error.js";
import { defineRule, lua } from "../define-rule.js";
import { type Argument, isLive } from "../tracking/facts.js";

export const wrongArguments = defineRule({
  id: "wrong-arguments",
  level: "error",
  group: "run time",
  summary: "A call has too few arguments, or more than the method takes",
  why: `The binding checks its arguments when the line runs: a missing one raises *bad argument #2 to 'add' (string expected, got no value)*. What is too much is dropped without a word, which
mostly means that the call does something else than it says.`,
  wrong: lua`
    function envoy_on_request(handle)
      handle:headers():replace("x-seen") -- <- here
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      handle:headers():replace("x-seen", "1")
    end
  `,
  fix: "Give the arguments that `moonshift explain METHOD` lists.",
  check: {
    script(context) {
      const { missingArguments, methodCalls } = context.facts;
      for (const { node, function: name, argument, expected, where } of missingArguments) {
        if (where.caught || !isLive(context.facts, where)) continue;
        context.report({
          at: node,
          message: `\`${name}\` wants a ${expected} as argument ${argument}: the call raises an error ${afterError(where)}`,
        });
      }
      for (const { node, name, method, arguments: args, open, where } of methodCalls) {
        if (!method || open || written(args) <= method.parameters.length || !isLive(context.facts, where)) continue;
        const takes = method.parameters.map((parameter) => parameter.name).join(", ");
        context.report({
          at: node,
          level: "warning",
          message: `\`${name}\` takes ${method.parameters.length === 0 ? "no arguments" : `(${takes})`}, not ${written(args)}: what is too much is dropped`,
        });
      }
    },
  },
});

/** Arguments that stand there; what a call in last place gives besides its first value is no mistake. */
function written(args: readonly Argument[]): number {
  return args.filter(({ node }) => node !== undefined).length;
}
