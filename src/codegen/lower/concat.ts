import type { BinaryExpression, Expression } from "../../lua/ast.js";
import { asFloat, type Code, callCode, comma } from "../code.js";
import { describe, type FunctionContext, lineOf } from "../context.js";
import { boxed } from "../convert.js";
import { evaluateFirst } from "../sequence.js";
import { quote } from "../string-constants.js";
import { lowerExpression, place } from "./expression.js";

const WIDEST = 6;

/**
 * A chain of `..` is one runtime call: `a .. b .. c` → `lua.concat3(a, b, c)`, with numbers `lua.join3(a, b, n)`; what makes a string longer in place, see `accumulators.ts`, is
 * `lua.append(a, lua.concat2(b, c))`.
 */
export function lowerConcat(context: FunctionContext, node: BinaryExpression): Code {
  const nodes = chain(node);
  const codes = nodes.map((operand) => lowerExpression(context, operand));
  if (context.types.ofExpression(node) !== "string") return withMetamethods(context, node, nodes, codes);
  const checked = codes.map((code) => code.type !== "string" && code.type !== "number");
  const { before, operands } = evaluateFirst(context, codes, checked);
  const pieces = operands.map((operand, i) =>
    concatOperand(context, checkOf(checked, i), node, nodes[i] as Expression, operand),
  );
  if (!context.module.accumulators.appends.has(node)) return comma(before, joined(pieces));
  const [first, ...rest] = pieces as [Piece, ...Piece[]];
  const [only, ...others] = rest as [Piece, ...Piece[]];
  const more = others.length === 0 ? only : joined(rest);
  const name = others.length === 0 && only.isNumber ? "lua.appendNumber" : "lua.append";
  return comma(before, callCode(name, [first.text, more.text], "string"));
}

type Check = "concatOperand" | "leftOperand" | "lastOperand";

/**
 * Lua concatenates from the right, and of the last two it blames the left one: an operand further left is to blame only if none of those behind it is,
 * which the last one that is checked knows.
 */
function checkOf(checked: readonly boolean[], i: number): Check {
  const pair = checked.length - 2;
  const last = checked.lastIndexOf(true);
  const first = checked.indexOf(true);
  if (first >= pair || first === last) return "concatOperand";
  if (i === last) return "lastOperand";
  return i < pair ? "leftOperand" : "concatOperand";
}

function concatOperand(
  context: FunctionContext,
  check: Check,
  chainNode: Expression,
  node: Expression,
  code: Code,
): Piece {
  if (code.type === "string") return code;
  if (code.type === "number")
    return { text: code.whole ? `lua.whole(${code.text})` : asFloat(code).text, isNumber: true };
  if (code.type === "string?" && check === "concatOperand")
    return { text: `lua.presentOperand(${[code.text, ...place(context, chainNode, node)].join(", ")})` };
  return { text: `lua.${check}(${[boxed(code).text, ...place(context, chainNode, node)].join(", ")})` };
}

/** What a runtime call puts together: a string, or a number, which is printed where it belongs. */
export interface Piece {
  readonly text: string;
  readonly isNumber?: boolean;
}

/** `lua.concat3(a, b, c)`, or where there are numbers among them `lua.join3(a, b, n)`. Two pieces or more. */
export function joined(pieces: readonly Piece[]): Code {
  const last: readonly Piece[] = pieces.length > WIDEST ? [{ text: joined(pieces.slice(WIDEST - 1)).text }] : [];
  const together = last.length > 0 ? [...pieces.slice(0, WIDEST - 1), ...last] : pieces;
  const name = together.some(({ isNumber }) => isNumber) ? "join" : "concat";
  const texts = together.map(({ text }) => text);
  return callCode(`lua.${name}${together.length}`, texts, "string");
}

/** The operands of a chain from left to right: `..` is right associative. */
function chain(node: BinaryExpression): readonly Expression[] {
  const { left, right } = node;
  const rest = right.type === "BinaryExpression" && right.operator === ".." ? chain(right) : [right];
  return [left, ...rest];
}

/** Pairwise from the right, since a metamethod may give anything; all operands are evaluated first. */
function withMetamethods(
  context: FunctionContext,
  node: BinaryExpression,
  nodes: readonly Expression[],
  codes: readonly Code[],
): Code {
  const { before, operands } = evaluateFirst(
    context,
    codes,
    codes.map((_, i) => i < codes.length - 1),
  );
  let result = boxed(operands.at(-1) as Code);
  let name = describe(context, nodes.at(-1) as Expression);
  for (let i = operands.length - 2; i >= 0; i--) {
    const left = boxed(operands[i] as Code);
    const whats = [quote(describe(context, nodes[i] as Expression)), quote(name)];
    result = callCode("lua.concat", [left.text, result.text, String(lineOf(node)), ...whats], "value");
    name = "";
  }
  return comma(before, result);
}
