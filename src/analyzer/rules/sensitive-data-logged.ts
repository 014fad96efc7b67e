import type { ScriptContext } from "../define-rule.js";
import { defineRule, lua } from "../define-rule.js";
import { isLive, type MethodCall } from "../tracking/facts.js";

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
      ].toSorted((a, b) => a.node.range[0] - b.node.range[0]);
      const told = new Set<string>();
      for (const log of logs) {
        const what = sensitive(context, log);
        if (what === undefined || told.has(what.words) || !isLive(context.facts, log.where)) continue;
        told.add(what.words);
        const quiet = log.name === "logTrace" || log.name === "logDebug" || what.level === "note";
        context.report({
          at: log.node,
          ...(quiet && { level: "note" as const }),
          message: quiet ? `${what.words} may go into the log` : `${what.words} goes into the log`,
        });
      }
    },
  },
});

const CREDENTIALS =
  /^(request|response)-header:(authorization|proxy-authorization|cookie|set-cookie|x-api-key|api-key|x-auth-token)$/;

type Log = Pick<MethodCall, "node" | "name" | "arguments" | "where">;

function sensitive(
  context: ScriptContext,
  log: Log,
): { readonly words: string; readonly level: "warning" | "note" } | undefined {
  const sources = log.arguments.flatMap(({ value }) => [...(value.sources ?? [])]);
  const credential = sources.find((source) => CREDENTIALS.test(source));
  if (credential) return { words: `\`${credential.split(":")[1]}\``, level: "warning" };
  if (sources.some((source) => source.endsWith("-header:*")) && logsAll(context, log)) {
    return { words: "every header, credentials included,", level: "warning" };
  }
  return sources.some((source) => source.endsWith("-body")) ? { words: "the body", level: "note" } : undefined;
}

/** In a loop without a condition, or behind a loop that glued all headers together. */
function logsAll({ facts, script }: ScriptContext, { where, arguments: args }: Log): boolean {
  if (where.guarded) return false;
  if (where.loops > 0) return true;
  const node = args[0]?.node;
  const binding = node?.type === "Identifier" ? script.bindingOf.get(node) : undefined;
  return binding !== undefined && facts.concatenations.some(({ binding: grown }) => grown === binding);
}
