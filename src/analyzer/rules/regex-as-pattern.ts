import { defineRule, lua } from "../define-rule.js";
import { parsePattern } from "../patterns/lua-pattern.js";
import { patternsOf } from "../patterns/patterns-of.js";
import { isLive } from "../tracking/facts.js";

export const regexAsPattern = defineRule({
  id: "regex-as-pattern",
  level: "warning",
  group: "run time",
  summary: "A regular expression is written where Lua takes a pattern",
  why: `Lua patterns are not regular expressions: there is no \`|\`, no \`{2,3}\`, no \`d\` (it is \`%d\`), no lazy \`*?\` (it is \`-\`), no \`(?:…)\`, and \`+\`, \`*\` or \`?\` behind a group stand for themselves.
Nothing complains: such a pattern matches something else, mostly nothing.`,
  wrong: lua`
    function envoy_on_request(handle)
      local path = handle:headers():get(":path")
      if path:match("^/(users|orders)/[0-9]+$") then -- <- here
        handle:headers():add("x-resource", "1")
      end
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      local path = handle:headers():get(":path")
      if path:match("^/users/%d+$") or path:match("^/orders/%d+$") then
        handle:headers():add("x-resource", "1")
      end
    end
  `,
  fix: "Rewrite it as a Lua pattern, or as several that are tried one after the other.",
  check: {
    script(context) {
      for (const { node, pattern, call } of patternsOf(context)) {
        if (!isLive(context.facts, call.where)) continue;
        const fault = SIGNS.find(({ sign }) => sign.test(pattern)) ?? escapeSign(pattern);
        if (fault) context.report({ at: node, message: `${fault.message}: Lua patterns are not regular expressions` });
      }
    },
  },
});
const SIGNS: readonly { readonly sign: RegExp; readonly message: string }[] = [
  { sign: /\((\?[:=!i<])/, message: "`(?` starts a capture that begins with a question mark" },
  { sign: /\([^()|]*[\w/.-]\|[\w/.-][^()]*\)/, message: "`|` is no alternative but the character itself" },
  { sign: /(?:%\w|\]|\))\{\d+(?:,\d*)?\}/, message: "`{n}` is no repetition but the characters themselves" },
  {
    sign: /(?:%\w|\]|\.)[*+]\?/,
    message: "`*?` is no lazy repetition (that is `-`), the question mark stands for itself",
  },
  { sign: /[^%]\)[*+]\$?$/, message: "a repetition behind a group stands for itself" },
];

/** A backslash in front of something that a regular expression would escape; in a set it may well be meant. */
function escapeSign(pattern: string): { readonly message: string } | undefined {
  const parsed = parsePattern(pattern);
  if ("error" in parsed) return undefined;
  const escapes = parsed.items.some(
    (item, i) =>
      item.text.startsWith("\\") && /^[dwsDWSb.+*?()/-]/.test(parsed.items[i + 1]?.text ?? item.text.slice(1)),
  );
  return escapes ? { message: "a backslash escapes nothing, `%` does" } : undefined;
}
