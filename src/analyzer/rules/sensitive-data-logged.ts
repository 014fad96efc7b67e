import { defineRule, lua } from "../define-rule.js";
import { isLive } from "../tracking/facts.js";
import type { Value } from "../tracking/value.js";

export const sensitiveDataLogged = defineRule({
  id: "sensitive-data-logged",
  level: "warning",
  group: "security",
  summary: "Credentials, cookies or all headers go into the log",
  why: `Logs are kept longer, copied farther and read by more people than requests. \`authorization\`, \`cookie\` and \`set-cookie\` are enough to act as somebody else; a loop over all headers logs them, too.`,
  wrong: lua`
    function envoy_on_request(handle)
      handle:logInfo("token " .. (handle:headers():get("authorization") or "none")) -- <- here
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      local token = handle:headers():get("authorization")
      handle:logInfo(token and "with token" or "without token")
    end
  `,
  fix: "Log that it is there, not what it is; leave such headers out of a loop.",
  check: {
    script(context) {
      const { methodCalls, libraryCalls } = context.facts;
      const logs = [
        ...methodCalls.filter(({ name }) => name.startsWith("log")),
        ...libraryCalls.filter(({ name }) => name === "print" || name === "io.write"),
      ];
      for (const { node, name, arguments: args, where } of logs) {
        const what = sensitive(args.map(({ value }) => value));
        if (what === undefined || !isLive(context.facts, where)) continue;
        const quiet = name === "logTrace" || name === "logDebug" || what.level === "note";
        context.report({
          at: node,
          ...(quiet && { level: "note" as const }),
          message: quiet ? `${what.words} may go into the log` : `${what.words} goes into the log`,
        });
      }
    },
  },
});
const CREDENTIALS =
  /^(request|response)-header:(authorization|proxy-authorization|cookie|set-cookie|x-api-key|api-key|x-auth-token)$/;

function sensitive(
  values: readonly Value[],
): { readonly words: string; readonly level: "warning" | "note" } | undefined {
  const sources = values.flatMap((value) => [...(value.types === 0 ? [] : (value.sources ?? []))]);
  const credential = sources.find((source) => CREDENTIALS.test(source));
  if (credential) return { words: `\`${credential.split(":")[1]}\``, level: "warning" };
  if (sources.some((source) => /^(request|response)-header:\*$/.test(source)))
    return { words: "every header, credentials included,", level: "warning" };
  return sources.some((source) => source.endsWith("-body")) ? { words: "the body", level: "note" } : undefined;
}
