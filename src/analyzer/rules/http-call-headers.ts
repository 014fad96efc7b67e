import { defineRule, lua } from "../define-rule.js";
import { isLive } from "../tracking/facts.js";
import { NIL, type TableContents } from "../tracking/value.js";

export const httpCallHeaders = defineRule({
  id: "http-call-headers",
  level: "error",
  group: "run time",
  summary: "A side call without the headers or the timeout that it needs",
  why: `\`httpCall()\` raises *http call headers must include ':path', ':method', and ':authority'* when one of them is missing, and insists on a timeout (milliseconds) or an options table as fourth argument. An explicit
nil for the fifth argument is an error, too.`,
  wrong: lua`
    function envoy_on_request(handle)
      handle:httpCall("audit", {[":method"] = "POST", [":path"] = "/"}, "hit", 500) -- <- here
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      handle:httpCall("audit", {[":method"] = "POST", [":path"] = "/", [":authority"] = "audit"}, "hit", 500)
    end
  `,
  fix: "Give `:method`, `:path`, `:authority` and a timeout.",
  check: {
    script(context) {
      for (const { node, name, arguments: args, open, where } of context.facts.methodCalls) {
        if (name !== "httpCall" || where.caught || !isLive(context.facts, where)) continue;
        const headers = args[1]?.value.table;
        const missing = headers?.closed ? REQUIRED.filter((header) => !has(headers, header)) : [];
        if (missing.length > 0) {
          context.report({
            at: args[1]?.node ?? node,
            message: `the call's headers lack ${missing.map((header) => `\`${header}\``).join(" and ")}: \`httpCall\` raises an error and the rest of the script does not run`,
          });
        }
        const flag = args[4];
        if (flag?.node && flag.value.types === NIL) {
          context.report({
            at: flag.node,
            message:
              "an explicit nil for the asynchronous flag is an error: `httpCall` raises it and the rest of the script does not run",
          });
        }
        if (!open && args.length < 4)
          context.report({
            at: node,
            message: "the timeout is missing: `httpCall` raises an error and the rest of the script does not run",
          });
      }
    },
  },
});
const REQUIRED = [":method", ":path", ":authority"];

function has({ fields }: TableContents, header: string): boolean {
  const names = [...fields.keys()].map((name) => name.toLowerCase());
  return names.includes(header) || (header === ":authority" && names.includes("host"));
}
