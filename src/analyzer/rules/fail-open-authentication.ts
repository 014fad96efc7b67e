import { defineRule, lua } from "../define-rule.js";
import { explainNil } from "../nil-reasons.js";
import { comesBefore, type Fault, type MethodCall } from "../tracking/facts.js";

export const failOpenAuthentication = defineRule({
  id: "fail-open-authentication",
  level: "error",
  group: "security",
  summary: "A request can raise an error before it reaches the check that should refuse it",
  why: `When a script raises an error, Envoy logs it and lets the request go on: the Lua filter fails open. A client who leaves out a header that the script uses without a check skips everything behind that line, the
\`respond()\` with 401 or 403 included.`,
  wrong: lua`
    function envoy_on_request(handle)
      local token = handle:headers():get("authorization")
      handle:logDebug("token of " .. #token .. " bytes")
      if token ~= "Bearer letmein" then
        handle:respond({[":status"] = "401"}, "who are you?") -- <- here
      end
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      local token = handle:headers():get("authorization") or ""
      handle:logDebug("token of " .. #token .. " bytes")
      if token ~= "Bearer letmein" then
        handle:respond({[":status"] = "401"}, "who are you?")
      end
    end
  `,
  fix: "Check for nil before using the value, or run the check inside `pcall` and refuse when it fails.",
  check: {
    script(context) {
      const denials = context.facts.methodCalls.filter(
        (call) => isDenial(call) && call.where.phase === "request" && !call.where.caught,
      );
      const last = denials.at(-1);
      if (!last) return;
      for (const fault of context.facts.faults) {
        const header = droppedHeader(fault);
        if (header === undefined || fault.where.phase !== "request") continue;
        const skipped = denials.find((denial) => comesBefore(fault, denial));
        if (!skipped) continue;
        context.report({
          at: skipped.node,
          message: `a request without ${header} is not refused: line ${context.lineOf(fault.node)} raises an error for it first, and Envoy lets it pass`,
          related: [{ at: fault.operand, message: "the error is raised here" }],
        });
        return;
      }
    },
  },
});
function isDenial({ name, arguments: args }: MethodCall): boolean {
  return name === "respond" && /^40[13]$/.test(String(args[0]?.value.table?.fields.get(":status")?.constant ?? ""));
}

/** What a client leaves out to bring the fault about. */
function droppedHeader(fault: Fault): string | undefined {
  const reason = fault.value.nil;
  if (fault.problem === "type" || explainNil(fault, true)?.level !== "error") return undefined;
  if (reason?.kind === "body") return "a body";
  return reason?.kind === "header" && reason.direction === "request" && reason.name !== undefined
    ? `\`${reason.name}\``
    : undefined;
}
