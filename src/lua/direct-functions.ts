import { isCall, type Node } from "./ast.js";
import type { Binding, FunctionInfo, Script } from "./script.js";
import { walk } from "./walk.js";

/**
 * The functions that are only ever called by their one, never reassigned name. They become plain functions with typed
 * parameters; every other function is a closure with the general calling convention.
 */
export function findDirectFunctions(script: Script): ReadonlyMap<Binding, FunctionInfo> {
  const direct = new Map<Binding, FunctionInfo>();
  const bindings = new Set(script.bindingOf.values());
  const firstCall = positionOfFirstOwnCall(script);
  for (const binding of bindings) {
    const [only, ...more] = binding.assignments;
    if (!only || more.length > 0 || only.index !== 0 || only.value?.type !== "FunctionDeclaration") continue;
    // `local f, n = function … end, 2`: values like any other.
    if ("init" in only.node && only.node.variables.length + only.node.init.length > 2) continue;
    const info = script.functionOf.get(only.value);
    if (!info || info.hasVarargs) continue;
    if (binding.references.some((reference) => reference.how !== "called")) continue;
    if (binding.kind === "global" && !isDefinedBeforeUse(script, binding, only.node, firstCall)) continue;
    direct.set(binding, info);
  }
  return direct;
}

/** A global function that the chunk's own statements define, unconditionally, once, and before anything could call it. */
function isDefinedBeforeUse(script: Script, binding: Binding, definition: Node, firstCall: number): boolean {
  // A jump could pass over it, or back to it.
  if (script.chunk.body.some((statement) => statement.type === "LabelStatement")) return false;
  if (!script.chunk.body.some((statement) => statement === definition)) return false;
  const [, end] = definition.range;
  return end <= firstCall || binding.references.length === 0;
}

/** Where the chunk's own statements first call something that may be a function of the script. */
function positionOfFirstOwnCall(script: Script): number {
  let first = Number.POSITIVE_INFINITY;
  walk(script.chunk, (node) => {
    if (node.type === "FunctionDeclaration") return false;
    if (isCall(node as never) && "base" in node) {
      const { base } = node;
      const binding = base.type === "Identifier" ? script.bindingOf.get(base) : undefined;
      if (binding?.assignments.length !== 0 && base.type === "Identifier") first = Math.min(first, node.range[0]);
    }
    return true;
  });
  return first;
}
