import { defineRule, lua } from "../define-rule.js";
import { STRING } from "../tracking/value.js";

export const responseSplitting = defineRule({
  id: "response-splitting",
  level: "note",
  group: "security",
  summary: "Text from a body goes into a header as it is",
  why: `Header values from requests cannot hold line breaks, text from a body (or decoded from Base64) can. Envoy 1.40 answers such a request with 503 instead of sending a split header, so a client can break his own requests;
older proxies and other filters in the chain may not be as strict.`,
  wrong: lua`
    function envoy_on_request(handle)
      local body = handle:body()
      if body then
        handle:headers():replace("x-title", body:getBytes(0, math.min(body:length(), 40))) -- <- here
      end
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      local body = handle:body()
      if body then
        local title = body:getBytes(0, math.min(body:length(), 40)):gsub("%c", " ")
        handle:headers():replace("x-title", (title))
      end
    end
  `,
  fix: 'Remove control characters first: `text:gsub("%c", " ")`.',
  check: {
    script(context) {
      const { methodCalls, libraryCalls } = context.facts;
      const cleans = libraryCalls.some(
        ({ name, arguments: args }) =>
          name === "string.gsub" && /%c|\\r|\\n|\r|\n/.test(String(args[1]?.value.constant ?? "")),
      );
      if (cleans) return;
      for (const { node, name, object, arguments: args } of methodCalls) {
        if (object.name !== "Headers" || (name !== "add" && name !== "replace")) continue;
        const value = args[1]?.value;
        if (value?.types !== STRING || ![...(value.sources ?? [])].some((source) => source.endsWith("-body"))) continue;
        context.report({
          at: args[1]?.node ?? node,
          message: "text from a body may hold line breaks, which a header cannot",
        });
      }
    },
  },
});
