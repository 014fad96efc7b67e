import type { Binding, FunctionInfo } from "../../lua/script.js";
import { primary } from "../code.js";
import { FunctionContext, type ModuleContext } from "../context.js";
import { boxed, carrier } from "../convert.js";
import { needsCallerLine } from "../functions.js";
import { indent } from "../print.js";
import { refuse } from "../refusal.js";
import { lowerBody } from "./body.js";

/** What the host calls, when it is a plain function that the script itself never calls: `export function envoy_on_request(handle: Handle): void { … }`. */
export function printHandler(module: ModuleContext, name: string, fn: FunctionInfo): string {
  const context = new FunctionContext(module, fn, { kind: "void" });
  const prologue: string[] = [];
  const parameters: string[] = [];
  for (const [i, parameter] of fn.parameters.entries()) {
    const variable = context.declareLocal(parameter);
    const type = carrier(variable.type);
    if (i > 0) prologue.push(`let ${variable.name}: ${type} = lua.nil;`);
    else if (variable.boxed) {
      parameters.push(`${variable.name}_: Handle`);
      prologue.push(
        `const ${variable.name} = lua.box<${type}>(${type === "Value" ? `lua.userdata(${variable.name}_)` : `${variable.name}_`});`,
      );
    } else if (type === "Value") {
      parameters.push(`${variable.name}_: Handle`);
      prologue.push(`let ${variable.name}: Value = lua.userdata(${variable.name}_);`);
    } else parameters.push(`${variable.name}: ${type}`);
  }
  if (parameters.length === 0) parameters.push("_handle: Handle");
  const lines = lowerBody(context, fn.node.body);
  return [
    `export function ${name}(${parameters.join(", ")}): void {`,
    ...indent([...context.temporaryDeclarations(), ...prologue, ...lines]),
    "}",
  ].join("\n");
}

/** A handler that the script also calls, or that is a global like any other: what the host calls forwards to it. */
export function printForwarding(
  module: ModuleContext,
  name: string,
  binding: Binding,
  fn: FunctionInfo | undefined,
): string {
  const head = `export function ${name}(handle: Handle): void {`;
  const own = fn && module.functionNames.get(fn);
  if (own) {
    const args = fn.parameters.map((parameter, i) =>
      i > 0 ? "lua.nil" : carrier(module.types.ofBinding(parameter)) === "Value" ? "lua.userdata(handle)" : "handle",
    );
    const line = needsCallerLine(module, fn) ? ["0"] : [];
    return [head, `  ${own}(${[...args, ...line].join(", ")});`, "}"].join("\n");
  }
  const variable = module.variables.get(binding);
  if (!variable)
    return refuse("handler", `${name} is not a function`, `define function ${name}(handle)`, module.script.chunk);
  const value = boxed(primary(variable.name, variable.type)).text;
  // Envoy calls what the global was when the script had been loaded, and that only if it was a function.
  const isAssignedLater = binding.assignments.some(({ inside }) => inside !== module.script.main);
  const hook = isAssignedLater ? loadedHook(module, name, value) : value;
  return [head, `  if (lua.isFunction(${hook})) lua.call1(${hook}, lua.userdata(handle), 0, "");`, "}"].join("\n");
}

function loadedHook(module: ModuleContext, name: string, value: string): string {
  const hook = module.topLevel.declare(`${name}_loaded`);
  module.loadedHooks.set(hook, value);
  return hook;
}
