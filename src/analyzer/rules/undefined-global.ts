import { afterError } from "../after-error.js";
import type { Level } from "../assessment.js";
import { constantConditionOf } from "../constant-comparison.js";
import type { ScriptContext } from "../define-rule.js";
import { defineRule, lua } from "../define-rule.js";
import { closest } from "../spelling.js";
import { type Fault, type GlobalUse, isLive } from "../tracking/facts.js";
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
      const fatal = faultsByName(context);
      const harmless: GlobalUse[] = [];
      for (const [name, uses] of usesByName(context)) {
        const fault = fatal.get(name);
        if (fault && uses[0]) reportFatal(context, uses[0], fault, uses.length);
        else if (uses[0]) harmless.push(uses[0]);
      }
      reportHarmless(context, harmless);
      for (const [name, fault] of fatal) if (name.includes(".")) reportMissingFunction(context, name, fault);
    },
  },
});

function usesByName(context: ScriptContext): ReadonlyMap<string, readonly GlobalUse[]> {
  const groups = new Map<string, GlobalUse[]>();
  for (const use of context.facts.undefinedGlobals) {
    if (isHandle(context, use) || !isLive(context.facts, use.where)) continue;
    groups.set(use.node.name, [...(groups.get(use.node.name) ?? []), use]);
  }
  return groups;
}

/** For each undefined name the first operation that fails because of it, one outside of `pcall` before one inside. */
function faultsByName({ facts }: ScriptContext): ReadonlyMap<string, Fault> {
  const found = new Map<string, Fault>();
  for (const fault of facts.faults) {
    const reason = fault.value.nil;
    if (reason?.kind !== "undefinedGlobal" || !isLive(facts, fault.where)) continue;
    const before = found.get(reason.name);
    if (!before || (before.where.caught && !fault.where.caught)) found.set(reason.name, fault);
  }
  return found;
}

function reportFatal(context: ScriptContext, use: GlobalUse, fault: Fault, uses: number): void {
  const { name } = use.node;
  const again = uses < 2 ? "" : ` (used ${uses} times)`;
  const outside = mayComeFromOutside(context, name);
  const caught = fault.where.caught;
  const consequence = `${DOES[fault.operation]} raises an error${caught ? ", which `pcall` catches" : ` ${afterError(fault.where)}`}`;
  const condition = constantConditionOf(context.script, use.node);
  const level: Level = outside === undefined ? (caught || condition ? "warning" : "error") : "note";
  const elsewhere = fault.operand !== use.node && context.lineOf(fault.operand) !== context.lineOf(use.node);
  context.report({
    at: use.node,
    level,
    message:
      outside === undefined
        ? `\`${name}\` is defined nowhere: ${consequence}${condition ? `, should the condition on line ${context.lineOf(condition)} ever hold` : ""}${again}`
        : `\`${name}\` is defined nowhere in the script; it may come from ${outside}, otherwise ${consequence}${again}`,
    ...suggestion(context, name),
    ...(elsewhere && { related: [{ at: fault.operand, message: "the error is raised here" }] }),
  });
}

const DOES: Readonly<Record<Fault["operation"], string>> = {
  call: "calling it",
  index: "indexing it",
  concatenate: "concatenating it",
  arithmetic: "calculating with it",
  compare: "comparing it",
  length: "taking its length",
  argument: "the call that gets it",
  iterate: "the loop over it",
};

/** Names that are only compared or handed on: they are nil, which may even be meant (`x ~= null`). */
function reportHarmless(context: ScriptContext, uses: readonly GlobalUse[]): void {
  const [first, ...others] = uses;
  if (!first) return;
  const names = [first, ...others].map(({ node }) => `\`${node.name}\``);
  const is = names.length === 1 ? "is defined nowhere: its value is" : "are defined nowhere: their value is";
  context.report({
    at: first.node,
    level: "note",
    message: `${names.join(", ")} ${is} nil, which may not be what was meant`,
    ...suggestion(context, first.node.name),
  });
}

function reportMissingFunction(context: ScriptContext, name: string, fault: Fault): void {
  context.report({
    at: fault.operand,
    ...(fault.where.caught && { level: "warning" as const }),
    message: `LuaJIT's library has no \`${name}\`: ${DOES[fault.operation]} raises an error ${afterError(fault.where)}`,
    help: "Write the function in the script, or use one that LuaJIT has.",
  });
}

function suggestion({ script }: ScriptContext, name: string): { readonly help?: string } {
  const defined = [...script.globals.values()]
    .filter(({ assignments }) => assignments.length > 0)
    .map((binding) => binding.name);
  const near = closest(name, [...defined, ...LIBRARY_GLOBALS.keys()]);
  return near === undefined || near === name ? {} : { help: `Did you mean \`${near}\`?` };
}

/**
 * Files that the script runs may define globals; a module of that name, written in the old way, does. A text inside a program or a page may be
 * a part of a script.
 */
function mayComeFromOutside({ facts, site, spell }: ScriptContext, name: string): string | undefined {
  if (site.source.kind === "EmbeddedScript") return "another part of it";
  for (const call of facts.libraryCalls) {
    const argument = call.arguments[0]?.value.constant;
    if (/^(dofile|loadfile|load|loadstring)$/.test(call.name)) return `\`${spell(call.node, 40)}\``;
    if (call.name === "require" && typeof argument === "string" && argument.split(/[./]/).includes(name))
      return `\`${spell(call.node, 40)}\``;
  }
  return undefined;
}
