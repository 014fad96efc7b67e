import { defineRule, lua } from "../define-rule.js";
import { isLive } from "../tracking/facts.js";

export const waitsInCallback = defineRule({
  id: "waits-in-callback",
  level: "error",
  group: "run time",
  summary: "A call that waits inside a function that `gsub` or `table.sort` calls",
  why: `The script can be suspended only where Lua itself runs. Inside a replacement function of \`string.gsub\` or a comparison of \`table.sort\`, \`httpCall()\`, \`body()\` and \`trailers()\` raise
*attempt to yield across C-call boundary*.`,
  wrong: lua`
    function envoy_on_request(handle)
      local path = handle:headers():get(":path")
      local resolved = path:gsub("{(%w+)}", function(name)
        local _, value = handle:httpCall("names", {[":method"] = "GET", [":path"] = "/" .. name, [":authority"] = "names"}, nil, 500) -- <- here
        return value
      end)
      handle:headers():replace(":path", resolved)
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      local path = handle:headers():get(":path")
      local name = path:match("{(%w+)}")
      if name then
        local _, value = handle:httpCall("names", {[":method"] = "GET", [":path"] = "/" .. name, [":authority"] = "names"}, nil, 500)
        local resolved = path:gsub("{%w+}", value or "")
        handle:headers():replace(":path", resolved)
      end
    end
  `,
  fix: "Collect what is needed first, call in a plain loop, then replace.",
  check: {
    script(context) {
      for (const { node, name, method, where } of context.facts.methodCalls) {
        if (!where.callback || where.caught || !isLive(context.facts, where)) continue;
        if (method?.yields !== "httpCall" && method?.yields !== "body" && method?.yields !== "trailers") continue;
        context.report({
          at: node,
          message: `\`${name}\` waits inside a function that the library calls: that raises an error and the rest of the script does not run`,
        });
      }
    },
  },
});
