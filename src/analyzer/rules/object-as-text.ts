import { defineRule, lua } from "../define-rule.js";
import { isLive } from "../tracking/facts.js";

export const objectAsText = defineRule({
  id: "object-as-text",
  level: "warning",
  group: "run time",
  summary: "`tostring()` of an Envoy object gives an address, not its contents",
  why: `\`tostring(handle:body())\` is something like \`userdata: 0x7f3c…\`. The bytes of a body are \`body:getBytes(0, body:length())\`, headers are read one by one or with \`pairs\`.`,
  wrong: lua`
    function envoy_on_response(handle)
      local body = handle:body()
      if body then
        handle:logInfo("body: " .. tostring(body)) -- <- here
      end
    end
  `,
  right: lua`
    function envoy_on_response(handle)
      local body = handle:body()
      if body then
        handle:logInfo("body: " .. body:getBytes(0, body:length()))
      end
    end
  `,
  fix: "Use the object's methods: `getBytes(0, length())` for a body, `get(name)` for a header.",
  check: {
    script(context) {
      for (const { node, name, arguments: args, where } of context.facts.libraryCalls) {
        const object = args[0]?.value.object;
        if (name !== "tostring" || !object || !isLive(context.facts, where)) continue;
        context.report({ at: node, message: `this gives the address of the ${object.name}, not what is in it` });
      }
    },
  },
});
