import type { BinaryExpression, Expression, UnaryExpression } from "../../lua/ast.js";
import { isOptional, withoutNil } from "../../lua/static-type.js";
import { asFloat, type Code, callCode, comma, infix, inside, isQuiet, Precedence, primary, quietly } from "../code.js";
import { describe, type FunctionContext, lineOf } from "../context.js";
import { boxed, cast, not } from "../convert.js";
import { evaluateOperands } from "../sequence.js";
import { quote } from "../string-constants.js";
import { lowerConcat } from "./concat.js";
import { lowerExpression, place } from "./expression.js";
import { lowerCondition } from "./logical.js";

export function lowerUnary(context: FunctionContext, node: UnaryExpression): Code {
  if (node.operator === "not") return not(lowerCondition(context, node.argument));
  const operand = lowerExpression(context, node.argument);
  return node.operator === "#" ? length(context, node, operand) : minus(context, node, operand);
}

function length(context: FunctionContext, node: UnaryExpression, operand: Code): Code {
  if (operand.type === "string")
    return { ...primary(`${inside(operand, Precedence.Postfix)}.length`, "number"), pure: operand.pure };
  if (operand.type === "table" && !context.types.metamethods.has("__len")) {
    const length = primary(`${operand.text}.length`, "number");
    return isQuiet(operand) ? quietly(length) : length;
  }
  if (operand.type === "string?" && !context.types.metamethods.has("__len"))
    return callCode("lua.lengthOf", [operand.text, ...place(context, node, node.argument)], "number");
  const args = [boxed(operand).text, ...place(context, node, node.argument)];
  return context.types.metamethods.has("__len")
    ? callCode("lua.length", args, "value")
    : callCode("lua.len", args, "number");
}

function minus(context: FunctionContext, node: UnaryExpression, operand: Code): Code {
  if (context.types.ofExpression(node) !== "number") {
    return callCode("lua.unm", [boxed(operand).text, ...place(context, node, node.argument)], "value");
  }
  const value = arithmeticOperand(context, node, node.argument, operand);
  const text = value.text === "0" ? "0.0" : inside(value, Precedence.Unary);
  return {
    text: text.startsWith("-") ? `-(${text})` : `-${text}`,
    precedence: Precedence.Unary,
    type: "number",
    pure: value.pure,
  };
}

export function lowerBinary(context: FunctionContext, node: BinaryExpression): Code {
  switch (node.operator) {
    case "..":
      return lowerConcat(context, node);
    case "==":
      return lowerEquality(context, node);
    case "~=":
      return not(lowerEquality(context, node));
    case "<":
    case "<=":
    case ">":
    case ">=":
      return lowerComparison(context, node);
    default:
      return lowerArithmetic(context, node);
  }
}

const ARITHMETIC = {
  "+": { precedence: Precedence.Sum, name: "add" },
  "-": { precedence: Precedence.Sum, name: "sub" },
  "*": { precedence: Precedence.Product, name: "mul" },
  "/": { precedence: Precedence.Product, name: "div" },
  "%": { call: "lua.modulo", name: "mod" },
  "^": { call: "lua.power", name: "pow" },
} as const;

function lowerArithmetic(context: FunctionContext, node: BinaryExpression): Code {
  const operator = ARITHMETIC[node.operator as keyof typeof ARITHMETIC];
  const left = lowerExpression(context, node.left);
  const right = lowerExpression(context, node.right);
  if (context.types.ofExpression(node) !== "number") {
    const { before, operands } = evaluateOperands(context, node.left, [left, right], [false, false]);
    const args = [boxed(operands[0]).text, boxed(operands[1]).text, String(lineOf(node))];
    const whats = [quote(describe(context, node.left)), quote(describe(context, node.right))];
    return comma(before, callCode(`lua.${operator.name}`, [...args, ...whats], "value"));
  }
  const checked = [left.type !== "number", right.type !== "number"];
  const { before, operands } = evaluateOperands(context, node.left, [left, right], checked);
  const a = arithmeticOperand(context, node, node.left, operands[0]);
  const b = arithmeticOperand(context, node, node.right, operands[1]);
  if ("call" in operator) return comma(before, callCode(operator.call, [a.text, b.text], "number", a.pure && b.pure));
  return comma(before, infix(isWhole(b) ? asFloat(a) : a, node.operator, b, operator.precedence, "number"));
}

function isWhole(code: Code): boolean {
  return /^\(*-?\d+\)*$/.test(code.text);
}

/** The operand as an f64: coerced, or the Lua error. */
function arithmeticOperand(context: FunctionContext, node: Expression, operandNode: Expression, operand: Code): Code {
  if (operand.type === "number") return operand;
  const check = operand.type === "number?" ? "lua.numberOperand" : "lua.operand";
  return callCode(check, [boxed(operand).text, ...place(context, node, operandNode)], "number");
}

const MIRRORED: Readonly<Record<string, "<" | "<=">> = { ">": "<", ">=": "<=" };

function lowerComparison(context: FunctionContext, node: BinaryExpression): Code {
  const codes = [lowerExpression(context, node.left), lowerExpression(context, node.right)] as const;
  const numbers = codes.every((code) => code.type === "number");
  const mirrored = MIRRORED[node.operator];
  const operator = mirrored ?? node.operator;
  const { before, operands } = evaluateOperands(context, node.left, codes, [mirrored !== undefined && !numbers, false]);
  const [first, second] = operands;
  if (numbers) return comma(before, infix(first, node.operator, second, Precedence.Relation, "boolean"));
  const [a, b] = mirrored ? [second, first] : [first, second];
  if (a.type === "string" && b.type === "string") {
    return comma(
      before,
      callCode(
        operator === "<" ? "lua.stringLess" : "lua.stringLessEqual",
        [a.text, b.text],
        "boolean",
        a.pure && b.pure,
      ),
    );
  }
  const name = operator === "<" ? "lua.less" : "lua.lessEqual";
  return comma(before, callCode(name, [boxed(a).text, boxed(b).text, String(lineOf(node))], "boolean"));
}

function lowerEquality(context: FunctionContext, node: BinaryExpression): Code {
  const codes = [lowerExpression(context, node.left), lowerExpression(context, node.right)] as const;
  if (codes[1].type === "nil" && codes[1].pure) return equalsNil(codes[0]);
  if (codes[0].type === "nil" && codes[0].pure) return equalsNil(codes[1]);
  const { before, operands } = evaluateOperands(context, node.left, codes, [false, false]);
  return comma(before, equality(context, ...operands));
}

function equality(context: FunctionContext, left: Code, right: Code): Code {
  const same = (): Code => infix(left, "==", right, Precedence.Equality, "boolean");
  if (left.type === right.type && ["number", "boolean", "string", "string?"].includes(left.type)) return same();
  if (isText(left) && isText(right)) return same();
  if (left.type === "table" && right.type === "table" && !context.types.metamethods.has("__eq")) return same();
  return callCode("lua.equals", [boxed(left).text, boxed(right).text], "boolean", left.pure && right.pure);
}

function isText(code: Code): boolean {
  return withoutNil(code.type) === "string";
}

function equalsNil(code: Code): Code {
  const { type } = code;
  if (type === "value" || type === "number?")
    return infix(code, "==", primary("lua.nil", "value", true), Precedence.Equality, "boolean");
  if (isOptional(type))
    return infix(cast(code, type), "==", primary("null", "nil", true), Precedence.Equality, "boolean");
  const result = primary(String(type === "nil"), "boolean", true);
  return code.pure ? result : comma([code.text], result);
}
