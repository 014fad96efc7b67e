import type { Chunk, Expression, Node, StringLiteral } from "../../lua/ast.js";
import { walk } from "../../lua/walk.js";

/** A string constant and what it is called where it stands: a variable, a field, a header. */
export interface NamedString {
  readonly literal: StringLiteral;
  /** Empty where nothing says what it is. */
  readonly name: string;
}

/** All string constants of a script with their names, those inside a concatenation included. */
export function namedStrings(chunk: Chunk): readonly NamedString[] {
  const names = new Map<StringLiteral, string>();
  const found: StringLiteral[] = [];
  const give = (value: Expression | undefined, name: string): void => {
    for (const literal of literalsOf(value)) names.set(literal, name);
  };
  walk(chunk, (node) => {
    if (node.type === "StringLiteral") found.push(node);
    nameParts(node, give);
  });
  return found.map((literal) => ({ literal, name: names.get(literal) ?? "" }));
}

function nameParts(node: Node, give: (value: Expression | undefined, name: string) => void): void {
  switch (node.type) {
    case "LocalStatement":
      for (const [i, variable] of node.variables.entries()) give(node.init[i], variable.name);
      return;
    case "AssignmentStatement":
      for (const [i, target] of node.variables.entries()) give(node.init[i], nameOf(target));
      return;
    case "TableKeyString":
      give(node.value, node.key.name);
      return;
    case "TableKey":
      if (node.key.type === "StringLiteral") give(node.value, node.key.value);
      return;
    case "CallExpression": {
      // headers:replace("x-api-key", "…")
      const [first, second] = node.arguments;
      if (first?.type === "StringLiteral") give(second, first.value);
      return;
    }
    default:
  }
}

function nameOf(target: Expression): string {
  if (target.type === "Identifier") return target.name;
  if (target.type === "MemberExpression") return target.identifier.name;
  return target.type === "IndexExpression" && target.index.type === "StringLiteral" ? target.index.value : "";
}

function literalsOf(value: Expression | undefined): readonly StringLiteral[] {
  if (value?.type === "StringLiteral") return [value];
  if (value?.type === "BinaryExpression" && value.operator === "..")
    return [...literalsOf(value.left), ...literalsOf(value.right)];
  return value?.type === "LogicalExpression" ? [...literalsOf(value.left), ...literalsOf(value.right)] : [];
}
