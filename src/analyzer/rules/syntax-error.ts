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
  fix: "Correct it; `luajit -bl FILE` shows whether it parses.",
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
      else {
        const help = FIXES.find(([pattern]) => pattern.test(message))?.[1];
        context.report({
          at,
          message: `Envoy does not load this script: ${message}`,
          ...(help !== undefined && { help }),
        });
      }
    },
  },
});

/** What is written in the way of other languages, by the parser's message. */
const FIXES: readonly (readonly [message: RegExp, fix: string])[] = [
  [/symbol '!'/, "Lua writes `~=` for unequal, and `not`."],
  [/near '&'/, "Lua writes `and`."],
  [/near '\|'/, "Lua writes `or`."],
  [/'=' expected near '[-+*/.]'/, "Lua has no `+=` or `++`: write `x = x + 1`."],
  [/symbol '\?'/, "Lua has no `? :`: write `condition and this or that`."],
  [/symbol '\/\/'/, "Lua's comments begin with `--`."],
  [/^unfinished string/, "Close the string with the quote that it began with."],
  [/^'end' expected near '<eof>'/, "Close the function, `if` or loop with `end`."],
  [/^unexpected keyword 'end' near '<eof>'/, "There is one `end` too many."],
];
