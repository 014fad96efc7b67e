import type { AnyCall, Expression, FunctionDeclaration, IfClause, LocalStatement, Statement } from "../../lua/ast.js";
import type { Script } from "../../lua/script.js";
import type { Facts } from "../tracking/facts.js";
import type { Direction } from "../tracking/value.js";
import type { Behaviour, Case, Condition, HeaderWrite } from "./behaviour.js";
import { BehaviourReader, type Known, NotUnderstood, type Point, START } from "./known-values.js";

const MANY_CASES = 64;
const MANY_STATEMENTS = 1000;
const DEEP = 8;

/** Goes on after a statement, or after a function that was called. */
type Next = (at: Point) => readonly Case[];

/**
 * Follows a script of a few plain forms (constants, header reads, comparisons, header writes, answers, log lines, functions of its own) through
 * every way it can take.
 * @returns undefined when anything else is in it, however harmless it may look
 */
export function readBehaviour(script: Script, facts: Facts): Behaviour | undefined {
  if (!facts.complete || facts.undefinedGlobals.length > 0 || facts.unknownMethodCalls.length > 0) return undefined;
  const reader = new BehaviourReader(script);
  try {
    const hooks = { request: hookOf(script, facts, "request"), response: hookOf(script, facts, "response") };
    const loaded = load(reader, script);
    const paths = new Paths(reader);
    const cases = (direction: Direction): readonly Case[] | undefined =>
      hooks[direction] && paths.ofHook(hooks[direction], direction, loaded);
    return { request: cases("request"), response: cases("response"), logs: paths.logs };
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined;
    throw error;
  }
}

/** The function that Envoy calls: the only one of its name, defined where the chunk always comes by. */
function hookOf(script: Script, facts: Facts, direction: Direction): FunctionDeclaration | undefined {
  const binding = script.globals.get(`envoy_on_${direction}`);
  if (!binding || binding.assignments.length === 0) return undefined;
  const hook = facts.hooks[direction];
  if (!hook || binding.assignments.length > 1 || !script.chunk.body.includes(hook)) throw new NotUnderstood();
  return hook;
}

/** The variables that the chunk leaves behind. */
function load(reader: BehaviourReader, { chunk }: Script): Point {
  let at: Point = { ...START, loading: true };
  for (const statement of chunk.body) {
    if (statement.type === "LocalStatement") at = declare(reader, statement, at);
    else if (statement.type === "FunctionDeclaration" && statement.identifier?.type === "Identifier")
      at = reader.bind(at, statement.identifier, { is: "function", node: statement });
    else if (statement.type === "AssignmentStatement" && statement.variables.length === 1) {
      const [[variable], [value]] = [statement.variables, statement.init];
      if (variable?.type !== "Identifier" || !value || statement.init.length > 1) throw new NotUnderstood();
      at = reader.bind(at, variable, reader.evaluate(value, at));
    } else throw new NotUnderstood();
  }
  return { ...at, loading: false };
}

function declare(reader: BehaviourReader, { variables, init }: LocalStatement, at: Point): Point {
  if (init.length > variables.length) throw new NotUnderstood();
  const values = init.map((expression) => reader.evaluate(expression, at));
  return variables.reduce((point, variable, i) => {
    const value = values[i];
    // The last call may give more values than one.
    if (!value && init.at(-1)?.type.endsWith("CallExpression")) throw new NotUnderstood();
    return reader.bind(point, variable, value ?? { is: "constant", value: undefined });
  }, at);
}

class Paths {
  logs = false;
  private found = 0;
  private statements = 0;
  private depth = 0;

  constructor(private readonly reader: BehaviourReader) {}

  ofHook(hook: FunctionDeclaration, direction: Direction, loaded: Point): readonly Case[] {
    const at: Point = { ...loaded, direction };
    const end: Next = ({ path, writes }) => this.end({ path, writes });
    const [handle, ...others] = hook.parameters;
    if (handle?.type !== "Identifier" || others.length > 0) throw new NotUnderstood();
    return this.run(hook.body, this.reader.bind(at, handle, { is: "handle" }), end, end);
  }

  private end(one: Case): readonly Case[] {
    if (++this.found > MANY_CASES) throw new NotUnderstood();
    return [one];
  }

  /** @param onReturn goes on behind the function that these statements stand in */
  private run(statements: readonly Statement[], at: Point, next: Next, onReturn: Next): readonly Case[] {
    const [first, ...rest] = statements;
    if (!first) return next(at);
    if (++this.statements > MANY_STATEMENTS) throw new NotUnderstood();
    const onward: Next = (after) => this.run(rest, after, next, onReturn);
    switch (first.type) {
      case "LocalStatement":
        return onward(declare(this.reader, first, at));
      case "FunctionDeclaration":
        if (!first.isLocal || first.identifier?.type !== "Identifier") throw new NotUnderstood();
        return onward(this.reader.bind(at, first.identifier, { is: "function", node: first }));
      case "DoStatement":
        return this.run(first.body, at, onward, onReturn);
      case "IfStatement":
        return this.branch(first.clauses, at, onward, onReturn);
      case "CallStatement":
        return this.call(first.expression, at, onward);
      case "ReturnStatement": {
        const [value, ...others] = first.arguments;
        if (!value) return onReturn(at);
        if (others.length > 0 || !value.type.endsWith("CallExpression")) throw new NotUnderstood();
        return this.call(value as AnyCall, at, onReturn);
      }
      default:
        throw new NotUnderstood();
    }
  }

  private branch(clauses: readonly IfClause[], at: Point, next: Next, onReturn: Next): readonly Case[] {
    const [clause, ...others] = clauses;
    if (!clause) return next(at);
    if (clause.type === "ElseClause") return this.run(clause.body, at, next, onReturn);
    const condition = this.reader.condition(clause.condition, at);
    if (condition === true) return this.run(clause.body, at, next, onReturn);
    if (condition === false) return this.branch(others, at, next, onReturn);
    return [
      ...this.run(clause.body, supposing(at, condition), next, onReturn),
      ...this.branch(others, supposing(at, { kind: "not", of: condition }), next, onReturn),
    ];
  }

  private call(node: AnyCall, at: Point, next: Next): readonly Case[] {
    const { reader } = this;
    if (node.type !== "CallExpression") throw new NotUnderstood();
    const { base, arguments: args } = node;
    if (base.type === "Identifier") return this.callFunction(reader.evaluate(base, at), args, at, next);
    if (base.type !== "MemberExpression" || base.indexer !== ":") throw new NotUnderstood();
    const on = reader.evaluate(base.base, at);
    const { name } = base.identifier;
    if (on.is === "handle" && /^log(Trace|Debug|Info|Warn|Err|Critical)$/.test(name) && args.length === 1) {
      reader.text(args[0], at);
      this.logs = true;
      return next(at);
    }
    if (on.is === "handle" && name === "respond") return this.respond(node, args, at);
    if (on.is === "headers") return next(this.write(name, node, args, at));
    throw new NotUnderstood();
  }

  private callFunction(callee: Known, args: readonly Expression[], at: Point, next: Next): readonly Case[] {
    if (callee.is !== "function" || this.depth >= DEEP) throw new NotUnderstood();
    const { parameters, body } = callee.node;
    if (parameters.length !== args.length) throw new NotUnderstood();
    const values = args.map((argument) => this.reader.evaluate(argument, at));
    const inside = parameters.reduce<Point>((point, parameter, i) => {
      const value = values[i];
      if (parameter.type !== "Identifier" || !value) throw new NotUnderstood();
      return this.reader.bind(point, parameter, value);
    }, at);
    this.depth++;
    const cases = this.run(body, inside, next, next);
    this.depth--;
    return cases;
  }

  /** `respond` never comes back; on the response path it is an error. */
  private respond(node: AnyCall, args: readonly Expression[], at: Point): readonly Case[] {
    const given = args[0] && this.reader.evaluate(args[0], at);
    if (at.direction !== "request" || given?.is !== "table" || args.length > 2) throw new NotUnderstood();
    const headers = new Map([...given.fields].map(([name, value]) => [name.toLowerCase(), this.reader.textOf(value)]));
    const body = args[1] ? this.reader.text(args[1], at) : [];
    const { path, writes } = at;
    return this.end({ path, writes, answer: { headers, body, range: node.range } });
  }

  private write(name: string, node: AnyCall, args: readonly Expression[], at: Point): Point {
    if (name !== "add" && name !== "replace" && name !== "remove") throw new NotUnderstood();
    if (args.length !== (name === "remove" ? 1 : 2)) throw new NotUnderstood();
    const header = this.reader.headerName(args[0], at);
    const value = name === "remove" ? [] : this.reader.text(args[1], at);
    if (value.some((part) => typeof part === "string" && part.includes("\n"))) throw new NotUnderstood();
    const write: HeaderWrite = { operation: name, header, value, range: node.range };
    return { ...at, writes: [...at.writes, write] };
  }
}

function supposing(at: Point, condition: Condition): Point {
  return { ...at, path: [...at.path, condition] };
}
