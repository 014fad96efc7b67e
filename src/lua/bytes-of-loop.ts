import type { Expression } from "./ast.js";
import type { Binding, Script } from "./script.js";

/**
 * Whether `text` and `at` are `s` and `i` of `for i = 1, #s do … end`, none of which is ever assigned again: there is a byte at each
 * such place.
 */
export function isByteOfLoop(script: Script, [text, at, ...more]: readonly Expression[]): boolean {
  const place = at && onlyAssigned(script, at);
  const loop = place?.kind === "loop" ? place.assignments[0]?.node : undefined;
  if (loop?.type !== "ForNumericStatement" || more.length > 0) return false;
  const { start, end, step } = loop;
  if (!isPositive(start) || (step && !isPositive(step))) return false;
  const subject = text && onlyAssigned(script, text);
  return (
    subject !== undefined &&
    end.type === "UnaryExpression" &&
    end.operator === "#" &&
    named(script, end.argument) === subject
  );
}

function isPositive(node: Expression): boolean {
  return node.type === "NumericLiteral" && Number.isInteger(node.value) && node.value > 0;
}

function named(script: Script, node: Expression): Binding | undefined {
  return node.type === "Identifier" ? script.bindingOf.get(node) : undefined;
}

function onlyAssigned(script: Script, node: Expression): Binding | undefined {
  const binding = named(script, node);
  return binding && binding.kind !== "global" && binding.assignments.length === 1 ? binding : undefined;
}
