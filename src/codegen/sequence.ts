import { type Code, primary } from "./code.js";
import { carrier } from "./convert.js";
import type { FunctionContext } from "./context.js";

/**
 * Lua evaluates all operands before it checks any. Where a check of an earlier operand could stop a later one from being evaluated, the
 * operands go through temporaries: `(t = a, t_2 = b, check(t) + t_2)`.
 *
 * @param checked whether using operand i may raise
 */
export function evaluateFirst(
  context: FunctionContext,
  operands: readonly Code[],
  checked: readonly boolean[],
): { readonly before: readonly string[]; readonly operands: readonly Code[] } {
  const firstCheck = checked.indexOf(true);
  const lastEffect = operands.findLastIndex((operand) => !operand.pure);
  if (firstCheck < 0 || lastEffect <= firstCheck) return { before: [], operands };
  const before: string[] = [];
  const held = operands.map((operand, i) => {
    if (i > lastEffect || isConstant(operand)) return operand;
    return hold(context, operand, before);
  });
  return { before, operands: held };
}

/** Puts the value into a temporary. */
export function hold(context: FunctionContext, code: Code, before: string[]): Code {
  const name = context.temporary(carrier(code.type) === "Value" ? "value" : code.type);
  before.push(`${name} = ${code.text}`);
  return primary(name, code.type, true);
}

/** A literal or a named constant: the same wherever it is evaluated. */
function isConstant(code: Code): boolean {
  return /^(?:[A-Z_][A-Z0-9_]*|-?[\d.]+|true|false|lua\.(?:nil|True|False)|lua\.string\([A-Z0-9_]+\)|lua\.number\([\d.]+\))$/.test(code.text);
}
