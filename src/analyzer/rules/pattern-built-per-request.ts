import type { Node } from "../../lua/ast.js";
import { walk } from "../../lua/walk.js";
import { defineRule, lua } from "../define-rule.js";
import { isPerRequest } from "../tracking/facts.js";

export const patternBuiltPerRequest = defineRule({
  id: "pattern-built-per-request",
  level: "note",
  group: "cost",
  summary: "A pattern is glued together from values for each request",
  why: `What goes into the pattern is read as a pattern: a dot or a dash in it does not stand for itself, and \`%\` or \`[\` in it raises an error. And it is built anew for each request.`,
  wrong: lua`
    local prefix = os.getenv("PREFIX") or "/api"
    function envoy_on_request(handle)
      if handle:headers():get(":path"):match("^" .. prefix) then -- <- here
        handle:headers():replace("x-api", "1")
      end
    end
  `,
  right: lua`
    local prefix = os.getenv("PREFIX") or "/api"
    function envoy_on_request(handle)
      if handle:headers():get(":path"):sub(1, #prefix) == prefix then
        handle:headers():replace("x-api", "1")
      end
    end
  `,
  fix: "Compare with `sub` or search for plain text (`find(text, what, 1, true)`); build patterns at the top level.",
  check: {
    script(context) {
      const TAKES_PATTERN = ["string.match", "string.find", "string.gmatch", "string.gsub"];
      for (const { node, name, arguments: args, where } of context.facts.libraryCalls) {
        const pattern = args[1];
        const isPlain = name === "string.find" && args[3]?.value.constant === true;
        if (!TAKES_PATTERN.includes(name) || isPlain || !pattern?.value.assembled || !isPerRequest(where)) continue;
        context.report({
          at: pattern.node ?? node,
          message: `the pattern is put together for each request${escapes(pattern.node ?? node) ? "" : "; what is put in may be read as magic characters"}`,
        });
      }
    },
  },
});

/** A function with such a name is called for what is put in. */
function escapes(pattern: Node): boolean {
  let found = false;
  walk(pattern, (node) => {
    if (node.type === "Identifier" && /escape|quote/i.test(node.name)) found = true;
  });
  return found;
}
