import { defineRule, lua } from "../define-rule.js";

export const stateHandedToResponse = defineRule({
  id: "state-handed-to-response",
  level: "warning",
  group: "races and state",
  summary: "A value goes from the request hook to the response hook through a shared variable",
  why: `Between a request and its response other requests come in and write the same variable, so the response hook reads the value of whichever request came last. Dynamic metadata belongs to the one stream.`,
  wrong: lua`
    local started
    function envoy_on_request(handle)
      started = handle:timestamp()
    end
    function envoy_on_response(handle)
      if started then
        handle:headers():add("x-took", tostring(handle:timestamp() - started)) -- <- here
      end
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      handle:streamInfo():dynamicMetadata():set("example", "started", handle:timestamp())
    end
    function envoy_on_response(handle)
      local kept = handle:streamInfo():dynamicMetadata():get("example")
      if kept and kept.started then
        handle:headers():add("x-took", tostring(handle:timestamp() - kept.started))
      end
    end
  `,
  fix: "Hand it over with `streamInfo():dynamicMetadata():set(…)` and `get(…)`.",
  check: {
    script(context) {
      const { reads, writes } = context.facts;
      const told = new Set<unknown>();
      for (const { binding, node, where, written } of reads.toReversed()) {
        if (where.phase !== "response" || written || told.has(binding)) continue;
        const write = writes.find(
          (one) => one.binding === binding && one.where.phase === "request" && !one.increments && one.value.sources,
        );
        const isCache = reads.some(
          (read) => read.binding === binding && read.where.phase === "request" && !read.written,
        );
        if (!write || isCache) continue;
        told.add(binding);
        context.report({
          at: node,
          message: `\`${binding.name}\` was written by \`envoy_on_request\` (line ${context.lineOf(write.node)}), but by whichever request came last, not by the one that this is the response to`,
          related: [{ at: write.node, message: "written for each request" }],
        });
      }
    },
  },
});
