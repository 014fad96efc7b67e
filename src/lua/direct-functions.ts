import { type AnyCall, callArguments, type Expression, isCall, type Node } from "./ast.js";
import { libraryPath } from "./callee.js";
import type { Assignment, Binding, FunctionInfo, Script } from "./script.js";
import { withoutTailCycles } from "./tail-calls.js";
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
    const [only, ...more] = given(binding);
    if (!only || more.length > 0 || only.index !== 0 || only.value?.type !== "FunctionDeclaration") continue;
    // `local f, n = function … end, 2`: values like any other.
    if ("init" in only.node && only.node.variables.length + only.node.init.length > 2) continue;
    const info = script.functionOf.get(only.value);
    if (!info || info.hasVarargs) continue;
    if (binding.references.some((reference) => reference.how !== "called")) continue;
    if (only.how === "assignment" && !isDefinedBeforeUse(script, binding, only.node, firstCall)) continue;
    direct.set(binding, info);
  }
  return withoutTailCycles(script, direct);
}

/** `local f` that is filled later has no function of its own yet. */
function given({ kind, owner, repeated, assignments }: Binding): readonly Assignment[] {
  const isFilledLater = kind === "local" && assignments[0]?.how === "nil" && !owner.parent && !repeated;
  return isFilledLater ? assignments.slice(1) : assignments;
}

/** A function that the chunk's own statements define, unconditionally, once, and before anything could call it. */
function isDefinedBeforeUse(script: Script, binding: Binding, definition: Node, firstCall: number): boolean {
  // A jump could pass over it, or back to it.
  if (script.chunk.body.some((statement) => statement.type === "LabelStatement")) return false;
  if (!script.chunk.body.some((statement) => statement === definition)) return false;
  const [, end] = definition.range;
  return end <= firstCall || binding.references.length === 0;
}

/** Where the chunk's own statements first call what may be, or may call, a function of the script. */
function positionOfFirstOwnCall(script: Script): number {
  let first = Number.POSITIVE_INFINITY;
  walk(script.chunk, (node) => {
    if (node.type === "FunctionDeclaration") return false;
    if (isCall(node) && mayCallOwn(script, node)) first = Math.min(first, node.range[0]);
    return true;
  });
  return first;
}

function mayCallOwn(script: Script, call: AnyCall): boolean {
  return (
    libraryPath(script, call.base) === undefined || callArguments(call).some((value) => mayBeFunction(script, value))
  );
}

function mayBeFunction(script: Script, node: Expression): boolean {
  if (node.type === "FunctionDeclaration") return true;
  const binding = node.type === "Identifier" ? script.bindingOf.get(node) : undefined;
  return binding?.assignments.some(({ value }) => !value || !isPlain(script, value)) ?? false;
}

/** Certainly no function, and no table whose metamethods a library function could call. */
function isPlain(script: Script, { type }: Expression): boolean {
  if (type === "TableConstructorExpression") return !script.globals.has("setmetatable");
  return ["StringLiteral", "NumericLiteral", "BooleanLiteral", "BinaryExpression", "UnaryExpression"].includes(type);
}
