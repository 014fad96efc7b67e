import { envoyApi } from "../../envoy/index.js";
import type { Node } from "../../lua/ast.js";
import { walk } from "../../lua/walk.js";
import { afterError } from "../after-error.js";
import type { ScriptContext } from "../define-rule.js";
import { defineRule, lua } from "../define-rule.js";
import type { GlobalUse } from "../tracking/facts.js";

export const wrongHandleVariable = defineRule({
  id: "wrong-handle-variable",
  level: "error",
  group: "run time",
  summary: "The handle is used under a name that it does not have here",
  why: `The handle is a parameter of the hook: a helper function does not see it unless it is passed on, and the name has to be the parameter's. Any other
name is an undefined global, so the call raises *attempt to index global 'request_handle' (a nil value)*; Envoy logs it and skips the rest of the script.`,
  wrong: lua`
    local function deny()
      request_handle:respond({[":status"] = "403"}, "no") -- <- here
    end
    function envoy_on_request(request_handle)
      if request_handle:headers():get("x-bot") then deny() end
    end
  `,
  right: lua`
    local function deny(handle)
      handle:respond({[":status"] = "403"}, "no")
    end
    function envoy_on_request(request_handle)
      if request_handle:headers():get("x-bot") then deny(request_handle) end
    end
  `,
  fix: "Use the hook's parameter, and pass it to the functions that need it.",
  check: {
    script(context) {
      const wrong = context.facts.undefinedGlobals.filter((use) => isHandle(context, use));
      const parameter = hookParameter(context);
      for (const use of wrong) {
        const hint =
          parameter === undefined || parameter === use.node.name ? "" : `; the hook's parameter is \`${parameter}\``;
        context.report({
          at: use.node,
          ...(use.where.caught && { level: "warning" as const }),
          message: `\`${use.node.name}\` is not defined here${hint}: the call raises an error ${afterError(use.where)}`,
        });
      }
    },
  },
});

const HANDLE_METHODS = new Set(
  envoyApi.filter(({ object }) => object === "Handle" || object === "every object").map(({ name }) => name),
);

/** An undefined global of which a method of the handle is called. */
export function isHandle({ script, facts }: ScriptContext, use: GlobalUse): boolean {
  if (use.use !== "indexed") return false;
  if (use.where.phase === "unreached" && facts.hooks.request !== undefined) return false;
  let found = false;
  walk(script.chunk, (node: Node) => {
    if (node.type === "MemberExpression" && node.base === use.node)
      found = node.indexer === ":" && HANDLE_METHODS.has(node.identifier.name);
    return !found;
  });
  return found;
}

function hookParameter({ facts }: ScriptContext): string | undefined {
  const first = (facts.hooks.request ?? facts.hooks.response)?.parameters[0];
  return first?.type === "Identifier" ? first.name : undefined;
}
