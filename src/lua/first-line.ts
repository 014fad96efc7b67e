import type { Chunk, Expression, FunctionDeclaration, Statement } from "./ast.js";

/** 1-based line of the first instruction that LuaJIT makes of a function: there it raises `stack overflow`, the function having been called. */
export function firstLine({ body, loc }: FunctionDeclaration | Chunk): number {
  return ofStatements(body) ?? loc.end.line;
}

function ofStatements(statements: readonly Statement[]): number | undefined {
  for (const statement of statements) {
    const line = ofStatement(statement);
    if (line !== undefined) return line;
  }
  return undefined;
}

/** Undefined: nothing is to be done for it. */
function ofStatement(statement: Statement): number | undefined {
  switch (statement.type) {
    case "DoStatement":
      return ofStatements(statement.body);
    case "LabelStatement":
      return undefined;
    case "LocalStatement":
      return statement.init[0] ? ofExpression(statement.init[0]) : statement.loc.end.line;
    case "AssignmentStatement": {
      const [target] = statement.variables;
      const first = target && target.type !== "Identifier" ? target.base : statement.init[0];
      return first ? ofExpression(first) : statement.loc.start.line;
    }
    case "CallStatement":
      return ofExpression(statement.expression);
    case "FunctionDeclaration":
      return statement.identifier?.type === "MemberExpression" ? statement.loc.start.line : statement.loc.end.line;
    case "IfStatement": {
      const [clause] = statement.clauses;
      return clause && "condition" in clause ? ofExpression(clause.condition) : statement.loc.start.line;
    }
    case "WhileStatement":
      return ofExpression(statement.condition);
    case "ForNumericStatement":
      return ofExpression(statement.start);
    case "ForGenericStatement":
      return statement.iterators[0] ? ofExpression(statement.iterators[0]) : statement.loc.start.line;
    case "ReturnStatement":
      return statement.arguments[0] ? ofExpression(statement.arguments[0]) : statement.loc.end.line;
    default:
      return statement.loc.start.line;
  }
}

/** The function itself is made where it ends; of everything else the leftmost operand comes first. */
function ofExpression(node: Expression): number {
  switch (node.type) {
    case "BinaryExpression":
      // A number waits until the other operand is there.
      return ofExpression(node.left.type === "NumericLiteral" ? node.right : node.left);
    case "LogicalExpression":
      return ofExpression(node.left);
    case "UnaryExpression":
      return ofExpression(node.argument);
    case "MemberExpression":
    case "IndexExpression":
    case "CallExpression":
    case "StringCallExpression":
    case "TableCallExpression":
      return ofExpression(node.base);
    case "FunctionDeclaration":
      return node.loc.end.line;
    default:
      return node.loc.start.line;
  }
}
