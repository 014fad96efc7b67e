import type {
  CallStatement,
  Expression,
  IfStatement,
  LabelStatement,
  LocalStatement,
  ReturnStatement,
  Statement,
} from "../../lua/ast.js";
import { isCall, isMulti } from "../../lua/ast.js";
import { isLibraryAlias } from "../../lua/callee.js";
import type { Binding } from "../../lua/script.js";
import { tailCall } from "../../lua/tail-calls.js";
import type { Code } from "../code.js";
import type { FunctionContext, Variable } from "../context.js";
import { boxed, carrier, cast, placeholder } from "../convert.js";
import { indent } from "../print.js";
import { refuse } from "../refusal.js";
import { lowerAssignment, lowerFunctionAssignment } from "./assignment.js";
import { lowerBlock } from "./body.js";
import { lowerCall, lowerNewArguments } from "./call.js";
import { lowerClosure } from "./closure.js";
import { lowerDirectFunction } from "./direct-function.js";
import { lowerExpression } from "./expression.js";
import { lowerCondition } from "./logical.js";
import { lowerLoop } from "./loop.js";
import { lowerList, printValues } from "./values.js";

export function lowerStatement(context: FunctionContext, node: Statement): readonly string[] {
  switch (node.type) {
    case "LocalStatement":
      return lowerLocal(context, node);
    case "AssignmentStatement":
      return lowerAssignment(context, node);
    case "CallStatement":
      return lowerCallStatement(context, node);
    case "FunctionDeclaration":
      return lowerFunctionStatement(context, node);
    case "IfStatement":
      return lowerIf(context, node);
    case "DoStatement":
      return ["{", ...indent(lowerBlock(context, node.body)), "}"];
    case "ReturnStatement":
      return lowerReturn(context, node);
    case "BreakStatement":
      return context.jumps.leaveLoop();
    case "GotoStatement":
      return context.jumps.goto(node, context.script.labelOf.get(node) as LabelStatement);
    case "LabelStatement":
      return [];
    default:
      return lowerLoop(context, node);
  }
}

function lowerCallStatement(context: FunctionContext, node: CallStatement): readonly string[] {
  const code = lowerCall(context, node.expression);
  const text = code.text.startsWith("(") && code.text.endsWith(")") ? code.text.slice(1, -1) : code.text;
  return [`${text};`, ...(context.module.endings.get(node.expression) ? ["return;"] : [])];
}

function lowerFunctionStatement(
  context: FunctionContext,
  node: Statement & { type: "FunctionDeclaration" },
): readonly string[] {
  const { identifier } = node;
  if (identifier?.type !== "Identifier") return lowerFunctionAssignment(context, node);
  const binding = context.script.bindingOf.get(identifier) as Binding;
  const fn = context.types.direct.get(binding);
  if (fn) return lowerDirectFunction(context, fn, node);
  if (!node.isLocal) return lowerFunctionAssignment(context, node);
  const variable = context.variable(binding)?.isModule
    ? (context.variable(binding) as Variable)
    : (context.hoisted(binding) ?? context.declareLocal(binding));
  if (variable.isModule) return [`${variable.name} = ${lowerClosure(context, node).text};`];
  const isHoisted = context.hoisted(binding) !== undefined;
  // `local function f` may call itself: the variable is there before the function is made.
  if (variable.boxed) {
    return [
      `${isHoisted ? "" : "const "}${variable.name} = lua.box<Value>(lua.nil);`,
      `${variable.name}.value = ${lowerClosure(context, node).text};`,
    ];
  }
  if (!context.script.functionOf.get(node)?.captures.has(binding))
    return [`${isHoisted ? "" : "let "}${variable.name} = ${lowerClosure(context, node).text};`];
  return refuse(
    "self-reference",
    `the function ${identifier.name} refers to itself as a value`,
    "call it by its name only",
    node,
  );
}

/** `local a, b = f()` → `const a = f();` and `const b = lua.result(2);` */
function lowerLocal(context: FunctionContext, node: LocalStatement): readonly string[] {
  const direct = directFunctionOf(context, node);
  if (direct) return direct;
  const { variables, init } = node;
  // Other names for things of the library are written out where they are used.
  if (variables.every((_, i) => isLibraryAlias(context.script, bindingOf(context, node, i)))) return [];
  // `local f` of a function that is defined further down.
  if (init.length === 0 && variables.every((_, i) => context.types.direct.has(bindingOf(context, node, i)))) return [];
  if (variables.length === 1 && init.length <= 1) {
    const [value] = init;
    const code = value ? lowerExpression(context, value) : undefined;
    return [declare(context, bindingOf(context, node, 0), code)];
  }
  const list = lowerList(context, init);
  const lines: string[] = [];
  const beforeTail: string[] = [];
  const codes = valuesFor(context, list, variables.length, beforeTail);
  // All values are computed before the first name is visible; a plain sequence of declarations is the same when no value
  // mentions a name declared here, which Lua's scoping forbids anyway: `x` on the right is the outer `x`, which has another name.
  for (const i of variables.keys()) {
    if (i === list.fixed.length) lines.push(...beforeTail);
    lines.push(declare(context, bindingOf(context, node, i), codes[i]));
  }
  for (const code of list.fixed.slice(variables.length)) if (!code.pure) lines.push(`${code.text};`);
  return variables.length > list.fixed.length ? lines : [...lines, ...beforeTail];
}

function directFunctionOf(context: FunctionContext, node: LocalStatement): readonly string[] | undefined {
  const [variable] = node.variables;
  const [value] = node.init;
  if (!variable || node.variables.length !== 1 || value?.type !== "FunctionDeclaration") return undefined;
  const fn = context.types.direct.get(context.script.bindingOf.get(variable) as Binding);
  return fn ? lowerDirectFunction(context, fn, node) : undefined;
}

function bindingOf(context: FunctionContext, node: LocalStatement, i: number): Binding {
  return context.script.bindingOf.get(node.variables[i] as never) as Binding;
}

/**
 * One code per target; further results of a last call are read behind it.
 * @param before receives what stands behind the values that are listed, and in front of those of the last call
 */
export function valuesFor(
  context: FunctionContext,
  list: ReturnType<typeof lowerList>,
  count: number,
  before: string[],
): readonly (Code | undefined)[] {
  const codes: (Code | undefined)[] = [...list.fixed];
  const { tail } = list;
  if (!tail) return codes.slice(0, count);
  const missing = count - codes.length;
  if (tail.kind === "varargs") {
    for (let i = 1; i <= missing; i++)
      codes.push({ text: `${tail.name}.at(${i})`, precedence: 17, type: "value", pure: true });
  } else if (tail.kind === "list" && missing > 0) {
    const reply = context.names.declare("reply");
    before.push(`const ${reply} = ${tail.code.text};`);
    for (let i = 1; i <= missing; i++)
      codes.push({ text: `${reply}.at(${i})`, precedence: 17, type: "value", pure: true });
  } else if (missing <= 0) {
    before.push(`${tail.code.text};`);
  } else {
    codes.push(tail.code);
    for (let i = 2; i <= missing && tail.kind === "results"; i++) {
      codes.push({ text: `lua.result(${i})`, precedence: 17, type: "value", pure: false });
    }
  }
  return codes.slice(0, count);
}

/** The declaration of a local; a variable of the module is assigned instead. */
export function declare(context: FunctionContext, binding: Binding, code: Code | undefined): string {
  const known = context.module.variables.get(binding);
  const type = known?.type ?? context.types.ofBinding(binding);
  const value = code ? cast(code, type).text : carrier(type) === "Value" ? "lua.nil" : placeholder(type);
  if (known) return `${known.name} = ${context.module.facts.stateful ? retainedText(value, type) : value};`;
  const hoisted = context.hoisted(binding);
  if (hoisted) return `${hoisted.name} = ${hoisted.boxed ? `lua.box<${carrier(type)}>(${value})` : value};`;
  const variable = context.declareLocal(binding);
  if (variable.boxed) return `const ${variable.name} = lua.box<${carrier(type)}>(${value});`;
  const word = binding.assignments.length === 1 ? "const" : "let";
  const annotation = needsAnnotation(code, type) ? `: ${carrier(type)}` : "";
  return `${word} ${variable.name}${annotation} = ${value};`;
}

/** AssemblyScript would infer another type from the value alone. */
function needsAnnotation(code: Code | undefined, type: Binding["kind"] | string): boolean {
  return type === "number" || code === undefined || code.type !== type || type.endsWith("?") || type === "boolean";
}

/** Strings and values that are kept beyond the request are moved out of its memory. */
export function retainedText(value: string, type: string): string {
  if (value === "null") return value;
  return ["string", "string?", "value", "number?"].includes(type) ? `lua.retained(${value})` : value;
}

function lowerIf(context: FunctionContext, node: IfStatement): readonly string[] {
  const lines: string[] = [];
  for (const clause of node.clauses) {
    const block = indent(lowerBlock(context, clause.body));
    if (clause.type === "ElseClause") lines.push("} else {", ...block);
    else {
      const condition = lowerCondition(context, clause.condition).text;
      lines.push(`${clause.type === "IfClause" ? "" : "} else "}if (${condition}) {`, ...block);
    }
  }
  return [...lines, "}"];
}

function lowerReturn(context: FunctionContext, node: ReturnStatement): readonly string[] {
  const call = context.anew && tailCall(node);
  const callee = call && context.types.callee(call);
  if (context.anew && call && callee?.kind === "direct" && callee.fn === context.fn)
    return [...lowerNewArguments(context, call), ...context.jumps.anew(context.anew)];
  const lines = returned(context, node);
  return context.recursive ? leaving(lines) : lines;
}

/** A recursive function gives back the depth it took: `return lua.leaving(x);`. */
export function leaving(lines: readonly string[]): readonly string[] {
  const last = lines.at(-1) as string;
  const value = /^return (.+);$/s.exec(last)?.[1];
  // `null` alone has no type.
  const isPlain = value === undefined || value === "null";
  return [...lines.slice(0, -1), ...(isPlain ? ["lua.leave();", last] : [`return lua.leaving(${value});`])];
}

function returned(context: FunctionContext, node: ReturnStatement): readonly string[] {
  const { returns } = context;
  const [first, ...more] = node.arguments;
  if (returns.kind === "void") {
    const effects = (
      first && isCall(first) && more.length === 0 && !first.inParens
        ? [lowerCall(context, first, true)]
        : node.arguments.map((value) => lowerExpression(context, value))
    ).filter((code) => !code.pure);
    return [...effects.map((code) => `${code.text};`), "return;"];
  }
  if (returns.kind === "one") {
    const value = first as Expression;
    const code = isCall(value) && !value.inParens ? lowerCall(context, value, true) : lowerExpression(context, value);
    return [`return ${cast(code, returns.type).text};`];
  }
  if (!first) return ["return lua.return0();"];
  if (more.length === 0 && isMulti(first) && first.type !== "VarargLiteral") {
    const code = lowerCall(context, first, true);
    if (returns.asValue && code.tail !== undefined) return [`return ${code.tail};`];
    // A call hands its results on as they are.
    if (code.many) return [`return ${boxed(code).text};`];
    if (code.list) return [`return lua.returnMany(${code.text});`];
    if (code.type === "nil" && !code.pure) return [`${code.text};`, "return lua.return0();"];
    return [
      code.mayBeAbsent ? `return lua.returnPresent(${boxed(code).text});` : `return lua.return1(${boxed(code).text});`,
    ];
  }
  const list = lowerList(context, node.arguments);
  if (!list.tail && list.fixed.length <= 3) {
    return [`return lua.return${list.fixed.length}(${list.fixed.map((code) => boxed(code).text).join(", ")});`];
  }
  return [`return lua.returnMany(${printValues(list)});`];
}
