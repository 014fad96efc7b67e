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
import { hold } from "../sequence.js";
import { lowerClosure } from "./closure.js";
import { lowerDirectFunction } from "./direct-function.js";
import { lowerExpression, place } from "./expression.js";
import { retainedText, valuesFor } from "./statement.js";
import { lowerList } from "./values.js";

export function lowerAssignment(context: FunctionContext, node: AssignmentStatement): readonly string[] {
  const [target] = node.variables;
  const [value] = node.init;
  if (target && value && node.variables.length === 1 && node.init.length === 1)
    return assignOne(context, target, value);
  return assignMany(context, node);
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

/** `a, t[i] = x, y`: tables and keys on the left, then all values, then the assignments from right to left, as LuaJIT does. */
function assignMany(context: FunctionContext, node: AssignmentStatement): readonly string[] {
  const before: string[] = [];
  const places = node.variables.map((target) =>
    target.type === "Identifier" ? undefined : prepareTarget(context, target, before),
  );
  const list = lowerList(context, node.init);
  const values: Code[] = [];
  const codes = valuesFor(context, list, node.variables.length, before);
  const nil: Code = lowerExpression(context, { type: "NilLiteral" } as Expression);
  for (const code of codes) values.push(code ? hold(context, code, before) : nil);
  for (const code of list.fixed.slice(node.variables.length)) if (!code.pure) before.push(code.text);
  const lines = before.map((text) => `${text.replace(/;$/, "")};`);
  for (let i = node.variables.length - 1; i >= 0; i--) {
    const target = node.variables[i] as AssignmentTarget;
    const value = values[i] ?? nil;
    const at = places[i];
    lines.push(
      `${target.type === "Identifier" ? assignName(context, target, value) : store(context, target, at as Place, value)};`,
    );
  }
  return lines;
}

function assignName(context: FunctionContext, target: Identifier, value: Code): string {
  const binding = context.script.bindingOf.get(target) as Binding;
  const variable = context.variable(binding) as Variable | undefined;
  if (!variable) return refuse("assignment", `${target.name} cannot be assigned here`, "use another name", target);
  const text = cast(value, variable.type).text;
  if (variable.boxed) return `${variable.name}.value = ${text}`;
  return `${variable.name} = ${variable.isModule && context.module.facts.stateful ? retainedText(text, variable.type) : text}`;
}

interface Place {
  readonly table: Code;
  readonly key: Code;
}

/** The table and the key of `t[k] = …`, evaluated now if `before` is given. */
function prepareTarget(
  context: FunctionContext,
  target: Exclude<AssignmentTarget, Identifier>,
  before?: string[],
): Place {
  refuseGlobals(context, target);
  const table = lowerExpression(context, target.base);
  const key =
    target.type === "MemberExpression"
      ? context.string(target.identifier.name)
      : lowerExpression(context, target.index);
  if (!before) return { table, key };
  return {
    table: hold(context, table, before),
    key: target.type === "MemberExpression" ? key : hold(context, key, before),
  };
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
function store(
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
