import { defineRule, lua } from "../define-rule.js";
import { type PatternItem, parsePattern } from "../patterns/lua-pattern.js";
import { patternsOf } from "../patterns/patterns-of.js";
import { isLive } from "../tracking/facts.js";

export const malformedPattern = defineRule({
  id: "malformed-pattern",
  level: "error",
  group: "run time",
  summary: "A pattern that LuaJIT does not accept",
  why: `\`string.match\`, \`find\`, \`gmatch\` and \`gsub\` raise an error for a pattern they cannot read, such as *malformed pattern (missing ']')* or *unfinished capture*, when the line runs. In the replacement of \`gsub\`,
\`%2\` without a second capture raises *invalid capture index*.`,
  wrong: lua`
    function envoy_on_request(handle)
      local path = handle:headers():get(":path")
      if path:match("^/api/[0-9+$") then -- <- here
        handle:headers():add("x-api", "1")
      end
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      local path = handle:headers():get(":path")
      if path:match("^/api/[0-9]+$") then
        handle:headers():add("x-api", "1")
      end
    end
  `,
  fix: "Close what is open; a literal magic character is written with `%` in front.",
  check: {
    script(context) {
      for (const { node, name, pattern, call } of patternsOf(context)) {
        if (call.where.caught || !isLive(context.facts, call.where)) continue;
        const parsed = parsePattern(pattern);
        const fault =
          "error" in parsed ? parsed.error : replacementFault(name, parsed.items, call.arguments[2]?.value.constant);
        if (fault !== undefined)
          context.report({
            at: node,
            message: `\`${name}\` raises "${fault}", and the rest of the script does not run`,
          });
      }
    },
  },
});
function replacementFault(name: string, items: readonly PatternItem[], replacement: unknown): string | undefined {
  if (name !== "string.gsub" || typeof replacement !== "string") return undefined;
  const captures = items.filter(({ kind }) => kind === "open" || kind === "position").length;
  for (const [, digit] of replacement.replaceAll("%%", "").matchAll(/%([1-9])/g)) {
    if (Number(digit) > Math.max(1, captures)) return `invalid capture index`;
  }
  return undefined;
}
