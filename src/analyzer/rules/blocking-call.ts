import { defineRule, lua } from "../define-rule.js";
import { isPerRequest } from "../tracking/facts.js";

export const blockingCall = defineRule({
  id: "blocking-call",
  level: "warning",
  group: "cost",
  summary: "A call that blocks the worker while it waits for the network or the disk",
  why: `A worker thread serves thousands of connections in turn. A script that connects, queries a database or reads a file itself makes all of them wait; only \`httpCall()\` lets the others run meanwhile.`,
  wrong: lua`
    function envoy_on_request(handle)
      local file = io.open("/etc/banner.txt") -- <- here
      if file then
        handle:headers():replace("x-banner", file:read("*l") or "")
        file:close()
      end
    end
  `,
  right: lua`
    local file = io.open("/etc/banner.txt")
    local banner = file and file:read("*l") or ""
    function envoy_on_request(handle)
      handle:headers():replace("x-banner", banner)
    end
  `,
  fix: "Use `httpCall()` for the network, and read files at the top level of the script, once.",
  check: {
    script(context) {
      for (const { node, name, arguments: args, where } of context.facts.libraryCalls) {
        const module = name === "require" ? args[0]?.value.constant : undefined;
        if (typeof module === "string" && BLOCKING_MODULES.test(module)) {
          context.report({ at: node, message: `what \`${module}\` does blocks the worker and all its connections` });
        } else if (isPerRequest(where) && BLOCKING.has(name)) {
          context.report({
            at: node,
            message: `\`${name}\` blocks the worker and all its connections, for each request`,
          });
        }
      }
    },
  },
});
const BLOCKING = new Set(["io.open", "io.lines", "io.read", "io.input", "dofile", "loadfile"]);
const BLOCKING_MODULES =
  /^(socket(\.|$)|ssl(\.|$)|redis|hiredis|luasql|pgmoon|mysql|lsqlite3|mongo|memcached|http\.request|requests|copas|lcurl|cURL)/;
