import type { Expression, LogicalExpression } from "../../lua/ast.js";
import { isAlwaysTrue, isOptional, type StaticType, withoutNil } from "../../lua/static-type.js";
import { asFloat, type Code, callCode, comma, infix, inside, Precedence, primary } from "../code.js";
import type { FunctionContext } from "../context.js";
import { boxed, carrier, cast, not, truth } from "../convert.js";
import { hold } from "../sequence.js";
import { lowerExpression } from "./expression.js";
import { lowerTest } from "./pattern-call.js";

/** A condition: Lua's truth of the expression, with `and`, `or` and `not` as AssemblyScript's own. */
export function lowerCondition(context: FunctionContext, node: Expression): Code {
  if (node.type === "LogicalExpression") {
    const left = lowerCondition(context, node.left);
    const right = lowerCondition(context, node.right);
    return node.operator === "and"
      ? infix(left, "&&", right, Precedence.And, "boolean")
      : infix(left, "||", right, Precedence.Or, "boolean");
  }
  if (node.type === "UnaryExpression" && node.operator === "not") return not(lowerCondition(context, node.argument));
  return lowerTest(context, node) ?? truth(lowerExpression(context, node));
}

export function lowerLogical(context: FunctionContext, node: LogicalExpression): Code {
  const type = context.types.ofExpression(node);
  if (type === "boolean") return lowerCondition(context, node);
  return node.operator === "and" ? lowerAnd(context, node, type) : lowerOr(context, node, type);
}

/** `c and b or a`, where b is never nil or false: `c ? b : a`. */
function asConditional(context: FunctionContext, node: LogicalExpression, type: StaticType): Code | undefined {
  const { left } = node;
  if (left.type !== "LogicalExpression" || left.operator !== "and") return undefined;
  if (!isAlwaysTrue(context.types.ofExpression(left.right))) return undefined;
  const condition = lowerCondition(context, left.left);
  return conditional(condition, lowerExpression(context, left.right), lowerExpression(context, node.right), type);
}

function conditional(condition: Code, yes: Code, no: Code, type: StaticType): Code {
  const [a, b] = [asFloat(branch(yes, type)), branch(no, type)];
  const text = `${inside(condition, Precedence.Or)} ? ${inside(a, Precedence.Conditional)} : ${inside(b, Precedence.Conditional)}`;
  return { text, precedence: Precedence.Conditional, type, pure: condition.pure && a.pure && b.pure };
}

/** AssemblyScript takes the type of a conditional from its first branch, so nullable ones are spelled out. */
function branch(code: Code, type: StaticType): Code {
  if (!isOptional(type) || carrier(type) === "Value") return cast(code, type);
  return code.type === type
    ? code
    : callCode(`changetype<${carrier(type)}>`, [code.type === "nil" ? "0" : code.text], type, code.pure);
}

function lowerOr(context: FunctionContext, node: LogicalExpression, type: StaticType): Code {
  const choice = asConditional(context, node, type);
  if (choice) return choice;
  const left = lowerExpression(context, node.left);
  if (isAlwaysTrue(left.type)) return left;
  const right = lowerExpression(context, node.right);
  if (left.type === "nil") return left.pure ? right : comma([left.text], right);
  const sameClass =
    isOptional(left.type) && carrier(left.type) !== "Value" && withoutNil(right.type) === withoutNil(left.type);
  if (sameClass) return { ...infix(left, "||", right, Precedence.Or, type) };
  if (left.type === "number?" && right.type === "number" && right.pure) {
    return callCode("lua.numberOr", [left.text, right.text], "number", left.pure);
  }
  if (type === "value" && right.pure)
    return callCode("lua.or", [boxed(left).text, boxed(right).text], "value", left.pure);
  const before: string[] = [];
  const held = hold(context, left, before);
  return comma(before, conditional(truth(held), cast(held, type), right, type));
}

function lowerAnd(context: FunctionContext, node: LogicalExpression, type: StaticType): Code {
  const left = lowerExpression(context, node.left);
  const right = lowerExpression(context, node.right);
  if (isAlwaysTrue(left.type)) return left.pure ? right : comma([left.text], right);
  if (left.type === "nil") return left;
  if (isOptional(left.type)) return conditional(truth(left), right, primary("lua.nil", "nil", true), type);
  if (right.pure && type === "value")
    return callCode("lua.and", [boxed(left).text, boxed(right).text], "value", left.pure);
  const before: string[] = [];
  const held = hold(context, left, before);
  return comma(before, conditional(truth(held), cast(right, type), cast(held, type), type));
}
