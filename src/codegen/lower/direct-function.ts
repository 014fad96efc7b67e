import type { Statement } from "../../lua/ast.js";
import { firstLine } from "../../lua/first-line.js";
import type { FunctionInfo } from "../../lua/script.js";
import { FunctionContext } from "../context.js";
import { carrier } from "../convert.js";
import {
  callsItselfLast,
  directFunctionName,
  isRecursive,
  liftedCaptures,
  needsCallerLine,
  returnStyleOfDirect,
  returnTypeName,
  variableType,
} from "../functions.js";
import { construct } from "../jumps.js";
import { indent } from "../print.js";
import { lowerBody } from "./body.js";
import { printHandler } from "./handler.js";

/**
 * A function that is only called by its name, as a function of the file: `function helper(handle: Handle, name: Str): f64 { … }`.
 * What it shares with enclosing functions comes first among its parameters. The statement itself leaves nothing behind.
 */
export function lowerDirectFunction(
  context: FunctionContext,
  fn: FunctionInfo,
  _node: Statement | FunctionInfo["node"],
): readonly string[] {
  const { module } = context;
  const handler = module.handlers.get(fn);
  const text = handler ? printHandler(module, handler, fn) : printDirectFunction(context, fn).join("\n");
  module.declarations.push(text);
  return [];
}

function printDirectFunction(context: FunctionContext, fn: FunctionInfo, exported = false): readonly string[] {
  const { module } = context;
  const style = returnStyleOfDirect(module, fn);
  const givenLine = needsCallerLine(module, fn);
  const body = new FunctionContext(module, fn, style, isRecursive(module, fn), givenLine);
  const captured = liftedCaptures(module, fn).map((binding) => {
    const type = variableType(context, binding);
    return `${body.declareCaptured(binding).name}: ${type}`;
  });
  const prologue: string[] = [];
  const parameters = fn.parameters.map((binding) => {
    const variable = body.declareLocal(binding);
    const type = carrier(variable.type);
    if (!variable.boxed) return `${variable.name}: ${type}`;
    const raw = body.names.declareForFunction(`${variable.name}_`);
    prologue.push(`const ${variable.name} = lua.box<${type}>(${raw});`);
    return `${raw}: ${type}`;
  });
  if (givenLine) parameters.push("callerLine: i32");
  const lines = callsItselfLast(module, fn) ? lowerAnew(body) : lowerBody(body, fn.node.body);
  const name = directFunctionName(module, fn);
  const head = `${exported ? "export " : ""}function ${name}(${[...captured, ...parameters].join(", ")}): ${returnTypeName(style)} {`;
  if (body.recursive) prologue.push(`lua.enter(${firstLine(fn.node)});`);
  return [head, ...indent([...body.temporaryDeclarations(), ...prologue, ...lines]), "}"];
}

/** `while (true) { …; n = n - 1; }` */
function lowerAnew(body: FunctionContext): readonly string[] {
  const loop = construct(false);
  body.anew = loop;
  return body.jumps.inside(loop, () => {
    const lines = lowerBody(body, body.fn.node.body);
    return ["while (true) {", ...indent(lines.at(-1) === "continue;" ? lines.slice(0, -1) : lines), "}"];
  });
}
