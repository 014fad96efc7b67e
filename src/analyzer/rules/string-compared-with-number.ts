import { defineRule, lua } from "../define-rule.js";
import { isLive } from "../tracking/facts.js";
import { NIL, NUMBER, STRING, type Value } from "../tracking/value.js";

export const stringComparedWithNumber = defineRule({
  id: "string-compared-with-number",
  level: "error",
  group: "run time",
  summary: "A string is compared with a number",
  why: `Header values are strings, \`:status\` among them. \`"200" == 200\` is false in Lua, always; \`"404" >= 400\` raises *attempt to compare string with number*, and the rest of the script does not run.`,
  wrong: lua`
    function envoy_on_response(handle)
      if handle:headers():get(":status") >= 500 then -- <- here
        handle:headers():add("x-failed", "1")
      end
    end
  `,
  right: lua`
    function envoy_on_response(handle)
      if tonumber(handle:headers():get(":status")) >= 500 then
        handle:headers():add("x-failed", "1")
      end
    end
  `,
  fix: 'Compare with a string (`== "200"`), or convert first (`tonumber(value)`).',
  check: {
    script(context) {
      for (const { node, operator, left, right, where } of context.facts.comparisons) {
        if (where.caught || !isLive(context.facts, where) || !areMixed(left, right)) continue;
        const isEquality = operator === "==" || operator === "~=";
        const consequence = isEquality
          ? `this is always ${operator === "==" ? "false" : "true"}`
          : "this raises an error and the rest of the script does not run";
        context.report({ at: node, message: `a string is compared with a number: ${consequence}` });
      }
    },
  },
});
function areMixed(left: Value, right: Value): boolean {
  const [a, b] = [left.types & ~NIL, right.types & ~NIL];
  return (a === STRING && b === NUMBER) || (a === NUMBER && b === STRING);
}
