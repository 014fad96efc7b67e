import type {
  AssignmentStatement,
  AssignmentTarget,
  Expression,
  FunctionDeclaration,
  Identifier,
} from "../../lua/ast.js";
import type { Binding } from "../../lua/script.js";
import type { Code } from "../code.js";
import { type FunctionContext, lineOf, type Variable } from "../context.js";
import { boxed, cast } from "../convert.js";
import { refuse } from "../refusal.js";
import { lowerClosure } from "./closure.js";
import { lowerDirectFunction } from "./direct-function.js";
import { lowerExpression, place } from "./expression.js";
import { lowerMultipleAssignment } from "./multiple-assignment.js";
import { retainedText } from "./statement.js";

export function lowerAssignment(context: FunctionContext, node: AssignmentStatement): readonly string[] {
  const [target] = node.variables;
  const [value] = node.init;
  if (target && value && node.variables.length === 1 && node.init.length === 1)
    return assignOne(context, target, value);
  return lowerMultipleAssignment(context, node);
}

/** `function a.b(…)` and `function name(…)` for a name that is not a plain function. */
export function lowerFunctionAssignment(context: FunctionContext, node: FunctionDeclaration): readonly string[] {
  return assignOne(
    context,
    node.identifier as AssignmentTarget,
    { ...node, identifier: node.identifier } as Expression,
    node,
  );
}

function assignOne(
  context: FunctionContext,
  target: AssignmentTarget,
  value: Expression,
  fn?: FunctionDeclaration,
): readonly string[] {
  if (target.type === "Identifier" && value.type === "FunctionDeclaration") {
    const direct = context.types.direct.get(context.script.bindingOf.get(target) as Binding);
    if (direct) return lowerDirectFunction(context, direct, fn ?? value);
  }
  const lower = (): Code => (fn ? lowerClosure(context, fn) : lowerExpression(context, value));
  if (target.type === "Identifier") return [`${assignName(context, target, lower())};`];
  const place = prepareTarget(context, target);
  return [`${store(context, target, place, lower())};`];
}

export function assignName(context: FunctionContext, target: Identifier, value: Code): string {
  const binding = context.script.bindingOf.get(target) as Binding;
  const variable = context.variable(binding) as Variable | undefined;
  if (!variable) return refuse("assignment", `${target.name} cannot be assigned here`, "use another name", target);
  const text = cast(value, variable.type).text;
  if (variable.boxed) return `${variable.name}.value = ${text}`;
  return `${variable.name} = ${variable.isModule && context.module.facts.stateful ? retainedText(text, variable.type) : text}`;
}

/** The table and the key of `t[k] = …`. */
export interface Place {
  readonly table: Code;
  readonly key: Code;
}

export function prepareTarget(context: FunctionContext, target: Exclude<AssignmentTarget, Identifier>): Place {
  refuseGlobals(context, target);
  const table = lowerExpression(context, target.base);
  const key =
    target.type === "MemberExpression"
      ? context.string(target.identifier.name)
      : lowerExpression(context, target.index);
  return { table, key };
}

function refuseGlobals(context: FunctionContext, target: Exclude<AssignmentTarget, Identifier>): void {
  const { base } = target;
  if (base.type !== "Identifier") return;
  const binding = context.script.bindingOf.get(base);
  if (binding?.kind !== "global" || binding.assignments.length > 0) return;
  if (base.name === "_G")
    refuse("dynamic-globals", "a field of _G is assigned", "assign the global by its name", target);
}

/** `t.set(k, v, line)` on a table without metatable, `lua.setIndex(t, k, v, line, "local 't'")` on anything else. */
export function store(
  context: FunctionContext,
  target: Exclude<AssignmentTarget, Identifier>,
  { table, key }: Place,
  value: Code,
): string {
  const line = String(lineOf(target));
  const v = boxed(value).text;
  const constant = target.type === "MemberExpression" || key.type === "string";
  if (table.type === "table" && !context.types.metamethods.has("__newindex")) {
    if (constant) return `${table.text}.setString(${key.text}, ${v})`;
    return key.type === "number"
      ? `${table.text}.setNumber(${key.text}, ${v}, ${line})`
      : `${table.text}.set(${boxed(key).text}, ${v}, ${line})`;
  }
  const at = place(context, target, target.base);
  if (constant) return `lua.setIndexString(${[boxed(table).text, key.text, v, ...at].join(", ")})`;
  return `lua.setIndex(${[boxed(table).text, boxed(key).text, v, ...at].join(", ")})`;
}
