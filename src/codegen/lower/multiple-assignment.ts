import type { AssignmentStatement, AssignmentTarget, Identifier } from "../../lua/ast.js";
import type { Binding } from "../../lua/script.js";
import { type Code, isQuiet, primary } from "../code.js";
import type { FunctionContext } from "../context.js";
import { carrier } from "../convert.js";
import { indent } from "../print.js";
import { assignName, type Place, prepareTarget, store } from "./assignment.js";
import { valuesFor } from "./statement.js";
import { type LoweredList, lowerList } from "./values.js";

/** `a, t[i] = x, y` as single assignments, with a constant in front for each value that an earlier one would change. */
export function lowerMultipleAssignment(context: FunctionContext, node: AssignmentStatement): readonly string[] {
  context.names.push();
  const list = lowerList(context, node.init);
  const consts: string[] = [];
  const stores = assignTogether(context, node.variables, list, consts) ?? assignInOrder(context, node, list, consts);
  context.names.pop();
  return consts.length === 0 ? stores : ["{", ...indent([...consts, ...stores]), "}"];
}

function isName(target: AssignmentTarget): target is Identifier {
  return target.type === "Identifier";
}

interface Move {
  readonly target: Identifier;
  /** The variable, as it is named in the file. */
  readonly name: string;
  value: Code;
}

/**
 * Variables on the left, and on the right at most one value whose evaluation could be noticed: that one is assigned first, the others in any
 * order in which each variable is assigned after its last use. `h, g, f = g, f, e` → `h = g; g = f; f = e;`, and
 * `a, b = b, a` → `const new_b = a; a = b; b = new_b;`.
 */
function assignTogether(
  context: FunctionContext,
  targets: readonly AssignmentTarget[],
  { fixed, tail }: LoweredList,
  consts: string[],
): readonly string[] | undefined {
  if (tail || !targets.every(isName)) return undefined;
  const effects = fixed.filter((code) => !isQuiet(code));
  const [effect] = effects;
  if (effect && (effects.length > 1 || effect.type === "nil" || fixed.indexOf(effect) >= targets.length))
    return undefined;
  if (effect && !fixed.every((code) => code === effect || isSettled(context, code))) return undefined;
  const names = targets.map((target) => variableName(context, target));
  if (new Set(names).size < names.length) return undefined;
  const nil = primary("lua.nil", "nil", true);
  const waiting: Move[] = targets.map((target, i) => ({ target, name: names[i] as string, value: fixed[i] ?? nil }));
  const lines: string[] = [];
  while (waiting.length > 0) {
    const readers = (move: Move): readonly Move[] =>
      waiting.filter((other) => other !== move && mentions(other.value, move.name));
    const first = waiting.findIndex((move) => move.value === effect);
    const free = waiting.findIndex((move) => readers(move).length === 0);
    const [next] = waiting.splice(first >= 0 ? first : Math.max(free, 0), 1) as [Move];
    for (const reader of readers(next)) reader.value = constant(context, `new_${reader.name}`, reader.value, consts);
    lines.push(`${assignName(context, next.target, next.value)};`);
  }
  return lines;
}

/** Tables and keys on the left, then all values, then the assignments from right to left, as LuaJIT does. */
function assignInOrder(
  context: FunctionContext,
  { variables }: AssignmentStatement,
  list: LoweredList,
  consts: string[],
): readonly string[] {
  const last = variables.length - 1;
  const changedBefore = (i: number): readonly string[] =>
    variables.flatMap((target, j) => (j > i && isName(target) ? [variableName(context, target)] : []));
  const keep = (i: number, wanted: string, code: Code): Code =>
    isSettled(context, code) && !changedBefore(i).some((name) => mentions(code, name))
      ? code
      : constant(context, wanted, code, consts);
  const places = variables.map((target, i) => {
    if (isName(target)) return undefined;
    const { table, key } = prepareTarget(context, target);
    return { table: keep(i, "target", table), key: keep(i, "key", key) };
  });
  const beforeTail: string[] = [];
  const codes = valuesFor(context, list, variables.length, beforeTail);
  const surplus = list.fixed.slice(variables.length).filter((code) => !code.pure);
  const isLastEvaluated = surplus.length === 0 && (last >= list.fixed.length || beforeTail.length === 0);
  const values = variables.map((target, i) => {
    if (i === list.fixed.length) consts.push(...beforeTail);
    const code = codes[i] ?? primary("lua.nil", "nil", true);
    // The value that is computed last is the first to be assigned.
    if (i === last && isLastEvaluated && code.type !== "nil") return code;
    return keep(i, wantedName(context, target), code);
  });
  consts.push(...surplus.map((code) => `${code.text};`));
  if (variables.length <= list.fixed.length) consts.push(...beforeTail);
  const lines: string[] = [];
  for (let i = last; i >= 0; i--) {
    const target = variables[i] as AssignmentTarget;
    const value = values[i] as Code;
    const assignment = isName(target)
      ? assignName(context, target, value)
      : store(context, target, places[i] as Place, value);
    lines.push(`${assignment};`);
  }
  return lines;
}

function variableName(context: FunctionContext, target: Identifier): string {
  const binding = context.script.bindingOf.get(target) as Binding;
  return context.variable(binding)?.name ?? target.name;
}

function wantedName(context: FunctionContext, target: AssignmentTarget): string {
  if (isName(target)) return `new_${variableName(context, target)}`;
  return target.type === "MemberExpression" ? `new_${target.identifier.name}` : "value";
}

function mentions(code: Code, name: string): boolean {
  return new RegExp(`\\b${name}\\b`).test(code.text);
}

/** A literal, the constant of a string, or a local that no closure shares. */
function isSettled({ module }: FunctionContext, code: Code): boolean {
  return code.stable === true || LITERAL.test(code.text) || module.strings.bytesOf(code.text) !== undefined;
}

const LITERAL = /^(?:-?[\d.]+|true|false|lua\.nil)$/;

/** Computes the value now, and gives it a name. */
function constant(context: FunctionContext, wanted: string, code: Code, consts: string[]): Code {
  if (code.type === "nil") {
    // A call that gives nothing has no value that could be named.
    if (!code.pure) consts.push(`${code.text};`);
    return primary("lua.nil", "nil", true);
  }
  const name = context.names.declare(wanted);
  consts.push(`const ${name}: ${carrier(code.type)} = ${code.text};`);
  return { ...primary(name, code.type, true), stable: true };
}
