import type { Binding } from "../../lua/script.js";
import type { ScriptContext } from "../define-rule.js";
import { defineRule, yaml } from "../define-rule.js";
import { editDistance } from "../spelling.js";

export const noHook = defineRule({
  id: "no-hook",
  level: "warning",
  group: "run time",
  summary: "The script defines no hook, so the filter does nothing",
  why: `Envoy runs the top level of the script when it loads it, then looks for the globals \`envoy_on_request\` and \`envoy_on_response\`. Where neither exists, the filter stands in
the chain and does nothing.`,
  wrong: yaml`
    apiVersion: extensions.istio.io/v1alpha1
    kind: TrafficExtension
    metadata:
      name: tag
      namespace: shop
    spec:
      selector:
        matchLabels:
          app: cart
      lua:
        inlineCode: |
          local function tag(handle) -- <- here
            handle:headers():replace("x-seen", handle:streamInfo():protocol())
          end
  `,
  right: yaml`
    apiVersion: extensions.istio.io/v1alpha1
    kind: TrafficExtension
    metadata:
      name: tag
      namespace: shop
    spec:
      selector:
        matchLabels:
          app: cart
      lua:
        inlineCode: |
          local function tag(handle)
            handle:headers():replace("x-seen", handle:streamInfo():protocol())
          end
          function envoy_on_request(handle)
            tag(handle)
          end
  `,
  fix: "Define `envoy_on_request(handle)` or `envoy_on_response(handle)` as a global function.",
  check: {
    script(context) {
      const { hooks } = context.facts;
      const { chunk, globals, functions } = context.script;
      if (hooks.request || hooks.response || HOOKS.some((name) => globals.get(name)?.assignments.length)) return;
      // A file that returns a table is a module for `require`.
      if (chunk.body.some(({ type }) => type === "ReturnStatement") || [...globals.values()].some(isLikeHook)) return;
      if (functions.some(({ name }) => HOOKS.includes(name) || /^envoy_?on_?/i.test(name)) || mayDefineGlobals(context))
        return;
      const [first] = chunk.body;
      if (!first) return;
      const isBare = context.site.source.kind === "LuaFile";
      context.report({
        at: { bytes: [first.range[0], endOfLine(context.script.bytes, first.range[0])] },
        ...(isBare && { level: "note" as const }),
        message: `the script defines neither \`envoy_on_request\` nor \`envoy_on_response\`: ${isBare ? "as a filter it may do nothing" : "the filter does nothing"}`,
      });
    },
  },
});
const HOOKS = ["envoy_on_request", "envoy_on_response"];

/** Told by `unknown-hook`. */
function isLikeHook({ name, assignments }: Binding): boolean {
  return assignments.length > 0 && HOOKS.some((hook) => editDistance(name.toLowerCase(), hook) <= 3);
}

function mayDefineGlobals({ facts, script }: ScriptContext): boolean {
  return (
    script.globals.has("_G") ||
    facts.libraryCalls.some(({ name }) =>
      /^(setfenv|dofile|loadfile|load|loadstring|module|rawset|require)$/.test(name),
    )
  );
}

function endOfLine(bytes: string, from: number): number {
  const end = bytes.indexOf("\n", from);
  return end === -1 ? bytes.length : end;
}
