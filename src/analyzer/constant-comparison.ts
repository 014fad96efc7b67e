import type { BinaryExpression, Node } from "../lua/ast.js";
import type { Script } from "../lua/script.js";
import { walk } from "../lua/walk.js";

/** `"FEATURE_ENABLED" == "true"`: nearly always a placeholder that a deployment script fills in. */
export function isConstantComparison(node: Node): node is BinaryExpression {
  return (
    node.type === "BinaryExpression" &&
    /^[=~]=$/.test(node.operator) &&
    node.left.type === "StringLiteral" &&
    node.right.type === "StringLiteral"
  );
}

/** The comparison on which it depends whether `use` is ever reached, itself or through a local that holds its outcome; undefined when there is none. */
export function constantConditionOf(script: Script, use: Node): BinaryExpression | undefined {
  const held = new Map<unknown, BinaryExpression>();
  let found: BinaryExpression | undefined;
  walk(script.chunk, (node) => {
    if (node.type === "LocalStatement") {
      for (const [i, value] of node.init.entries()) {
        const variable = node.variables[i];
        const binding = variable && script.bindingOf.get(variable);
        if (isConstantComparison(value) && binding?.assignments.length === 1) held.set(binding, value);
      }
    }
    if (node.type !== "IfStatement") return;
    for (const clause of node.clauses) {
      if (clause.type === "ElseClause" || !contains(clause, use)) continue;
      const { condition } = clause;
      if (isConstantComparison(condition)) found = condition;
      else if (condition.type === "Identifier") found = held.get(script.bindingOf.get(condition)) ?? found;
    }
  });
  return found;
}

function contains({ range: [start, end] }: Node, inner: Node): boolean {
  return start <= inner.range[0] && inner.range[1] <= end;
}
