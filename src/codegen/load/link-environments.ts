import {
  type AnyCall,
  callArguments,
  type Expression,
  type FunctionDeclaration,
  type Identifier,
  isCall,
  type MemberExpression,
  type Node,
  type Statement,
} from "../../lua/ast.js";
import { libraryFunction, pathOf } from "../../lua/callee.js";
import { identifier, type Place } from "../../lua/link-modules.js";
import { resolveScript } from "../../lua/resolve.js";
import type { Binding, FunctionInfo, Script } from "../../lua/script.js";
import { children, walk } from "../../lua/walk.js";
import { become, copyOf, placeOf } from "./rewrite.js";

/**
 * `setfenv` and `getfenv` of a function that is known: the running one (`setfenv(1, t)`) or one that a name stands for. Each function whose
 * environment may be another than `_G` has a variable of its own for it, which begins as that of the function that makes it:
 *
 *     local <environment 1> = _G
 *     <environment 1> = setmetatable({}, { __index = <environment 1>._G })    -- setfenv(1, setmetatable({}, { __index = _G }))
 *     <environment 1>.x = 1                                                   -- x = 1
 *
 * Other calls stay as they are, and are refused.
 */
export function linkEnvironments(script: Script): Script {
  if (!/\b[gs]etfenv\b/.test(script.bytes)) return script;
  if (![...environmentUses(script).values()].some(({ given }) => given)) return script;
  const parsed = copyOf(script);
  const names = resolveScript(parsed);
  const body = new Rewriting(names, environmentUses(names)).chunk();
  return resolveScript({ ...parsed, chunk: { ...parsed.chunk, body } });
}

/** A call of `setfenv` (with what it is `given`) or `getfenv`. */
interface Use {
  readonly inside: FunctionInfo;
  /** Whose environment; none: that of a function of the library. */
  readonly of: FunctionInfo | undefined;
  /** The name of the function, which is what `setfenv` returns. */
  readonly name?: Expression;
  readonly given?: Expression;
}

function environmentUses(script: Script): ReadonlyMap<AnyCall, Use> {
  const uses = new Map<AnyCall, Use>();
  walk(script.chunk, (node, parents) => {
    if (!isCall(node)) return;
    const path = pathOf(script, node.base);
    if (path !== "setfenv" && path !== "getfenv") return;
    const [which, given, ...more] = callArguments(node);
    if (more.length > 0 || (path === "setfenv") !== (given !== undefined)) return;
    const around = parents.findLast((parent) => parent.type === "FunctionDeclaration");
    const inside = around ? (script.functionOf.get(around as FunctionDeclaration) as FunctionInfo) : script.main;
    const isStatement = parents.at(-1)?.type === "CallStatement";
    const isOwn = !which || (which.type === "NumericLiteral" && which.value === 1);
    if (isOwn && (!given || isStatement)) uses.set(node, { inside, of: inside, ...(given && { given }) });
    if (isOwn || !which) return;
    if (!given && (isLibraryFunction(script, which) || (which.type === "NumericLiteral" && which.value === 0)))
      uses.set(node, { inside, of: undefined });
    const named = which.type === "Identifier" ? functionNamed(script, which) : undefined;
    if (named) uses.set(node, { inside, of: named, name: which, ...(given && { given }) });
  });
  return uses;
}

function isLibraryFunction(script: Script, node: Expression): boolean {
  return libraryFunction(pathOf(script, node) ?? "") !== undefined;
}

/** The function that a name always stands for, and of which there is one at a time. */
function functionNamed(script: Script, node: Identifier): FunctionInfo | undefined {
  const binding = script.bindingOf.get(node) as Binding;
  const [only, ...more] = binding.assignments;
  if (more.length > 0 || only?.index !== 0 || only.value?.type !== "FunctionDeclaration") return undefined;
  const fn = script.functionOf.get(only.value);
  const isLocal = only.how === "declaration" && binding.kind !== "global";
  return isLocal || (fn?.parent === script.main && script.chunk.body.includes(only.node as Statement)) ? fn : undefined;
}

class Rewriting {
  /** The variables that hold environments. */
  private readonly variables = new Map<FunctionInfo, string>();
  private readonly place: Place;

  constructor(
    private readonly script: Script,
    private readonly uses: ReadonlyMap<AnyCall, Use>,
  ) {
    const position = { line: 1, column: 0 };
    this.place = { range: [script.ownLength + 1, script.ownLength + 2], loc: { start: position, end: position } };
    const changed = new Set([...uses.values()].flatMap(({ of, given }) => (of && given ? [of] : [])));
    for (const fn of script.functions) {
      const inherits = fn.parent && this.variables.has(fn.parent) && !isLoaded(fn);
      if (changed.has(fn) || inherits) this.variables.set(fn, `environment ${this.variables.size + 1}`);
    }
  }

  chunk(): readonly Statement[] {
    const { script, place } = this;
    const body = this.block(script.chunk.body, script.main);
    const hoisted = [...this.variables].filter(([fn]) => fn === script.main || this.isHoisted(fn));
    const declarations = hoisted.map(
      ([, name]): Statement => ({
        type: "LocalStatement",
        variables: [identifier(name, place)],
        init: [globals(place)],
        ...place,
      }),
    );
    return [check(place), ...declarations, ...body];
  }

  /** A statement of the chunk makes it, so that it is there once: its variable can be seen from everywhere. */
  private isHoisted(fn: FunctionInfo): boolean {
    return this.script.chunk.body.some((statement) => made(statement).includes(fn.node as FunctionDeclaration));
  }

  private environment(fn: FunctionInfo | undefined, place: Place): Expression {
    const name = fn && this.variables.get(fn);
    return name === undefined ? globals(place) : identifier(name, place);
  }

  private block(body: readonly Statement[], inside: FunctionInfo): readonly Statement[] {
    return body.flatMap((statement) => {
      const before = made(statement).flatMap((node) => this.declaration(node, inside));
      this.statement(statement, inside);
      return [...before, statement];
    });
  }

  /** What gives a function that a statement makes the environment that it begins with. */
  private declaration(node: FunctionDeclaration, inside: FunctionInfo): readonly Statement[] {
    const fn = this.script.functionOf.get(node) as FunctionInfo;
    const name = this.variables.get(fn);
    if (name === undefined) return [];
    const place = placeOf(node);
    const parts = { variables: [identifier(name, place)], init: [this.environment(inside, place)], ...place };
    return [{ type: this.isHoisted(fn) ? "AssignmentStatement" : "LocalStatement", ...parts }];
  }

  private statement(statement: Statement, inside: FunctionInfo): void {
    const use = statement.type === "CallStatement" ? this.uses.get(statement.expression) : undefined;
    if (statement.type === "CallStatement" && use?.given && !use.name) {
      const place = placeOf(statement);
      const init = [this.checked(statement.expression, use)];
      become(statement, {
        type: "AssignmentStatement",
        variables: [this.environment(use.of, place) as Identifier],
        init,
        ...place,
      });
      return;
    }
    const own = new Set<Node>(made(statement));
    if (statement.type === "FunctionDeclaration") this.function(statement, inside);
    else this.children(statement, inside, own);
  }

  private children(node: Node, inside: FunctionInfo, own: ReadonlySet<Node> = new Set()): void {
    if ("body" in node && node.type !== "FunctionDeclaration")
      (node as { body: readonly Statement[] }).body = this.block(node.body, inside);
    const statements: ReadonlySet<Node> = new Set("body" in node ? node.body : []);
    for (const child of children(node)) {
      if (statements.has(child)) continue;
      if (own.has(child)) this.function(child as FunctionDeclaration, inside);
      else this.node(child, inside);
    }
  }

  private node(node: Node, inside: FunctionInfo): void {
    const use = isCall(node) ? this.uses.get(node) : undefined;
    if (isCall(node) && use) this.use(node, use);
    else if (node.type === "FunctionDeclaration") this.closure(node, inside);
    else if (node.type === "Identifier") this.name(node, inside);
    else this.children(node, inside);
  }

  private function(node: FunctionDeclaration, inside: FunctionInfo): void {
    if (node.identifier) this.node(node.identifier, inside);
    const fn = this.script.functionOf.get(node) as FunctionInfo;
    (node as { body: readonly Statement[] }).body = this.block(node.body, fn);
  }

  /** `(function(<environment 2>) return function() … end end)(<environment 1>)` */
  private closure(node: FunctionDeclaration, inside: FunctionInfo): void {
    const name = this.variables.get(this.script.functionOf.get(node) as FunctionInfo);
    this.function(node, inside);
    if (name === undefined) return;
    const place = placeOf(node);
    const base = lambda([identifier(name, place)], [returned({ ...node }, place)], place);
    become(node, {
      type: "CallExpression",
      base,
      arguments: [this.environment(inside, place)],
      inParens: true,
      ...place,
    });
  }

  private name(node: Identifier, inside: FunctionInfo): void {
    if (this.variables.has(inside) && this.script.bindingOf.get(node)?.kind === "global" && !this.isRefused(node))
      become(node, this.global(node, inside));
  }

  private global(node: Identifier, inside: FunctionInfo): MemberExpression {
    const { name, ...place } = { name: node.name, ...placeOf(node) };
    const parts = { indexer: ".", base: this.environment(inside, place), identifier: identifier(name, place) } as const;
    return { type: "MemberExpression", ...parts, isGlobal: true, ...place };
  }

  /** A call of them that is not known is refused, whatever the environment. */
  private isRefused({ name }: Identifier): boolean {
    return name === "setfenv" || name === "getfenv";
  }

  private use(call: AnyCall, use: Use): void {
    const place = placeOf(call);
    if (!use.given) {
      const right = this.environment(use.of, place);
      const left = this.found("getfenv", use, place);
      become(call, left ? { type: "LogicalExpression", operator: "and", left, right, ...place } : right);
      return;
    }
    const value = this.checked(call, use);
    const name = use.name as Expression;
    this.node(name, use.inside);
    const given = (): Identifier => identifier("environment given", place);
    const variables = [this.environment(use.of, place) as Identifier];
    const assignment: Statement = { type: "AssignmentStatement", variables, init: [given()], ...place };
    const base = lambda([given()], [assignment, returned(name, place)], place);
    become(call, { type: "CallExpression", base, arguments: [value], inParens: true, ...place });
  }

  /** `<check environment>(<what is found>, t)` */
  private checked(call: AnyCall, use: Use): Expression {
    const place = placeOf(call);
    const value = use.given as Expression;
    this.children({ type: "ReturnStatement", arguments: [value], ...place }, use.inside);
    const found = this.found("setfenv", use, place) ?? { type: "NilLiteral", value: null, ...place };
    return { type: "CallExpression", base: identifier(CHECK, place), arguments: [found, value], ...place };
  }

  /** `<environment 1>.setfenv or <environment 1>.setfenv()`: an environment need not have it; then the call of nil raises. */
  private found(name: string, { inside }: Use, place: Place): Expression | undefined {
    if (!this.variables.has(inside)) return undefined;
    const [left, base] = [0, 1].map(() => this.global(identifier(name, place), inside)) as [Expression, Expression];
    const right: Expression = { type: "CallExpression", base, arguments: [], ...place };
    return { type: "LogicalExpression", operator: "or", left, right, ...place };
  }
}

const CHECK = "check environment";

/** What is loaded begins with the globals; its loader's name holds a space. */
function isLoaded({ node }: FunctionInfo): boolean {
  return (
    node.type === "FunctionDeclaration" && node.identifier?.type === "Identifier" && node.identifier.name.includes(" ")
  );
}

/** The functions that a statement makes and gives a name. */
function made(statement: Statement): readonly FunctionDeclaration[] {
  if (statement.type === "FunctionDeclaration") return [statement];
  if (statement.type !== "LocalStatement" && statement.type !== "AssignmentStatement") return [];
  return statement.init.filter((node) => node.type === "FunctionDeclaration");
}

const globals = (place: Place): Expression => ({ ...identifier("_G", place), isGlobal: true });

const returned = (value: Expression, place: Place): Statement => ({
  type: "ReturnStatement",
  arguments: [value],
  ...place,
});

function lambda(parameters: readonly Identifier[], body: readonly Statement[], place: Place): FunctionDeclaration {
  return { type: "FunctionDeclaration", identifier: null, isLocal: true, parameters, body, ...place };
}

/** `local function <check environment>(_, t) if type(t) ~= "table" then error("…", 2) end return t end` */
function check(place: Place): Statement {
  const given = (): Identifier => identifier("environment given", place);
  const global = (name: string): Expression => ({ ...identifier(name, place), isGlobal: true });
  const call = (name: string, ...args: Expression[]): AnyCall => ({
    type: "CallExpression",
    base: global(name),
    arguments: args,
    ...place,
  });
  const text = (value: string): Expression => ({ type: "StringLiteral", value, raw: "", ...place });
  const join = (left: Expression, right: Expression): Expression => ({
    type: "BinaryExpression",
    operator: "..",
    left,
    right,
    ...place,
  });
  const message = join(
    text("bad argument #2 to 'setfenv' (table expected, got "),
    join(call("type", given()), text(")")),
  );
  const level: Expression = { type: "NumericLiteral", value: 2, raw: "2", ...place };
  const raised: Statement = { type: "CallStatement", expression: call("error", message, level), ...place };
  const condition: Expression = {
    type: "BinaryExpression",
    operator: "~=",
    left: call("type", given()),
    right: text("table"),
    ...place,
  };
  const body: Statement[] = [
    { type: "IfStatement", clauses: [{ type: "IfClause", condition, body: [raised], ...place }], ...place },
    returned(given(), place),
  ];
  const name = identifier(CHECK, place);
  return {
    ...lambda([identifier("setter found", place), given()], body, place),
    identifier: name,
  } as FunctionDeclaration & Statement;
}
