import type { AnyCall, Expression, Identifier, IfStatement, Node, Statement } from "./ast.js";
import { callArguments, isCall } from "./ast.js";
import type { Binding, Script } from "./script.js";
import { children } from "./walk.js";

type Facts = ReadonlySet<Binding>;

/**
 * The references that are certainly not nil where they stand: behind `if x then`, `x ~= nil`, `if not x then return end`,
 * `x = x or "…"`, `assert(x)`. Only variables that no other function assigns.
 */
export function narrowReferences(script: Script): ReadonlySet<Identifier> {
  const narrower = new Narrower(script);
  for (const { node } of script.functions) narrower.block(node.body, new Set());
  return narrower.notNil;
}

class Narrower {
  readonly notNil = new Set<Identifier>();

  constructor(private readonly script: Script) {}

  /** Facts that hold behind the block, given those in front of it. */
  block(statements: readonly Statement[], before: Facts): Facts {
    let facts = before;
    for (const statement of statements) {
      facts = statement.type === "LabelStatement" ? new Set() : this.statement(statement, facts);
    }
    return facts;
  }

  private statement(node: Statement, facts: Facts): Facts {
    switch (node.type) {
      case "LocalStatement":
        for (const value of node.init) this.expression(value, facts);
        return this.assigned(node.variables, node.init, facts);
      case "AssignmentStatement": {
        for (const target of node.variables) if (target.type !== "Identifier") this.expression(target, facts);
        for (const value of node.init) this.expression(value, facts);
        const names = node.variables.map((target) => (target.type === "Identifier" ? target : undefined));
        return this.assigned(names, node.init, facts);
      }
      case "CallStatement":
        this.expression(node.expression, facts);
        return union(facts, this.asserted(node.expression));
      case "IfStatement":
        return this.ifStatement(node, facts);
      case "DoStatement":
        return this.block(node.body, facts);
      case "WhileStatement": {
        const stable = this.withoutAssignedIn(node, facts);
        this.expression(node.condition, stable);
        this.block(node.body, union(stable, this.whenTrue(node.condition)));
        return stable;
      }
      case "RepeatStatement": {
        const stable = this.withoutAssignedIn(node, facts);
        this.expression(node.condition, this.block(node.body, stable));
        return stable;
      }
      case "ForNumericStatement":
      case "ForGenericStatement": {
        const heads = node.type === "ForNumericStatement" ? [node.start, node.end, node.step] : node.iterators;
        for (const head of heads) if (head) this.expression(head, facts);
        const stable = this.withoutAssignedIn(node, facts);
        this.block(node.body, stable);
        return stable;
      }
      case "ReturnStatement":
        for (const value of node.arguments) this.expression(value, facts);
        return facts;
      default:
        return facts;
    }
  }

  private ifStatement(node: IfStatement, before: Facts): Facts {
    let otherwise = before;
    const behind: Facts[] = [];
    for (const clause of node.clauses) {
      if (clause.type === "ElseClause") {
        const end = this.block(clause.body, otherwise);
        if (!leaves(clause.body)) behind.push(end);
        return intersection(behind);
      }
      this.expression(clause.condition, otherwise);
      const end = this.block(clause.body, union(otherwise, this.whenTrue(clause.condition)));
      if (!leaves(clause.body)) behind.push(end);
      otherwise = union(otherwise, this.whenFalse(clause.condition));
    }
    return intersection([...behind, otherwise]);
  }

  private expression(node: Expression, facts: Facts): void {
    if (node.type === "Identifier") {
      const binding = this.script.bindingOf.get(node);
      if (binding && facts.has(binding)) this.notNil.add(node);
    } else if (node.type === "LogicalExpression") {
      this.expression(node.left, facts);
      const learnt = node.operator === "and" ? this.whenTrue(node.left) : this.whenFalse(node.left);
      this.expression(node.right, union(facts, learnt));
    } else if (node.type !== "FunctionDeclaration") {
      for (const child of children(node)) this.expressionOrField(child, facts);
    }
  }

  private expressionOrField(node: Node, facts: Facts): void {
    if (node.type === "TableKey" || node.type === "TableKeyString" || node.type === "TableValue") {
      for (const child of children(node)) this.expression(child as Expression, facts);
    } else this.expression(node as Expression, facts);
  }

  /** What is not nil when the condition holds. */
  private whenTrue(node: Expression): Facts {
    if (node.type === "Identifier") return this.fact(node);
    if (node.type === "UnaryExpression" && node.operator === "not") return this.whenFalse(node.argument);
    if (node.type === "LogicalExpression" && node.operator === "and") {
      return union(this.whenTrue(node.left), this.whenTrue(node.right));
    }
    if (node.type === "BinaryExpression" && node.operator === "~=") return this.comparedWithNil(node.left, node.right);
    if (node.type === "BinaryExpression" && node.operator === "==" && isNeverNil(node.right)) {
      return node.left.type === "Identifier" ? this.fact(node.left) : none;
    }
    return none;
  }

  /** What is not nil when the condition does not hold. */
  private whenFalse(node: Expression): Facts {
    if (node.type === "UnaryExpression" && node.operator === "not") return this.whenTrue(node.argument);
    if (node.type === "LogicalExpression" && node.operator === "or") {
      return union(this.whenFalse(node.left), this.whenFalse(node.right));
    }
    if (node.type === "BinaryExpression" && node.operator === "==") return this.comparedWithNil(node.left, node.right);
    return none;
  }

  private comparedWithNil(left: Expression, right: Expression): Facts {
    if (left.type === "Identifier" && right.type === "NilLiteral") return this.fact(left);
    return left.type === "NilLiteral" && right.type === "Identifier" ? this.fact(right) : none;
  }

  private asserted(call: AnyCall): Facts {
    const isAssert = call.base.type === "Identifier" && call.base.name === "assert";
    const [first] = callArguments(call);
    return isAssert && first && this.script.globals.get("assert")?.assignments.length === 0
      ? this.whenTrue(first)
      : none;
  }

  private fact(node: Identifier): Facts {
    const binding = this.script.bindingOf.get(node);
    return binding && isOwn(binding) ? new Set([binding]) : none;
  }

  private assigned(targets: readonly (Identifier | undefined)[], values: readonly Expression[], before: Facts): Facts {
    const facts = new Set(before);
    // From right to left, as LuaJIT assigns: the first of equal names is the last to be set.
    for (const [i, target] of [...targets.entries()].reverse()) {
      const binding = target && this.script.bindingOf.get(target);
      if (!binding) continue;
      const value = values[i];
      if (value && isNeverNil(value) && isOwn(binding)) facts.add(binding);
      else facts.delete(binding);
    }
    return facts;
  }

  private withoutAssignedIn(loop: Statement, before: Facts): Facts {
    const facts = new Set(before);
    for (const binding of before) {
      const { range } = loop;
      const assignedInside = binding.assignments.some(
        ({ node }) => node.range[0] >= range[0] && node.range[1] <= range[1],
      );
      if (assignedInside) facts.delete(binding);
    }
    return facts;
  }
}

const none: Facts = new Set();

/** Only its own function assigns it, so that no call in between can make it nil. */
function isOwn(binding: Binding): boolean {
  return binding.kind !== "global" && binding.assignments.every(({ inside }) => inside === binding.owner);
}

function isNeverNil(node: Expression): boolean {
  switch (node.type) {
    case "StringLiteral":
    case "NumericLiteral":
    case "BooleanLiteral":
    case "TableConstructorExpression":
    case "FunctionDeclaration":
      return true;
    case "BinaryExpression":
      return node.operator === "..";
    case "LogicalExpression":
      return node.operator === "or" && isNeverNil(node.right);
    default:
      return false;
  }
}

/** Control never reaches the end of the block. */
export function leaves(statements: readonly Statement[]): boolean {
  const last = statements.at(-1);
  if (!last) return false;
  if (last.type === "ReturnStatement" || last.type === "BreakStatement" || last.type === "GotoStatement") return true;
  if (last.type === "DoStatement") return leaves(last.body);
  if (last.type === "CallStatement") return isErrorCall(last.expression);
  return (
    last.type === "IfStatement" &&
    last.clauses.at(-1)?.type === "ElseClause" &&
    last.clauses.every((clause) => leaves(clause.body))
  );
}

function isErrorCall(node: Expression): boolean {
  return isCall(node) && node.base.type === "Identifier" && node.base.name === "error";
}

function union(a: Facts, b: Facts): Facts {
  return b.size === 0 ? a : new Set([...a, ...b]);
}

function intersection(sets: readonly Facts[]): Facts {
  const [first, ...rest] = sets;
  if (!first) return none;
  return new Set([...first].filter((binding) => rest.every((set) => set.has(binding))));
}
