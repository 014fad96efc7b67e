import { defineRule, lua } from "../define-rule.js";

export const spoofableAddress = defineRule({
  id: "spoofable-address",
  level: "note",
  group: "security",
  summary: "The client's address is read from a header that the client can send",
  why: `\`x-forwarded-for\` starts with whatever the client wrote into it, \`x-real-ip\` is not Envoy's at all. Envoy works out the address by its own settings (\`xff_num_trusted_hops\`):
\`streamInfo():downstreamRemoteAddress()\`, or the header \`x-envoy-external-address\`.`,
  wrong: lua`
    function envoy_on_request(handle)
      local address = handle:headers():get("x-real-ip") -- <- here
      if address == "203.0.113.9" then
        handle:respond({[":status"] = "403"}, "no")
      end
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      local address = handle:streamInfo():downstreamRemoteAddress()
      if address:find("203.0.113.9:", 1, true) == 1 then
        handle:respond({[":status"] = "403"}, "no")
      end
    end
  `,
  fix: "Use `streamInfo():downstreamRemoteAddress()`.",
  check: {
    script(context) {
      const { methodCalls, keyedWrites } = context.facts;
      const decides =
        methodCalls.some(({ name }) => name === "respond" || name === "httpCall") || keyedWrites.length > 0;
      if (!decides) return;
      for (const { node, object, name, arguments: args } of methodCalls) {
        const header = String(args[0]?.value.constant ?? "").toLowerCase();
        if (object.name !== "Headers" || name !== "get" || object.direction !== "request" || !SPOOFABLE.has(header))
          continue;
        context.report({ at: node, message: `the client may have written \`${header}\` himself` });
      }
    },
  },
});
const SPOOFABLE = new Set(["x-forwarded-for", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip"]);
