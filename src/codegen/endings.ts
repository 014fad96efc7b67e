import type { Method } from "../envoy/index.js";
import { type AnyCall, isCall, type ReturnStatement, type Statement } from "../lua/ast.js";
import type { Types } from "../lua/infer.js";
import type { Binding, FunctionInfo } from "../lua/script.js";

/**
 * Calls with which the script is over, in functions from which one comes straight back to the host: a `return` behind them does what otherwise takes
 * an exception (some 10 µs in Envoy). True where that `return` has to be written, false where the function ends there by itself.
 */
export type Endings = ReadonlyMap<AnyCall, boolean>;

/**
 * `handle:respond(…)` as a statement of a function that the host calls; and in a plain function that always ends so, called in the same way alone:
 *
 *     local function deny(handle) handle:respond({[":status"] = "403"}) end
 *     function envoy_on_request(handle) if … then deny(handle) end … end
 */
export function findEndings(types: Types<Method>, handlers: Iterable<FunctionInfo>): Endings {
  const hostCalled = new Set(handlers);
  let enders = new Map([...types.direct].filter(([, fn]) => !hostCalled.has(fn) && types.resultMode(fn) === "none"));
  for (;;) {
    const search = new Search(types, new Set(enders.values()));
    for (const fn of [...hostCalled, ...enders.values()]) search.enter(fn);
    const still = new Map(
      [...enders].filter(([binding, fn]) => search.alwaysEnds(fn) && search.calls(fn) === callsOf(binding)),
    );
    if (still.size === enders.size) return search.found;
    enders = still;
  }
}

function callsOf({ references }: Binding): number {
  return references.length;
}

/** Looks for ending calls, taking it that `enders` are functions that always end the script. */
class Search {
  readonly found = new Map<AnyCall, boolean>();
  private readonly returns = new Set<ReturnStatement>();

  constructor(
    private readonly types: Types<Method>,
    private readonly enders: ReadonlySet<FunctionInfo>,
  ) {}

  enter({ node }: FunctionInfo): void {
    this.block(node.body, true);
  }

  /** How many ending calls of `fn` there are. */
  calls(fn: FunctionInfo): number {
    const callees = [...this.found.keys()].map((call) => this.types.callee(call));
    return callees.filter((callee) => callee.kind === "direct" && callee.fn === fn).length;
  }

  alwaysEnds({ node, returns }: FunctionInfo): boolean {
    return this.blockEnds(node.body) && returns.every((statement) => this.returns.has(statement));
  }

  /** @param isLast nothing of the function comes after the block */
  private block(statements: readonly Statement[], isLast: boolean): void {
    for (const [i, statement] of statements.entries()) this.statement(statement, statements[i + 1], isLast);
  }

  private statement(statement: Statement, next: Statement | undefined, isLast: boolean): void {
    const isOver = next === undefined ? isLast : isBareReturn(next);
    switch (statement.type) {
      case "CallStatement":
        if (!this.isEnding(statement.expression)) return;
        this.found.set(statement.expression, !isOver);
        if (next && isBareReturn(next)) this.returns.add(next);
        return;
      case "ReturnStatement": {
        const [value, ...more] = statement.arguments;
        if (!value || more.length > 0 || !isCall(value) || value.inParens || !this.isEnding(value)) return;
        this.found.set(value, false);
        this.returns.add(statement);
        return;
      }
      case "IfStatement":
        for (const { body } of statement.clauses) this.block(body, isOver);
        return;
      case "DoStatement":
        this.block(statement.body, isOver);
        return;
      case "WhileStatement":
      case "RepeatStatement":
      case "ForNumericStatement":
      case "ForGenericStatement":
        this.block(statement.body, false);
    }
  }

  private blockEnds(statements: readonly Statement[]): boolean {
    const last = statements.at(-1);
    switch (last?.type) {
      case "CallStatement":
        return this.isEnding(last.expression);
      case "ReturnStatement":
        return this.returns.has(last);
      case "IfStatement":
        return last.clauses.at(-1)?.type === "ElseClause" && last.clauses.every(({ body }) => this.blockEnds(body));
      case "DoStatement":
        return this.blockEnds(last.body);
      default:
        return false;
    }
  }

  private isEnding(call: AnyCall): boolean {
    const callee = this.types.callee(call);
    if (callee.kind === "method") return callee.method.yields === "forever";
    return callee.kind === "direct" && this.enders.has(callee.fn);
  }
}

function isBareReturn(statement: Statement): statement is ReturnStatement {
  return statement.type === "ReturnStatement" && statement.arguments.length === 0;
}
