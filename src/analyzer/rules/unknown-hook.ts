import type { FunctionDeclaration, Node } from "../../lua/ast.js";
import { defineRule, lua } from "../define-rule.js";
import { closest, editDistance } from "../spelling.js";

export const unknownHook = defineRule({
  id: "unknown-hook",
  level: "error",
  group: "run time",
  summary: "A global function looks like a hook, but Envoy does not call it",
  why: `Envoy calls \`envoy_on_request\` and \`envoy_on_response\`, and nothing else: there is no hook for trailers, for the end of the stream or for
initialisation. A function under any other name is simply never run, without a word in the log.`,
  wrong: lua`
    function envoy_on_reqeust(handle) -- <- here
      handle:headers():add("x-seen", "1")
    end
    function envoy_on_response(handle)
      handle:headers():add("x-seen", "1")
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      handle:headers():add("x-seen", "1")
    end
    function envoy_on_response(handle)
      handle:headers():add("x-seen", "1")
    end
  `,
  fix: "Name it `envoy_on_request` or `envoy_on_response`, or call it from one of them.",
  check: {
    script(context) {
      for (const binding of context.script.globals.values()) {
        const [assignment] = binding.assignments;
        if (!assignment || HOOKS.includes(binding.name) || binding.references.length > 0) continue;
        if (assignment.value?.type !== "FunctionDeclaration" || !looksLikeHook(binding.name)) continue;
        const near = closest(binding.name, HOOKS);
        context.report({
          at: nameOf(assignment.value),
          message: `Envoy does not know \`${binding.name}\`: nothing calls it`,
          ...(near !== undefined && { help: `Did you mean \`${near}\`?` }),
        });
      }
    },
  },
});
const HOOKS = ["envoy_on_request", "envoy_on_response"];

function looksLikeHook(name: string): boolean {
  return /^envoy_?on_?/i.test(name) || HOOKS.some((hook) => editDistance(name.toLowerCase(), hook) <= 3);
}

function nameOf(node: FunctionDeclaration): Node {
  return node.identifier ?? node;
}
