import type { Binding } from "../../lua/script.js";
import { defineRule, lua } from "../define-rule.js";
import { isPerRequest } from "../tracking/facts.js";

export const sharedAcrossYield = defineRule({
  id: "shared-across-yield",
  level: "warning",
  group: "races and state",
  summary: "A shared variable is written, the script waits, and the variable is read again",
  why: `Globals and the script's top-level locals belong to all requests of a worker. While \`body()\` or \`httpCall()\` waits, other requests run, and write the same variable: after the wait it holds another request's
value. It shows under load only.`,
  wrong: lua`
    function envoy_on_request(handle)
      token = handle:headers():get("authorization") or ""
      local reply = handle:httpCall("auth", {[":method"] = "GET", [":path"] = "/", [":authority"] = "auth"}, nil, 500)
      if reply[":status"] == "200" then
        handle:headers():replace("x-token", token) -- <- here
      end
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      local token = handle:headers():get("authorization") or ""
      local reply = handle:httpCall("auth", {[":method"] = "GET", [":path"] = "/", [":authority"] = "auth"}, nil, 500)
      if reply[":status"] == "200" then
        handle:headers():replace("x-token", token)
      end
    end
  `,
  fix: "Make it a local of the hook.",
  check: {
    script(context) {
      const told = new Set<unknown>();
      for (const { binding, node, where, written, suspendedBetween } of context.facts.reads) {
        if (!suspendedBetween || !written || !isPerRequest(where) || told.has(binding) || holdsFunction(binding))
          continue;
        told.add(binding);
        const scope = binding.kind === "global" ? "a global" : "a local of the whole script";
        context.report({
          at: node,
          message: `\`${binding.name}\` is ${scope}, written on line ${context.lineOf(written)}; while \`${context.spell(suspendedBetween, 30)}\` (line ${context.lineOf(suspendedBetween)}) waits, another request may write it`,
          related: [
            { at: written, message: "written here" },
            { at: suspendedBetween, message: "the script may wait here" },
          ],
        });
      }
    },
  },
});
/** Whichever request defined it, it is the same function or module. */
function holdsFunction({ assignments }: Binding): boolean {
  return assignments.every(({ value }) => value?.type === "FunctionDeclaration" || isRequire(value));
}

function isRequire(value: Binding["assignments"][number]["value"]): boolean {
  if (value?.type !== "CallExpression" && value?.type !== "StringCallExpression") return false;
  return value.base.type === "Identifier" && value.base.name === "require";
}
