import { envoyApi } from "../../envoy/index.js";
import { afterError } from "../after-error.js";
import { defineRule, lua } from "../define-rule.js";
import { closest } from "../spelling.js";
import type { UnknownMethodCall } from "../tracking/facts.js";

export const unknownMethod = defineRule({
  id: "unknown-method",
  level: "error",
  group: "run time",
  summary: "A method is called that the object does not have",
  why: `Calling a method that does not exist raises *attempt to call method 'x' (a nil value)*. Envoy notices only when the line runs: it logs the
error, skips the rest of the script and lets the request go on.`,
  wrong: lua`
    function envoy_on_request(handle)
      handle:headers():set("x-tenant", "a") -- <- here
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      handle:headers():replace("x-tenant", "a")
    end
  `,
  fix: "Use a method that the object has; `moonshift explain Headers` lists those of headers.",
  check: {
    script(context) {
      for (const call of context.facts.unknownMethodCalls) {
        const { on, name, where } = call;
        const object = on.object?.name;
        const suggestion = suggest(call);
        context.report({
          at: call.node,
          ...(where.caught && { level: "warning" as const }),
          message: `${object ?? "a string"} has no method \`${name}\`: the call raises an error ${afterError(where)}`,
          ...(suggestion !== undefined && { help: suggestion }),
        });
      }
    },
  },
});

/** What people write who know another proxy's API, and what Envoy calls it. */
const MEANT: Readonly<Record<string, string>> = {
  "Headers.set": "`replace(name, value)` sets a header",
  "Headers.delete": "`remove(name)` removes a header",
  "Headers.append": "`add(name, value)` appends a value",
  "Headers.getAll": "`getNumValues(name)` and `getAtIndex(name, i)` give the values one by one",
  "Handle.log": "`logInfo(message)` logs; there is no `log`",
  "Handle.logError": "`logErr(message)` logs an error",
  "Handle.logWarning": "`logWarn(message)` logs a warning",
  "Handle.method": '`headers():get(":method")` gives the method',
  "Handle.path": '`headers():get(":path")` gives the path',
  "Handle.dynamicMetadata": "`streamInfo():dynamicMetadata()` gives the dynamic metadata",
  "Handle.filterState": "`streamInfo():filterState()` gives the filter state",
  "Handle.getHeader": "`headers():get(name)` reads a header",
  "Handle.setHeader": "`headers():replace(name, value)` sets a header",
  "Handle.requestHeaders": "`headers()` gives the headers of the direction that the hook is for",
  "Handle.responseHeaders": "`headers()` gives the headers of the direction that the hook is for",
  "Buffer.getString": "`getBytes(0, length())` gives the whole body as a string",
  "Buffer.toString": "`getBytes(0, length())` gives the whole body as a string",
};

function suggest({ on, name }: UnknownMethodCall): string | undefined {
  const object = on.object?.name;
  if (object === undefined) return undefined;
  const meant = MEANT[`${object}.${name}`];
  if (meant !== undefined) return `${meant}.`;
  const elsewhere = envoyApi
    .filter((method) => method.name === name && method.object !== "every object")
    .map((method) => method.object);
  if (elsewhere.length > 0) return `\`${name}\` is a method of ${[...new Set(elsewhere)].join(" and ")}.`;
  const own = envoyApi
    .filter((method) => method.object === object || method.object === "every object")
    .map((method) => method.name);
  const near = closest(name, own);
  return near === undefined
    ? `\`moonshift explain ${object}\` lists the methods that it has.`
    : `Did you mean \`${near}\`?`;
}
