import type { Node } from "../../lua/ast.js";
import { walk } from "../../lua/walk.js";
import { defineRule, lua, type ScriptContext } from "../define-rule.js";
import { isPerRequest } from "../tracking/facts.js";

export const growingSearchPath = defineRule({
  id: "growing-search-path",
  level: "warning",
  group: "races and state",
  summary: "`package.path` grows by a piece with every request",
  why: `\`package.path\` belongs to the worker, not to the request, and lives until the next configuration update. What a hook appends to it is never taken away: after a million requests it is
a text of many megabytes, which each request copies, and \`require\` of something that is not loaded yet searches all of it.`,
  wrong: lua`
    function envoy_on_request(handle)
      package.path = package.path .. ";/lua/?.lua" -- <- here
      local json = require("json")
      handle:headers():replace("x-null", json.encode({}))
    end
  `,
  right: lua`
    package.path = package.path .. ";/lua/?.lua"
    local json = require("json")
    function envoy_on_request(handle)
      handle:headers():replace("x-null", json.encode({}))
    end
  `,
  fix: "Set it, and load the module, once at the top level of the script.",
  check: {
    script(context) {
      const found = context.facts.keyedWrites.filter(
        ({ node, where }) =>
          isPerRequest(where) && !where.guarded && isSearchPath(node) && appendsToItself(context, node),
      );
      const [first, ...others] = found;
      if (!first) return;
      const name = context.spell(first.node, 20);
      context.report({
        at: first.node,
        message: `\`${name}\` gets longer with every request, and nothing shortens it`,
        related: others.map(({ node }) => ({ at: node, message: "and here" })),
      });
    },
  },
});

function isSearchPath(node: Node): boolean {
  return (
    node.type === "MemberExpression" &&
    node.base.type === "Identifier" &&
    node.base.name === "package" &&
    /^c?path$/.test(node.identifier.name)
  );
}

/** `package.path = package.path .. …`, in whatever order. */
function appendsToItself({ script, spell }: ScriptContext, target: Node): boolean {
  let found = false;
  walk(script.chunk, (node) => {
    if (node.type !== "AssignmentStatement" || node.variables[0] !== target) return;
    const [value] = node.init;
    if (value?.type !== "BinaryExpression" || value.operator !== "..") return;
    walk(value, (part) => {
      if (isSearchPath(part) && spell(part, 20) === spell(target, 20)) found = true;
    });
  });
  return found;
}
