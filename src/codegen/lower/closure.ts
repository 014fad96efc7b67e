import type { FunctionDeclaration } from "../../lua/ast.js";
import { firstLine } from "../../lua/first-line.js";
import type { FunctionInfo } from "../../lua/script.js";
import { type Code, callCode } from "../code.js";
import { FunctionContext } from "../context.js";
import { carrier } from "../convert.js";
import { directFunctionName, liftedCaptures, variableType } from "../functions.js";
import { indent } from "../print.js";
import { lowerBody } from "./body.js";

/**
 * A function as a value:
 *
 *     @unmanaged class each_captures extends Closure { handle: Handle; count: Box<f64>; }
 *     function each_create(handle: Handle, count: Box<f64>): Value { … }
 *     function each(self: Closure, count: i32, key: Value, b: Value, c: Value): Value { … }
 */
export function lowerClosure(context: FunctionContext, node: FunctionDeclaration): Code {
  const { module } = context;
  const fn = module.script.functionOf.get(node) as FunctionInfo;
  const name = directFunctionName(module, fn);
  const captured = liftedCaptures(module, fn);
  const fields = captured.map((binding) => {
    const value = context.variable(binding)?.name ?? binding.name;
    return { binding, name: value === "index" ? "index_" : value, value, type: variableType(context, binding) };
  });
  const body = new FunctionContext(module, fn, { kind: "many", asValue: true });
  const self = body.names.declareForFunction("self");
  const count = body.names.declareForFunction("count");
  const unpack: string[] = [];
  if (fields.length > 0) {
    const captures = body.names.declareForFunction("captured");
    unpack.push(`const ${captures} = changetype<${name}_captures>(${self});`);
    for (const { binding, name: fieldName } of fields) {
      const variable = body.declareCaptured(binding);
      unpack.push(`const ${variable.name} = ${captures}.${fieldName};`);
    }
  }
  const { parameters, prologue } = lowerParameters(body, fn, count);
  const lines = lowerBody(body, fn.node.body);
  const deep = body.variableCount - MANY_VARIABLES;
  if (deep > 0) prologue.push(`lua.deepen(${deep * BYTES_PER_VARIABLE}, ${firstLine(fn.node)});`);
  const head = `function ${name}(${self}: Closure, ${count}: i32, ${parameters.map((parameter) => `${parameter}: Value`).join(", ")}): Value {`;
  const text = [head, ...indent([...body.temporaryDeclarations(), ...unpack, ...prologue, ...lines]), "}"].join("\n");
  module.declarations.push(text);
  if (fields.length === 0) return callCode("lua.fn", [`Closure.create(${name}.index)`], "value", true);
  module.declarations.push(printCreation(name, fields));
  return callCode(
    `${name}_create`,
    fields.map((field) => field.value),
    "value",
  );
}

function printCreation(name: string, fields: readonly { name: string; type: string }[]): string {
  const list = fields.map((field) => `${field.name}: ${field.type}`);
  return [
    "// @ts-ignore: decorator",
    "@unmanaged",
    `class ${name}_captures extends Closure {`,
    ...indent(list.map((field) => `${field};`)),
    "}",
    `function ${name}_create(${list.join(", ")}): Value {`,
    ...indent([
      `const self = lua.closure<${name}_captures>(${name}.index);`,
      ...fields.map((field) => `self.${field.name} = lua.retained<${field.type}>(${field.name});`),
      "return lua.fn(self);",
    ]),
    "}",
  ].join("\n");
}

/** See `runtime/depth.ts`: what a call is taken to need of the stack, and what each variable beyond adds. */
const MANY_VARIABLES = 12;
const BYTES_PER_VARIABLE = 16;

/** The three parameters that every function value has, named after the Lua's; those from the fourth on are fetched. */
function lowerParameters(
  context: FunctionContext,
  fn: FunctionInfo,
  count: string,
): { parameters: readonly string[]; prologue: string[] } {
  const prologue: string[] = [];
  const parameters: string[] = [];
  const fillers = ["a", "b", "c"];
  const late: string[] = [];
  for (const [i, binding] of fn.parameters.entries()) {
    const variable = context.declareLocal(binding);
    const source =
      i < 3
        ? variable.boxed
          ? context.names.declareForFunction(`${variable.name}_`)
          : variable.name
        : `(${count} > ${i} ? lua.argument(${i + 1}) : lua.nil)`;
    if (i < 3) parameters.push(source);
    if (variable.boxed) late.push(`const ${variable.name} = lua.box<${carrier(variable.type)}>(${source});`);
    else if (i >= 3) prologue.push(`let ${variable.name} = ${source};`);
  }
  for (let i = parameters.length; i < 3; i++) parameters.push(context.names.declareForFunction(fillers[i] as string));
  if (fn.hasVarargs) {
    context.varargs = context.names.declareForFunction("varargs");
    prologue.push(
      `const ${context.varargs} = lua.varargs(${fn.parameters.length}, ${count}, ${parameters.join(", ")});`,
    );
  }
  return { parameters, prologue: [...prologue, ...late] };
}
