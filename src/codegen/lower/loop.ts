import type {
  AnyCall,
  Expression,
  ForGenericStatement,
  ForNumericStatement,
  RepeatStatement,
  Statement,
  WhileStatement,
} from "../../lua/ast.js";
import { callArguments, isCall } from "../../lua/ast.js";
import { libraryPath } from "../../lua/callee.js";
import { captureTypes } from "../../lua/capture-types.js";
import type { Binding } from "../../lua/script.js";
import { isObject, type StaticType, withoutNil } from "../../lua/static-type.js";
import { type Code, callCode, comma, primary } from "../code.js";
import { type FunctionContext, lineOf } from "../context.js";
import { boxed, cast } from "../convert.js";
import { type Construct, construct } from "../jumps.js";
import { indent } from "../print.js";
import { refuse } from "../refusal.js";
import { convertArguments } from "./arguments.js";
import { lowerStatements } from "./body.js";
import { callLine } from "./call.js";
import { lowerExpression } from "./expression.js";
import { localsOf } from "./labelled.js";
import { argumentList, runtimeName } from "./library-call.js";
import { lowerCondition } from "./logical.js";
import { declare } from "./statement.js";
import { lowerList, printValues } from "./values.js";

type Loop = WhileStatement | RepeatStatement | ForNumericStatement | ForGenericStatement;

export function lowerLoop(
  context: FunctionContext,
  node: Statement,
  loop: Construct = construct(true),
): readonly string[] {
  return context.jumps.inside(loop, () => lowerInside(context, node, loop));
}

function lowerInside(context: FunctionContext, node: Statement, loop: Construct): readonly string[] {
  switch (node.type) {
    case "WhileStatement":
      return [`while (${lowerCondition(context, node.condition).text}) {`, ...body(context, node, loop), "}"];
    case "RepeatStatement":
      return lowerRepeat(context, node);
    case "ForNumericStatement":
      return lowerNumericFor(context, node, loop);
    case "ForGenericStatement":
      return lowerGenericFor(context, node, loop);
    default:
      return refuse("statement", `${node.type} is not known to the compiler`, "report this as a bug", node);
  }
}

/** The indented statements of a loop, behind the declarations that each pass begins with. */
function body(
  context: FunctionContext,
  node: Loop,
  loop: Construct,
  declarations: () => readonly string[] = () => [],
): readonly string[] {
  context.names.push();
  const lines = [...declarations(), ...lowerStatements(context, node.body, { kind: "continue", construct: loop })];
  context.names.pop();
  return indent(lines);
}

/** The condition sees the locals of the body, so it is tested inside. */
function lowerRepeat(context: FunctionContext, node: RepeatStatement): readonly string[] {
  context.names.push();
  const shared = node.body.some(({ type }) => type === "LabelStatement") ? localsUsedIn(context, node) : [];
  const lines = [...shared.map((binding) => context.hoist(binding)), ...lowerStatements(context, node.body)];
  const last = node.body.at(-1)?.type;
  if (last !== "ReturnStatement" && last !== "BreakStatement")
    lines.push(`if (${lowerCondition(context, node.condition).text}) break;`);
  context.names.pop();
  return ["while (true) {", ...indent(lines), "}"];
}

/** What stands for a label may have a scope of its own, which the condition is outside of. */
function localsUsedIn(context: FunctionContext, { body, condition }: RepeatStatement): readonly Binding[] {
  const [start, end] = condition.range;
  return body
    .flatMap((statement) => localsOf(context, statement))
    .filter((binding) => binding.references.some(({ node: { range } }) => range[0] >= start && range[1] <= end));
}

function lowerNumericFor(context: FunctionContext, node: ForNumericStatement, loop: Construct): readonly string[] {
  const binding = context.script.bindingOf.get(node.variable) as Binding;
  const [start, stop] = [bound(context, node.start, "initial value"), bound(context, node.end, "limit")];
  const step = node.step ? bound(context, node.step, "step") : primary("1", "number", true);
  const shared = binding.assignments.length > 1;
  context.names.push();
  const variable = shared ? undefined : context.declareLocal(binding);
  const counter = variable ? variable.name : context.names.declare("i");
  const heads = [`let ${counter}: f64 = ${start.text}`];
  const stopText = constant(stop)
    ? stop.text
    : heads.push(`${context.names.declare("stop")}: f64 = ${stop.text}`) && lastName(heads);
  const stepText = constant(step)
    ? step.text
    : heads.push(`${context.names.declare("step")}: f64 = ${step.text}`) && lastName(heads);
  const up = `${counter} <= ${stopText}`;
  const down = `${counter} >= ${stopText}`;
  const test = constant(step) ? (step.text.startsWith("-") ? down : up) : `lua.ascends(${stepText}) ? ${up} : ${down}`;
  const next = stepText === "1" ? `${counter}++` : stepText === "-1" ? `${counter}--` : `${counter} += ${stepText}`;
  const declarations = (): readonly string[] =>
    shared ? [declare(context, binding, primary(counter, "number", true))] : [];
  const lines = [`for (${heads.join(", ")}; ${test}; ${next}) {`, ...body(context, node, loop, declarations), "}"];
  context.names.pop();
  return lines;
}

function lastName(heads: readonly string[]): string {
  return (heads.at(-1) as string).split(":")[0] as string;
}

function constant(code: Code): boolean {
  return /^-?[\d.]+$/.test(code.text);
}

function bound(context: FunctionContext, node: Expression, which: "initial value" | "limit" | "step"): Code {
  const code = lowerExpression(context, node);
  if (code.type === "number") return code;
  return primary(`lua.loopNumber(${boxed(code).text}, ${lineOf(node)}, "${which}")`, "number");
}

/** `for k, v in pairs(t)` → `for (const entry = lua.pairs(t, 3); entry.next(); ) { const k = entry.key, v = entry.value; … }` */
function lowerGenericFor(context: FunctionContext, node: ForGenericStatement, loop: Construct): readonly string[] {
  const iteration = knownIterator(context, node) ?? generalIterator(context, node);
  const name = context.names.declareForFunction(iteration.name);
  const declarations = (): readonly string[] =>
    node.variables.flatMap((variable, i) => {
      const binding = context.script.bindingOf.get(variable) as Binding;
      if (binding.references.length === 0 && binding.assignments.length === 1) return [];
      return [declare(context, binding, iteration.variable(name, i))];
    });
  return [
    `for (const ${name} = ${iteration.text}; ${name}.next(); ) {`,
    ...body(context, node, loop, declarations),
    "}",
  ];
}

interface Iteration {
  readonly name: string;
  readonly text: string;
  variable(name: string, i: number): Code;
}

function knownIterator(context: FunctionContext, node: ForGenericStatement): Iteration | undefined {
  const [call, ...more] = node.iterators;
  if (!call || more.length > 0 || !isCall(call)) return undefined;
  const callee = context.types.callee(call);
  if (callee.kind === "method" && callee.method.results[0]?.type === "iterator") {
    const receiver = lowerExpression(context, callee.receiver);
    const types = iteratedTypes(context, node);
    return {
      name: "chunks",
      text: `${receiver.text}.${callee.method.name}(${callLine(call)})`,
      variable: (iterator, i) =>
        i === 0 ? primary(`${iterator}.value`, types[0] ?? "value") : primary("lua.nil", "nil", true),
    };
  }
  if (callee.kind === "library" && callee.row.name === "string.gmatch")
    return gmatchIterator(context, call, callee.receiver);
  const path = libraryPath(context.script, call.base);
  const [over] = callArguments(call);
  if (!over) return undefined;
  if (path === "pairs" || path === "ipairs") return pairsIterator(context, node, path, over, callLine(call));
  return undefined;
}

/** `for k, v in s:gmatch("(%w+)=(%w+)")` → `for (const pair = pattern.eachMatch<EqualsMatch>(s); pair.next(); )`. */
function gmatchIterator(context: FunctionContext, call: AnyCall, receiver?: Expression): Iteration | undefined {
  const literal = callArguments(call)[receiver ? 0 : 1];
  if (literal?.type !== "StringLiteral" || callArguments(call).length + (receiver ? 1 : 0) !== 2) return undefined;
  const matcher = context.module.patterns.matcher(literal.value, true);
  if (matcher === undefined) return undefined;
  const { fixed } = argumentList(context, call, receiver);
  const { before, texts } = convertArguments(context, [{ type: "string" }], fixed.slice(0, 1), {
    name: "gmatch",
    line: callLine(call),
  });
  const each = callCode(`${runtimeName(context, "pattern/match", "eachMatch")}<${matcher}>`, texts, "value");
  const captures = captureTypes(literal.value);
  return {
    name: "match",
    text: comma(before, each).text,
    variable: (iterator, i) => {
      if (captures.length === 0)
        return i === 0 ? primary(`${iterator}.matched`, "string") : primary("lua.nil", "nil", true);
      const type = captures[i];
      return type ? primary(`${iterator}.capture${i + 1}`, type) : primary("lua.nil", "nil", true);
    },
  };
}

function pairsIterator(
  context: FunctionContext,
  node: ForGenericStatement,
  path: "pairs" | "ipairs",
  over: Expression,
  line: number,
): Iteration | undefined {
  const code = lowerExpression(context, over);
  const types = iteratedTypes(context, node);
  const entry = (iterator: string, i: number): Code => {
    if (i > 1) return primary("lua.nil", "nil", true);
    if (i === 0 && types[0] === "number") return primary(`${iterator}.index`, "number");
    return primary(`${iterator}.${i === 0 ? "key" : "value"}`, types[i] ?? "value");
  };
  if (path === "pairs" && isObject(code.type) && withoutNil(code.type) === code.type) {
    return { name: "entry", text: `${code.text}.pairs(${line})`, variable: entry };
  }
  const name = path === "pairs" ? "entry" : "item";
  const item = (iterator: string, i: number): Code =>
    i === 1 ? cast(primary(`${iterator}.value`, "value"), types[1] ?? "value") : entry(iterator, i);
  if (code.type === "table" && !context.types.metamethods.has(`__${path}`)) {
    return {
      name,
      text: path === "pairs" ? `lua.pairsOf(${code.text})` : `lua.ipairs(${boxed(code).text}, ${line})`,
      variable: item,
    };
  }
  // `pairs` of what may be an object of Envoy finds its iterator as a method.
  if (path === "pairs" && code.type === "value") context.module.dynamicMethods.add("__pairs");
  return { name, text: `lua.${path}(${boxed(code).text}, ${line})`, variable: item };
}

function iteratedTypes(context: FunctionContext, node: ForGenericStatement): readonly StaticType[] {
  return context.types.loopTypes(node).map((type) => (type === "never" || type === "nil" ? "value" : type));
}

/** Any iterator: `for (const step = lua.iterate(f, s, v, 3); step.next(); ) { const k = step.key; … }` */
function generalIterator(context: FunctionContext, node: ForGenericStatement): Iteration {
  // LuaJIT places the calls of an iterator where the list behind `in` begins.
  const line = (node.iterators[0] as Expression).loc.start.line;
  if (node.variables.length > 2) return manyVariables(context, node, line);
  const [f, state, first] = iterationValues(context, node);
  return {
    name: "step",
    text: `lua.iterate(${f}, ${state}, ${first}, ${line})`,
    variable: (iterator, i) => primary(`${iterator}.${i === 0 ? "key" : "value"}`, "value"),
  };
}

/** Function, state and first value of the control variable, each boxed. */
function iterationValues(context: FunctionContext, node: ForGenericStatement): readonly string[] {
  const list = lowerList(context, node.iterators);
  if (!list.tail && list.fixed.every((code) => code.pure || list.fixed.length === 1)) {
    return [0, 1, 2].map((i) => (list.fixed[i] ? boxed(list.fixed[i] as Code).text : "lua.nil"));
  }
  const values = context.temporaryList();
  return [`(${values} = ${printValues(list)}, ${values}.at(1))`, `${values}.at(2)`, `${values}.at(3)`];
}

/** With more than two variables the further results are kept as a list. */
function manyVariables(context: FunctionContext, node: ForGenericStatement, line: number): Iteration {
  const [f, state, first] = iterationValues(context, node);
  return {
    name: "step",
    text: `lua.iterateMany(${f}, ${state}, ${first}, ${line})`,
    variable: (iterator, i) => primary(`${iterator}.at(${i + 1})`, "value"),
  };
}
