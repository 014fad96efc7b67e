import { defineRule, lua } from "../define-rule.js";
import { isPerRequest } from "../tracking/facts.js";
import type { HeldObject } from "../tracking/value.js";

export const objectKeptAcrossRequests = defineRule({
  id: "object-kept-across-requests",
  level: "error",
  group: "run time",
  summary: "An Envoy object is kept in a shared variable and used by a later request",
  why: `Handles, headers, bodies and metadata belong to one stream and die with it: a later request that uses one gets *object used outside of proper scope*, and the rest of
its script does not run. Only the objects of \`stats()\` (counters, gauges, histograms) stay usable.`,
  wrong: lua`
    local first
    function envoy_on_request(handle)
      if first == nil then
        first = handle
      else
        first:logInfo("another request came") -- <- here
      end
    end
  `,
  right: lua`
    local seen = false
    function envoy_on_request(handle)
      if seen then
        handle:logDebug("another request came")
      end
      seen = true
    end
  `,
  fix: "Keep plain values (strings, numbers, tables), and use the handle that the hook was given.",
  check: {
    script(context) {
      const { reads, writes } = context.facts;
      const told = new Set<unknown>();
      for (const { binding, node, where, written } of reads) {
        if (written || !isPerRequest(where) || told.has(binding)) continue;
        const write = writes.find(
          (one) => one.binding === binding && one.value.object && diesWithStream(one.value.object),
        );
        if (!write?.value.object || !isUsed(context.script.bytes, node.range[1])) continue;
        told.add(binding);
        context.report({
          at: node,
          message: `\`${binding.name}\` may hold the ${write.value.object.name} of an earlier request, which is dead: using it raises an error and the rest of the script does not run`,
          related: [{ at: write.node, message: "kept here" }],
        });
      }
    },
  },
});

function diesWithStream({ name }: HeldObject): boolean {
  return name !== "Counter" && name !== "Gauge" && name !== "Histogram";
}

/** A method is called on it, right behind its name; a comparison with nil harms nobody. */
function isUsed(bytes: string, end: number): boolean {
  return /^\s*:/.test(bytes.slice(end, end + 20));
}
