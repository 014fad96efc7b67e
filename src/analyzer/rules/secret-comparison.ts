import type { Expression } from "../../lua/ast.js";
import type { ScriptContext } from "../define-rule.js";
import { defineRule, lua } from "../define-rule.js";
import { STRING, type Value } from "../tracking/value.js";

export const secretComparison = defineRule({
  id: "secret-comparison",
  level: "note",
  group: "security",
  summary: "A credential from the request is compared with one that the script knows",
  why: `Whoever may read the manifest knows the credential. LuaJIT keeps one copy of each string, so \`==\` itself takes the same time for every wrong guess; a port to another language, Wasm included, compares byte
by byte unless it takes care.`,
  wrong: lua`
    local expected = os.getenv("GATE_KEY") or ""
    function envoy_on_request(handle)
      if handle:headers():get("x-api-key") ~= expected then -- <- here
        handle:respond({[":status"] = "403"}, "no")
      end
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      local key = handle:headers():get("x-api-key") or ""
      local reply = handle:httpCall("keys", {[":method"] = "GET", [":path"] = "/check", [":authority"] = "keys", ["x-api-key"] = key}, nil, 500)
      if reply[":status"] ~= "200" then
        handle:respond({[":status"] = "403"}, "no")
      end
    end
  `,
  fix: "Let RequestAuthentication, API-key authentication or an external authorizer check it.",
  check: {
    script(context) {
      for (const { node, operator, left, right } of context.facts.comparisons) {
        if (operator !== "==" && operator !== "~=") continue;
        const credential = [left, right].find(isCredential);
        if (!credential || node.type !== "BinaryExpression") continue;
        const [other, written] = credential === left ? [right, node.right] : [left, node.left];
        if ((other.types & STRING) === 0 || comesFromRequest(other)) continue;
        if (other.constant === undefined && !standsOutside(context, written)) continue;
        if (typeof other.constant === "string" && other.constant.length < 12) continue;
        context.report({
          at: node,
          message:
            "a credential from the request may be compared with one that is known to all who can read the manifest",
        });
      }
    },
  },
});

/** A variable of the whole script, or a field of one; what a function works out for each request may be anything. */
function standsOutside({ script }: ScriptContext, node: Expression): boolean {
  let base = node;
  while (base.type === "MemberExpression" || base.type === "IndexExpression") base = base.base;
  const binding = base.type === "Identifier" ? script.bindingOf.get(base) : undefined;
  return binding !== undefined && (binding.kind === "global" || binding.owner === script.main);
}

/** Two values of the same request: a CSRF token and its cookie. */
function comesFromRequest({ sources }: Value): boolean {
  return [...(sources ?? [])].some((source) => source.startsWith("request-"));
}

function isCredential({ sources }: Value): boolean {
  return [...(sources ?? [])].some((source) =>
    /^request-header:(authorization|proxy-authorization|x-api-key|api-key|x-auth-token|x-.*(secret|token|key))$/.test(
      source,
    ),
  );
}
