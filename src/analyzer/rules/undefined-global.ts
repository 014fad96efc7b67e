import type { Node } from "../../lua/ast.js";
import { walk } from "../../lua/walk.js";
import type { Level } from "../assessment.js";
import type { ScriptContext } from "../define-rule.js";
import { defineRule, lua } from "../define-rule.js";
import { closest } from "../spelling.js";
import type { GlobalUse } from "../tracking/facts.js";
import { LIBRARY_GLOBALS } from "../tracking/library.js";
import { isHandle } from "./wrong-handle-variable.js";

export const undefinedGlobal = defineRule({
  id: "undefined-global",
  level: "error",
  group: "run time",
  summary: "A global is used that nothing defines",
  why: `A name that is neither a local, nor assigned anywhere in the script, nor part of LuaJIT's library is nil. Calling it, indexing it or concatenating it
raises an error when the line runs; Envoy logs it, skips the rest of the script and lets the request go on. Envoy has no built-in \`json\`, \`ngx\` or
\`kong\`, and scripts of different filters do not see each other's globals.`,
  wrong: lua`
    function envoy_on_request(handle)
      local user = decode_token(handle:headers():get("authorization")) -- <- here
      handle:headers():replace("x-user", user)
    end
  `,
  right: lua`
    local function decode_token(token)
      return token and token:match("^Bearer (%w+)$") or "nobody"
    end
    function envoy_on_request(handle)
      local user = decode_token(handle:headers():get("authorization"))
      handle:headers():replace("x-user", user)
    end
  `,
  fix: "Define it in this script, or load it with `require` from a file that is on the proxy.",
  check: {
    script(context) {
      const hasHooks = context.facts.hooks.request !== undefined || context.facts.hooks.response !== undefined;
      for (const [name, uses] of byName(context)) {
        const live = uses.filter(({ where }) => where.phase !== "unreached" || !hasHooks);
        const [first] = live.toSorted((a, b) => a.node.range[0] - b.node.range[0]);
        if (first) report(context, name, live, worst(live) ?? first);
      }
    },
  },
});

function byName(context: ScriptContext): ReadonlyMap<string, readonly GlobalUse[]> {
  const groups = new Map<string, GlobalUse[]>();
  for (const use of context.facts.undefinedGlobals) {
    if (isHandle(context, use)) continue;
    groups.set(use.node.name, [...(groups.get(use.node.name) ?? []), use]);
  }
  return groups;
}

function report(context: ScriptContext, name: string, uses: readonly GlobalUse[], use: GlobalUse): void {
  const others = uses.length - 1;
  const again = others === 0 ? "" : ` (used ${others} more time${others === 1 ? "" : "s"})`;
  const near = closest(
    name,
    [...context.script.globals.values()]
      .filter(({ assignments }) => assignments.length > 0)
      .map((binding) => binding.name)
      .concat([...LIBRARY_GLOBALS.keys()]),
  );
  const may = mayComeFromOutside(context, name);
  const level: Level =
    use.use === "read" && !isHarmful(context, use) ? "note" : may || use.where.caught ? "warning" : "error";
  const what = { called: "calling it raises an error", indexed: "indexing it raises an error", read: "it is nil" }[
    use.use
  ];
  context.report({
    at: use.node,
    level: may && level === "error" ? "note" : level,
    message: may
      ? `\`${name}\` is defined nowhere in the script; it may come from \`${may}\`, otherwise ${what}${again}`
      : `\`${name}\` is defined nowhere: ${what}${use.use === "read" ? "" : " and the rest of the script does not run"}${again}`,
    ...(near !== undefined && near !== name && { help: `Did you mean \`${near}\`?` }),
  });
}

/** Called or indexed before merely read: those certainly raise. */
function worst(uses: readonly GlobalUse[]): GlobalUse | undefined {
  const order = ["called", "indexed", "read"];
  return uses.toSorted((a, b) => order.indexOf(a.use) - order.indexOf(b.use) || a.node.range[0] - b.node.range[0])[0];
}

/** Concatenated, calculated with, or handed to a function that wants a string; `x == undefined` is harmless. */
function isHarmful({ script }: ScriptContext, use: GlobalUse): boolean {
  let harmful = false;
  const visit = (node: Node, parents: readonly Node[]): void => {
    if (node !== use.node) return;
    const parent = parents.at(-1);
    harmful = parent?.type === "BinaryExpression" && parent.operator !== "==" && parent.operator !== "~=";
    if (parent?.type === "CallExpression") harmful = true;
    if (parent?.type === "UnaryExpression" && parent.operator === "#") harmful = true;
  };
  walk(script.chunk, visit);
  return harmful;
}

/** Files that the script runs may define globals; a module of that name, written in the old way, does. */
function mayComeFromOutside({ facts, spell }: ScriptContext, name: string): string | undefined {
  for (const call of facts.libraryCalls) {
    const argument = call.arguments[0]?.value.constant;
    if (call.name === "dofile" || call.name === "loadfile" || call.name === "setfenv") return spell(call.node, 40);
    if (call.name === "require" && typeof argument === "string" && argument.split(/[./]/).includes(name))
      return spell(call.node, 40);
  }
  return undefined;
}
