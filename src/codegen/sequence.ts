import type { Expression } from "../lua/ast.js";
import { type Code, isQuiet, primary } from "./code.js";
import type { FunctionContext } from "./context.js";
import { carrier } from "./convert.js";

/**
 * Lua evaluates all operands before it checks any. Where a check of an earlier operand could stop a later one from having its effect, the
 * operands go through temporaries: `(t = a(), t_2 = b(), check(t) + t_2)`. What cannot be noticed stays in its place.
 *
 * @param checked whether using operand i may raise
 */
export function evaluateFirst(
  context: FunctionContext,
  operands: readonly Code[],
  checked: readonly boolean[],
): { readonly before: readonly string[]; readonly operands: readonly Code[] } {
  const firstCheck = checked.indexOf(true);
  const lastEffect = operands.findLastIndex((operand) => !isQuiet(operand));
  if (firstCheck < 0 || lastEffect <= firstCheck) return { before: [], operands };
  const before: string[] = [];
  const held = operands.map((operand, i) =>
    i > lastEffect || isStable(operand) ? operand : hold(context, operand, before),
  );
  return { before, operands: held };
}

/**
 * The same for the two operands of an operator. A local of the function itself is read after the right operand is evaluated, as LuaJIT reads
 * it from its register then: `x + f()` sees what `f` assigned to `x`.
 */
export function evaluateOperands(
  context: FunctionContext,
  leftNode: Expression,
  [left, right]: readonly [Code, Code],
  checked: readonly boolean[],
): { readonly before: readonly string[]; readonly operands: readonly [Code, Code] } {
  if (!isQuiet(right) && isSharedLocal(context, leftNode)) {
    const before: string[] = [];
    const held = hold(context, right, before);
    return { before, operands: [left, held] };
  }
  const { before, operands } = evaluateFirst(context, [left, right], checked);
  return { before, operands: [operands[0] ?? left, operands[1] ?? right] };
}

function isSharedLocal(context: FunctionContext, node: Expression): boolean {
  if (node.type !== "Identifier" || node.field !== undefined) return false;
  const binding = context.script.bindingOf.get(node);
  const variable = binding && context.variable(binding);
  return (
    variable !== undefined &&
    (variable.boxed || variable.isModule) &&
    binding?.kind !== "global" &&
    binding?.owner === context.fn
  );
}

/** Puts the value into a temporary. */
export function hold(context: FunctionContext, code: Code, before: string[]): Code {
  if (code.type === "nil") {
    // A call that gives nothing has no value that could be put anywhere.
    if (!code.pure) before.push(code.text);
    return { ...primary("lua.nil", "nil", true), stable: true };
  }
  const name = context.temporary(carrier(code.type) === "Value" ? "value" : code.type);
  before.push(`${name} = ${code.text}`);
  return { ...primary(name, code.type, true), stable: true };
}

/** A literal, a named constant, or a local of its own: the same wherever it is evaluated. */
function isStable(code: Code): boolean {
  return code.stable ?? (code.pure && CONSTANT.test(code.text));
}

const CONSTANT =
  /^(?:[A-Z_][A-Z0-9_]*|-?[\d.]+|true|false|lua\.(?:nil|True|False)|lua\.string\([A-Z0-9_]+\)|lua\.number\([\d.]+\))$/;
