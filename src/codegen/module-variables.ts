import type { Method } from "../envoy/index.js";
import type { Expression, Identifier, Statement } from "../lua/ast.js";
import { isLibraryAlias } from "../lua/callee.js";
import type { Types } from "../lua/infer.js";
import type { Assignment, Binding, Script } from "../lua/script.js";
import type { StaticType } from "../lua/static-type.js";
import type { ModuleContext, Variable } from "./context.js";
import { carrier, placeholder } from "./convert.js";
import { withComments } from "./lower/body.js";
import { indent } from "./print.js";

/** Variables that live as long as the configuration: globals, and locals of the chunk that its functions use. */
export function moduleVariables(script: Script, types: Types<Method>): readonly Binding[] {
  const bindings = new Set(script.bindingOf.values());
  return [...bindings].filter((binding) => {
    if (types.direct.has(binding) || isLibraryAlias(script, binding)) return false;
    if (binding.kind === "global") return binding.assignments.length > 0;
    return binding.owner === script.main && !binding.repeated && isUsedByFunctions(script, binding);
  });
}

/** What outlives a request is kept as one of the types that `State` knows; objects of Envoy as values. */
export function kept(type: StaticType): StaticType {
  return VISITORS[type] ? type : "value";
}

function isUsedByFunctions(script: Script, binding: Binding): boolean {
  return [...binding.references, ...binding.assignments].some(({ inside }) => inside !== script.main);
}

/** `local LIMIT = 100` at the top of the chunk, never assigned again: a constant of the file. */
export function isConstant(script: Script, binding: Binding): boolean {
  const [only, ...more] = binding.assignments;
  if (!only || more.length > 0 || binding.kind !== "local" || only.how !== "declaration") return false;
  const { body } = binding.owner.node;
  return (
    only.node.type === "LocalStatement" &&
    body.includes(only.node) &&
    only.node.init.every(isLiteral) &&
    only.node.init.length >= only.node.variables.length &&
    only.node.variables.every((variable) => isSetOnceForFunctions(script, variable))
  );
}

function isSetOnceForFunctions(script: Script, variable: Identifier): boolean {
  const binding = script.bindingOf.get(variable);
  return binding?.assignments.length === 1 && isUsedByFunctions(script, binding);
}

function isLiteral(node: Expression | undefined): boolean {
  return node !== undefined && ["StringLiteral", "NumericLiteral", "BooleanLiteral"].includes(node.type);
}

/** Module-level variables, constants first as such. */
export function printVariables(module: ModuleContext, bindings: readonly Binding[]): readonly string[] {
  const own = bindings.flatMap((binding) => {
    const { name, type } = module.variables.get(binding) as Variable;
    if (!isConstant(module.script, binding)) return [`let ${name}: ${carrier(type)} = ${placeholder(type)};`];
    const { node, value } = binding.assignments[0] as Assignment;
    const line = `const ${name}: ${carrier(type)} = ${literal(module, value as Expression)};`;
    return withComments(module.script, node as Statement, [line]);
  });
  const libraries = [...module.libraryTables.values()].map(({ name }) => `let ${name} = ${placeholder("table")};`);
  const hooks = [...module.loadedHooks.keys()].map((hook) => `let ${hook}: Value = lua.nil;`);
  return [...libraries, ...own, ...hooks];
}

function literal(module: ModuleContext, node: Expression): string {
  if (node.type === "StringLiteral") return module.strings.nameOf(node.value);
  return String((node as { value: number | boolean }).value);
}

/** Every variable that outlives a request: kept per plugin configuration, and a root of the collector. */
export function printVisit(module: ModuleContext, bindings: readonly Binding[]): string {
  const lines = bindings
    .filter((binding) => !isConstant(module.script, binding))
    .map((binding) => {
      const { name, type } = module.variables.get(binding) as Variable;
      return `${name} = state.${VISITORS[type] ?? "value"}(${name});`;
    });
  const libraries = [...module.libraryTables.values()].map(({ name }) => `${name} = state.table(${name});`);
  const hooks = [...module.loadedHooks.keys()].map((hook) => `${hook} = state.value(${hook});`);
  return [
    "/** What outlives a request. */",
    "export function visit(state: State): void {",
    ...indent([...libraries, ...lines, ...hooks]),
    "}",
  ].join("\n");
}

const VISITORS: Readonly<Record<string, string>> = {
  number: "number",
  boolean: "boolean",
  string: "string",
  "string?": "optionalString",
  table: "table",
};
