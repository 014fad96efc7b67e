import { defineRule, lua } from "../define-rule.js";

export const operatingSystemCall = defineRule({
  id: "operating-system-call",
  level: "error",
  group: "security",
  summary: "The script runs programs or changes files on the proxy",
  why: `Nothing is sandboxed: \`os.execute\`, \`io.popen\`, \`os.remove\` and \`os.rename\` do what they do in any program, with the proxy's rights, while the worker and all its connections stand still. \`os.exit\` ends Envoy.`,
  wrong: lua`
    function envoy_on_request(handle)
      os.execute("logger request") -- <- here
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      handle:logInfo("request")
    end
  `,
  fix: "Do it in a service and call that with `httpCall`.",
  check: {
    script(context) {
      for (const { node, name, where } of context.facts.libraryCalls) {
        if (!DANGEROUS.has(name)) continue;
        const when =
          where.phase === "load" ? "whenever the script is loaded" : "on the proxy, while its worker stands still";
        context.report({
          at: node,
          ...(where.phase === "load" && { level: "warning" as const }),
          message: `\`${name}\` runs ${when}`,
        });
      }
    },
  },
});
const DANGEROUS = new Set(["os.execute", "io.popen", "os.remove", "os.rename", "os.exit"]);
