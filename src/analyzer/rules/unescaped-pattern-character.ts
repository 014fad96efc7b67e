import { defineRule, lua } from "../define-rule.js";
import { type PatternItem, parsePattern } from "../patterns/lua-pattern.js";
import { patternsOf } from "../patterns/patterns-of.js";
import { isLive } from "../tracking/facts.js";

export const unescapedPatternCharacter = defineRule({
  id: "unescaped-pattern-character",
  level: "warning",
  group: "run time",
  summary: "A dot or a dash in a pattern does not stand for itself",
  why: `In a Lua pattern \`.\` matches any character and \`-\` behind a character means "any number of it, as few as possible". \`find(host, "api.example.com")\` also accepts \`apiXexample.com\`, and
\`"well-known"\` does not match the text *well-known* at all.`,
  wrong: lua`
    function envoy_on_request(handle)
      local host = handle:headers():get(":authority")
      if not host:find("api.example.com") then -- <- here
        handle:respond({[":status"] = "421"}, "wrong host")
      end
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      local host = handle:headers():get(":authority")
      if not host:find("api.example.com", 1, true) then
        handle:respond({[":status"] = "421"}, "wrong host")
      end
    end
  `,
  fix: "Search for plain text with `find(text, what, 1, true)`, or write `%.` and `%-`.",
  check: {
    script(context) {
      for (const { node, pattern, call } of patternsOf(context)) {
        if (!isLive(context.facts, call.where)) continue;
        const parsed = parsePattern(pattern);
        if ("error" in parsed) continue;
        const dashed = parsed.items.find((item, i) => isLazyLetter(item) && isWord(parsed.items[i + 1]));
        if (dashed) {
          context.report({
            at: node,
            message: `\`${dashed.text}\` in the pattern stands for any number of \`${dashed.text[0]}\`, not for a dash`,
          });
        } else if (isPlainText(parsed.items)) {
          context.report({ at: node, message: "`.` in the pattern stands for any character, not for a dot" });
        }
      }
    },
  },
});
/** `well-known`: a letter, a dash that means repetition, a letter. */
function isLazyLetter(item: PatternItem): boolean {
  return item.kind === "character" && item.quantifier === "-" && /^[A-Za-z0-9]/.test(item.text);
}

function isWord(item: PatternItem | undefined): boolean {
  return item?.kind === "character" && /^[A-Za-z0-9]/.test(item.text);
}

/** Nothing but characters that stand for themselves and dots between letters: somebody wrote down a name. */
function isPlainText(items: readonly PatternItem[]): boolean {
  const inner = items.filter(({ kind }) => kind !== "start" && kind !== "end");
  const dots = inner.filter(
    (item, i) => item.kind === "any" && item.quantifier === "" && isWord(inner[i - 1]) && isWord(inner[i + 1]),
  );
  return (
    dots.length > 0 &&
    inner.every((item) => (item.kind === "character" && item.quantifier === "") || dots.includes(item))
  );
}
