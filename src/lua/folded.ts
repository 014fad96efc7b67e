import type { Expression } from "./ast.js";

/**
 * Whether LuaJIT's parser knows the value of an expression: a literal, or what it folds (arithmetic on numbers, `not`, a left side of `and` or `or` that
 * decides nothing). A result of `-0` or NaN is left to run time. As in `lj_parse.c`: `foldarith`, `bcemit_unop`, `bcemit_branch_t`.
 */
export function isFolded(node: Expression): boolean {
  switch (node.type) {
    case "NilLiteral":
    case "BooleanLiteral":
    case "NumericLiteral":
    case "StringLiteral":
      return true;
    case "UnaryExpression":
      return node.operator === "not" ? isFolded(node.argument) : foldedNumber(node) !== undefined;
    case "BinaryExpression":
      return foldedNumber(node) !== undefined;
    case "LogicalExpression":
      return isFolded(node.left) && isTrue(node.left) === (node.operator === "and") && isFolded(node.right);
    default:
      return false;
  }
}

/** Of a folded expression. */
function isTrue(node: Expression): boolean {
  if (node.type === "NilLiteral") return false;
  if (node.type === "BooleanLiteral") return node.value;
  if (node.type === "UnaryExpression" && node.operator === "not") return !isTrue(node.argument);
  return node.type === "LogicalExpression" ? isTrue(node.right) : true;
}

function foldedNumber(node: Expression): number | undefined {
  if (node.type === "NumericLiteral") return node.value;
  if (node.type === "LogicalExpression") return isFolded(node) ? foldedNumber(node.right) : undefined;
  if (node.type === "UnaryExpression") {
    const value = node.operator === "-" ? foldedNumber(node.argument) : undefined;
    return value === undefined || value === 0 ? undefined : -value;
  }
  if (node.type !== "BinaryExpression") return undefined;
  const [left, right] = [foldedNumber(node.left), foldedNumber(node.right)];
  const compute = ARITHMETIC[node.operator];
  if (left === undefined || right === undefined || !compute) return undefined;
  const value = compute(left, right);
  return Number.isNaN(value) || Object.is(value, -0) ? undefined : value;
}

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a - Math.floor(a / b) * b,
  "^": (a, b) => a ** b,
};
