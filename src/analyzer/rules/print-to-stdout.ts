import { defineRule, lua } from "../define-rule.js";
import { isLive } from "../tracking/facts.js";

export const printToStdout = defineRule({
  id: "print-to-stdout",
  level: "note",
  group: "cost",
  summary: "`print` writes to the proxy's standard output, past its log",
  why: `\`print\` and \`io.write\` go straight to standard output, without level, time or name, and block until it is written. They cannot be switched off.`,
  wrong: lua`
    function envoy_on_request(handle)
      print("request seen") -- <- here
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      handle:logDebug("request seen")
    end
  `,
  fix: "Use `handle:logDebug` or one of the other log functions.",
  check: {
    script(context) {
      const calls = context.facts.libraryCalls.filter(
        ({ name, where }) => (name === "print" || name === "io.write") && isLive(context.facts, where),
      );
      const [first] = calls;
      if (!first) return;
      const more = calls.length - 1;
      context.report({
        at: first.node,
        message: `\`${first.name}\` writes past the log${more === 0 ? "" : ` (${more === 1 ? "1 more call does" : `${more} more calls do`})`}`,
      });
    },
  },
});
