import { type AnyCall, callArguments, isCall, type Node } from "../lua/ast.js";
import { isLibraryAlias, libraryPath, requiredModule } from "../lua/callee.js";
import type { Binding, FunctionInfo } from "../lua/script.js";
import { beginsAnew, tailCall } from "../lua/tail-calls.js";
import { walk } from "../lua/walk.js";
import type { FunctionContext, ModuleContext, ReturnStyle } from "./context.js";
import { carrier } from "./convert.js";
import { mayRaise } from "./tail-errors.js";

/** The name of a function in the generated file; its own where that is free. */
export function directFunctionName(module: ModuleContext, fn: FunctionInfo): string {
  let name = module.functionNames.get(fn);
  if (name === undefined) {
    name = module.topLevel.declare(
      fn.name === "anonymous" ? `${enclosingName(fn)}_function` : fn.name.replace(/[.:]/g, "_"),
    );
    module.functionNames.set(fn, name);
  }
  return name;
}

function enclosingName(fn: FunctionInfo): string {
  const { parent } = fn;
  return !parent || parent.name === "main chunk"
    ? "chunk"
    : parent.name === "anonymous"
      ? enclosingName(parent)
      : parent.name.replace(/[.:]/g, "_");
}

/**
 * Locals of enclosing functions that a function has to be given: those that it uses, and those that the plain functions it calls have to be
 * given. Variables of the module need not be handed over.
 */
export function liftedCaptures(module: ModuleContext, fn: FunctionInfo): readonly Binding[] {
  const found = new Set<Binding>();
  const seen = new Set<FunctionInfo>();
  const visit = (current: FunctionInfo): void => {
    if (seen.has(current)) return;
    seen.add(current);
    for (const binding of current.captures) if (isHandedOver(module, binding, fn)) found.add(binding);
    for (const called of calledDirectly(module, current)) visit(called);
  };
  visit(fn);
  return [...found];
}

function isHandedOver(module: ModuleContext, binding: Binding, fn: FunctionInfo): boolean {
  if (module.variables.has(binding) || module.types.direct.has(binding)) return false;
  if (isLibraryAlias(module.script, binding)) return false;
  for (let owner: FunctionInfo | undefined = fn.parent; owner; owner = owner.parent)
    if (owner === binding.owner) return true;
  return false;
}

/** Whether a function calls itself in tail position, for which it begins anew. */
export function callsItselfLast(module: ModuleContext, fn: FunctionInfo): boolean {
  return beginsAnew(fn) && fn.returns.some((statement) => isCallOf(module, fn, tailCall(statement)));
}

/** Whether a call is that of a plain function by its name. */
function isCallOf(module: ModuleContext, fn: FunctionInfo, call: AnyCall | undefined): boolean {
  const callee = call && module.types.callee(call);
  return callee?.kind === "direct" && callee.fn === fn;
}

/** Plain functions that the body of a function calls, inner functions included; not itself where it begins anew instead. */
function calledDirectly(module: ModuleContext, fn: FunctionInfo): readonly FunctionInfo[] {
  const called: FunctionInfo[] = [];
  const anew = new Set(beginsAnew(fn) ? fn.returns.map(tailCall).filter((call) => isCallOf(module, fn, call)) : []);
  walk(fn.node as Node, (node) => {
    if (anew.has(node as AnyCall)) return;
    if (!isCall(node) || node.base.type !== "Identifier") return;
    const binding = module.script.bindingOf.get(node.base);
    const callee = binding && module.types.direct.get(binding);
    if (callee) called.push(callee);
  });
  return called;
}

/** Whether a function can come to call itself through plain calls alone. */
export function isRecursive(module: ModuleContext, fn: FunctionInfo): boolean {
  const seen = new Set<FunctionInfo>();
  const reaches = (current: FunctionInfo): boolean =>
    calledDirectly(module, current).some((called) => {
      if (called === fn) return true;
      if (seen.has(called)) return false;
      seen.add(called);
      return reaches(called);
    });
  return reaches(fn);
}

export function returnStyleOfDirect(module: ModuleContext, fn: FunctionInfo): ReturnStyle {
  const mode = module.types.resultMode(fn);
  if (mode === "none") return { kind: "void" };
  return mode === "one" ? { kind: "one", type: module.types.ofResult(fn) } : { kind: "many" };
}

export function returnTypeName(style: ReturnStyle): string {
  return style.kind === "void" ? "void" : style.kind === "one" ? carrier(style.type) : "Value";
}

/** The AssemblyScript type of a variable as it is handed to a function: itself, or its box. */
export function variableType(context: FunctionContext, binding: Binding): string {
  const variable = context.variable(binding);
  const type = carrier(variable?.type ?? "value");
  return variable?.boxed ? `Box<${type}>` : type;
}

/**
 * Whether a function has to know the line at which it was called: it raises with level 2, or in tail position, or leaves that to a function that it
 * calls in tail position, which may be anything.
 */
export function needsCallerLine(module: ModuleContext, fn: FunctionInfo, seen = new Set<FunctionInfo>()): boolean {
  if (seen.has(fn)) return false;
  seen.add(fn);
  if (raisesForCaller(module, fn)) return true;
  return fn.returns.some((statement) => {
    const call = tailCall(statement);
    if (!call) return false;
    const callee = module.types.callee(call);
    if (callee.kind === "library") return mayRaise(module, call, callee.row, callee.receiver);
    if (callee.kind === "direct") return needsCallerLine(module, callee.fn, seen);
    return callee.kind !== "method" && requiredModule(module.script, call) === undefined;
  });
}

function raisesForCaller({ script }: ModuleContext, fn: FunctionInfo): boolean {
  let found = false;
  walk(fn.node as Node, (node) => {
    if (node.type === "FunctionDeclaration" && node !== fn.node) return false;
    if (isCall(node) && libraryPath(script, node.base) === "error") {
      const [value, level] = callArguments(node);
      if (value?.type === "VarargLiteral") found = true;
      if (level && !(level.type === "NumericLiteral" && level.value < 2)) found = true;
    }
    return true;
  });
  return found;
}
