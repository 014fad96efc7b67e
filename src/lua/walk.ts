import type { Node } from "./ast.js";

/** The direct children of a node, in the order of the text. */
export function children(node: Node): readonly Node[] {
  const all: Node[] = [];
  eachChild(node, (child) => all.push(child));
  return all;
}

function eachChild(node: Node, visit: (child: Node) => void): void {
  switch (node.type) {
    case "Chunk":
    case "DoStatement":
    case "ElseClause":
      node.body.forEach(visit);
      return;
    case "LocalStatement":
    case "AssignmentStatement":
      node.variables.forEach(visit);
      node.init.forEach(visit);
      return;
    case "CallStatement":
      visit(node.expression);
      return;
    case "FunctionDeclaration":
      if (node.identifier) visit(node.identifier);
      node.parameters.forEach(visit);
      node.body.forEach(visit);
      return;
    case "IfStatement":
      node.clauses.forEach(visit);
      return;
    case "IfClause":
    case "ElseifClause":
    case "WhileStatement":
      visit(node.condition);
      node.body.forEach(visit);
      return;
    case "RepeatStatement":
      node.body.forEach(visit);
      visit(node.condition);
      return;
    case "ForNumericStatement":
      visit(node.variable);
      visit(node.start);
      visit(node.end);
      if (node.step) visit(node.step);
      node.body.forEach(visit);
      return;
    case "ForGenericStatement":
      node.variables.forEach(visit);
      node.iterators.forEach(visit);
      node.body.forEach(visit);
      return;
    case "ReturnStatement":
      node.arguments.forEach(visit);
      return;
    case "BinaryExpression":
    case "LogicalExpression":
      visit(node.left);
      visit(node.right);
      return;
    case "UnaryExpression":
      visit(node.argument);
      return;
    case "MemberExpression":
      visit(node.base);
      return;
    case "IndexExpression":
      visit(node.base);
      visit(node.index);
      return;
    case "CallExpression":
      visit(node.base);
      node.arguments.forEach(visit);
      return;
    case "StringCallExpression":
      visit(node.base);
      visit(node.argument);
      return;
    case "TableCallExpression":
      visit(node.base);
      visit(node.arguments);
      return;
    case "TableConstructorExpression":
      node.fields.forEach(visit);
      return;
    case "TableKey":
      visit(node.key);
      visit(node.value);
      return;
    case "TableKeyString":
    case "TableValue":
      visit(node.value);
      return;
    default:
  }
}

/** Visits a node and everything below it, parents first. `visit` returning false leaves out what is below. */
export function walk(node: Node, visit: (node: Node, parents: readonly Node[]) => unknown): void {
  const parents: Node[] = [];
  const step = (at: Node): void => {
    if (visit(at, parents) === false) return;
    parents.push(at);
    eachChild(at, step);
    parents.pop();
  };
  step(node);
}
