import { defineRule, lua } from "../define-rule.js";

export const localHook = defineRule({
  id: "local-hook",
  level: "error",
  group: "run time",
  summary: "A hook is declared local, so Envoy does not find it",
  why: `Envoy looks the hooks up among the globals after it ran the script's top level. A \`local function envoy_on_request\` is not there: the script loads without an
error and never does anything.`,
  wrong: lua`
    local function envoy_on_request(handle) -- <- here
      handle:headers():add("x-seen", "1")
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      handle:headers():add("x-seen", "1")
    end
  `,
  fix: "Remove `local`.",
  check: {
    script(context) {
      const { script, site } = context;
      // A file that returns a table is a module for `require`: the script that loads it makes the hook global.
      if (site.source.kind === "LuaFile" && script.chunk.body.some(({ type }) => type === "ReturnStatement")) return;
      for (const { node, parent } of script.functions) {
        if (node.type !== "FunctionDeclaration" || !node.isLocal || node.identifier?.type !== "Identifier") continue;
        const { name } = node.identifier;
        const isHook = name === "envoy_on_request" || name === "envoy_on_response";
        if (!isHook || parent !== script.main || script.globals.get(name)?.assignments.length) continue;
        context.report({
          at: node.identifier,
          message: `\`${name}\` is local: Envoy does not find it and never calls it`,
        });
      }
    },
  },
});
