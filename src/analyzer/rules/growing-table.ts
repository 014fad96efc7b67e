import type { Binding } from "../../lua/script.js";
import { walk } from "../../lua/walk.js";
import type { ScriptContext } from "../define-rule.js";
import { defineRule, lua } from "../define-rule.js";
import { isPerRequest } from "../tracking/facts.js";
import { isClientControlled } from "../tracking/library-calls.js";
import { NIL } from "../tracking/value.js";

export const growingTable = defineRule({
  id: "growing-table",
  level: "warning",
  group: "races and state",
  summary: "A table that outlives the request gets a new key for new clients and never loses one",
  why: `Globals and top-level locals live until the next configuration update. A table with a key per address, user or path grows with every new one: a client who varies the value fills the proxy's memory, and LuaJIT
stops at about 2 GB with an error in every request.`,
  wrong: lua`
    local last_path = {}
    function envoy_on_request(handle)
      local user = handle:headers():get("x-user") or "nobody"
      last_path[user] = handle:headers():get(":path") -- <- here
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      local user = handle:headers():get("x-user") or "nobody"
      handle:streamInfo():dynamicMetadata():set("example", user, handle:headers():get(":path"))
    end
  `,
  fix: "Keep such state outside (a rate limit service, a cache), or remove old keys.",
  check: {
    script(context) {
      const told = new Set<unknown>();
      for (const { node, table, key, value, where } of context.facts.keyedWrites) {
        if (!table || told.has(table) || !isPerRequest(where) || value.types === NIL) continue;
        if (!isClientControlled(key) || isEmptied(context, table)) continue;
        told.add(table);
        context.report({
          at: node,
          message: `\`${table.name}\` outlives the request and gets a key that the client chooses; nothing ever removes one`,
        });
      }
    },
  },
});
/** A key is set to nil somewhere, or the table is replaced. */
function isEmptied({ script }: ScriptContext, table: Binding): boolean {
  if (table.assignments.some(({ inside }) => inside !== script.main)) return true;
  let emptied = false;
  walk(script.chunk, (node) => {
    if (node.type !== "AssignmentStatement" || node.init[0]?.type !== "NilLiteral") return;
    const [target] = node.variables;
    if (
      target?.type !== "Identifier" &&
      target?.base.type === "Identifier" &&
      script.bindingOf.get(target.base) === table
    )
      emptied = true;
  });
  return emptied;
}
