import type { Node } from "./ast.js";
import { callArguments } from "./ast.js";

/** The direct children of a node, in the order of the text. */
export function children(node: Node): readonly Node[] {
  switch (node.type) {
    case "Chunk":
    case "DoStatement":
      return node.body;
    case "LocalStatement":
    case "AssignmentStatement":
      return [...node.variables, ...node.init];
    case "CallStatement":
      return [node.expression];
    case "FunctionDeclaration":
      return [...(node.identifier ? [node.identifier] : []), ...node.parameters, ...node.body];
    case "IfStatement":
      return node.clauses;
    case "IfClause":
    case "ElseifClause":
      return [node.condition, ...node.body];
    case "ElseClause":
      return node.body;
    case "WhileStatement":
      return [node.condition, ...node.body];
    case "RepeatStatement":
      return [...node.body, node.condition];
    case "ForNumericStatement":
      return [node.variable, node.start, node.end, ...(node.step ? [node.step] : []), ...node.body];
    case "ForGenericStatement":
      return [...node.variables, ...node.iterators, ...node.body];
    case "ReturnStatement":
      return node.arguments;
    case "BinaryExpression":
    case "LogicalExpression":
      return [node.left, node.right];
    case "UnaryExpression":
      return [node.argument];
    case "MemberExpression":
      return [node.base];
    case "IndexExpression":
      return [node.base, node.index];
    case "CallExpression":
    case "StringCallExpression":
    case "TableCallExpression":
      return [node.base, ...callArguments(node)];
    case "TableConstructorExpression":
      return node.fields;
    case "TableKey":
      return [node.key, node.value];
    case "TableKeyString":
    case "TableValue":
      return [node.value];
    default:
      return [];
  }
}

/** Visits a node and everything below it, parents first. `visit` returning false leaves out what is below. */
export function walk(node: Node, visit: (node: Node, parents: readonly Node[]) => unknown): void {
  const parents: Node[] = [];
  const step = (at: Node): void => {
    if (visit(at, parents) === false) return;
    parents.push(at);
    for (const child of children(at)) step(child);
    parents.pop();
  };
  step(node);
}
