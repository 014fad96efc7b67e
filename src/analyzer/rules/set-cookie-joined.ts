import { defineRule, lua } from "../define-rule.js";
import type { Value } from "../tracking/value.js";

export const setCookieJoined = defineRule({
  id: "set-cookie-joined",
  level: "warning",
  group: "run time",
  summary: "Several `set-cookie` headers are handled as one text with commas",
  why: `\`headers:get("set-cookie")\` joins all cookies with commas. Cookies hold commas themselves (\`Expires=Wed, 21 Oct 2026\`), so the text cannot be split again, and browsers do not accept joined cookies in
one header. \`getNumValues\` and \`getAtIndex\`, or \`pairs\`, give them one by one.`,
  wrong: lua`
    function envoy_on_response(handle)
      local headers = handle:headers()
      local cookies = headers:get("set-cookie")
      if cookies then
        headers:remove("set-cookie")
        for cookie in cookies:gmatch("([^,]+)") do -- <- here
          headers:add("set-cookie", cookie .. "; Secure")
        end
      end
    end
  `,
  right: lua`
    function envoy_on_response(handle)
      local headers = handle:headers()
      local cookies = {}
      for i = 0, headers:getNumValues("set-cookie") - 1 do
        cookies[i + 1] = headers:getAtIndex("set-cookie", i)
      end
      headers:remove("set-cookie")
      for _, cookie in ipairs(cookies) do
        headers:add("set-cookie", cookie .. "; Secure")
      end
    end
  `,
  fix: 'Read the cookies one by one with `getNumValues("set-cookie")` and `getAtIndex("set-cookie", i)`.',
  check: {
    script(context) {
      const isJoined = (value: Value | undefined): boolean =>
        value?.key?.startsWith("response.headers.get(set-cookie)") === true;
      for (const { node, name, arguments: args } of context.facts.libraryCalls) {
        const pattern = args[1]?.value.constant;
        if (
          name !== "string.gmatch" ||
          !isJoined(args[0]?.value) ||
          typeof pattern !== "string" ||
          !pattern.includes(",")
        )
          continue;
        context.report({
          at: node,
          message: "the cookies are taken apart at commas, which the dates in them have, too",
        });
      }
      for (const { node, name, arguments: args } of context.facts.methodCalls) {
        const written = args[1]?.value;
        if ((name !== "replace" && name !== "add") || String(args[0]?.value.constant).toLowerCase() !== "set-cookie")
          continue;
        if (
          isJoined(written) ||
          (written?.assembled && written.sources?.has("response-header:set-cookie") && name === "replace")
        ) {
          context.report({ at: node, message: "all cookies are written back as one header, joined with commas" });
        }
      }
    },
  },
});
