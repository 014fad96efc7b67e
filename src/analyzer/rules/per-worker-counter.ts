import type { Node } from "../../lua/ast.js";
import { walk } from "../../lua/walk.js";
import type { ScriptContext } from "../define-rule.js";
import { defineRule, lua } from "../define-rule.js";
import { type Facts, isPerRequest, type Write } from "../tracking/facts.js";
import { NUMBER } from "../tracking/value.js";

export const perWorkerCounter = defineRule({
  id: "per-worker-counter",
  level: "note",
  group: "races and state",
  summary: "A counter in a variable counts for one worker only",
  why: `Each worker thread has a Lua state of its own, and each proxy has several workers: a limit of 100 that is counted in a variable is 100 per worker and pod, with connections spread unevenly. It also starts anew with each
configuration update.`,
  wrong: lua`
    local seen = 0
    function envoy_on_request(handle)
      seen = seen + 1 -- <- here
      handle:headers():replace("x-count", tostring(seen))
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      handle:stats():counter("seen"):inc()
    end
  `,
  fix: "For limits use Envoy's rate limit filters, for numbers `handle:stats()` (Envoy 1.38).",
  check: {
    script(context) {
      const { facts } = context;
      const limits = facts.methodCalls.some(
        ({ name, arguments: args }) =>
          name === "respond" && String(args[0]?.value.table?.fields.get(":status")?.constant) === "429",
      );
      const level = limits ? ("warning" as const) : ("note" as const);
      const told = new Set<unknown>();
      for (const write of facts.writes) {
        const { binding, node, where, increments } = write;
        if (!increments || !isPerRequest(where) || told.has(binding) || beginsAnew(write, facts)) continue;
        told.add(binding);
        context.report({
          at: node,
          level,
          message: `\`${binding.name}\` counts what one worker of one proxy sees, not all requests`,
        });
      }
      for (const { node, table, where, value } of facts.keyedWrites) {
        if (!table || !isPerRequest(where) || told.has(table) || value.types !== NUMBER || !isCount(context, node))
          continue;
        told.add(table);
        context.report({
          at: node,
          level,
          message: `\`${table.name}\` counts what one worker of one proxy sees, not all requests`,
        });
      }
    },
  },
});
/** `i = 1` in front of the loop that counts: the loop's own counter, whatever the variable. */
function beginsAnew({ binding, node, where }: Write, { writes }: Facts): boolean {
  return writes.some(
    (other) =>
      other.binding === binding &&
      !other.increments &&
      isPerRequest(other.where) &&
      other.where.loops < where.loops &&
      other.node.range[0] < node.range[0],
  );
}

/** `t[k] = (t[k] or 0) + 1`. */
function isCount({ script, spell }: ScriptContext, target: Node): boolean {
  let counts = false;
  walk(script.chunk, (node) => {
    if (node.type !== "AssignmentStatement" || node.variables[0] !== target) return;
    const [value] = node.init;
    counts = value?.type === "BinaryExpression" && value.operator === "+" && spell(value.left).includes(spell(target));
  });
  return counts;
}
