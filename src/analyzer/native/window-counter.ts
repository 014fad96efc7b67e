import type { AnyCall, Expression, FunctionDeclaration, IfStatement, Statement } from "../../lua/ast.js";
import { callArguments, isCall } from "../../lua/ast.js";
import type { Binding, Script } from "../../lua/script.js";

/** At most `limit` requests in a window of so many seconds; the others are answered 429. */
export interface WindowCounter {
  readonly limit: number;
  readonly seconds: number;
  readonly refusal: AnyCall;
}

/**
 * A script that is one counter and nothing else:
 *
 *     local count, start = 0, 0
 *     function envoy_on_request(handle)
 *       local now = os.time()
 *       if now - start >= 60 then start = now; count = 0 end
 *       count = count + 1
 *       if count > 100 then handle:respond({[":status"] = "429"}, "slow down") end
 *     end
 *
 * @returns undefined when anything else is in it
 */
export function readWindowCounter(script: Script, hook: FunctionDeclaration): WindowCounter | undefined {
  const [clock, reset, ...rest] = hook.body;
  if (rest.length !== 2 || !clock || !reset || !holdsOnlyStarts(script, hook)) return undefined;
  const now = clockOf(script, clock);
  const window = now && resetOf(script, reset, now);
  if (!window) return undefined;
  const count = (statement: Statement | undefined): boolean => isIncrement(script, statement, window.count);
  const [first, second] = rest;
  const refusal = refusalOf(script, count(first) ? second : first, window.count);
  if (!refusal || (!count(first) && !count(second))) return undefined;
  // Counted first, the request itself is among them; `count > limit` before counting lets one more through.
  const limit = count(first) ? refusal.atMost : refusal.atMost + 1;
  const owned = isOwned(script, window.count, 2) && isOwned(script, window.start, 1);
  return owned && limit > 0 ? { limit, seconds: window.seconds, refusal: refusal.call } : undefined;
}

/** Nothing on the top level but numbers and the hook. */
function holdsOnlyStarts({ chunk, functions }: Script, hook: FunctionDeclaration): boolean {
  const isStart = (statement: Statement): boolean =>
    statement === hook ||
    ((statement.type === "LocalStatement" || statement.type === "AssignmentStatement") &&
      statement.init.every(({ type }) => type === "NumericLiteral") &&
      statement.init.length === statement.variables.length &&
      statement.variables.every(({ type }) => type === "Identifier"));
  return functions.length === 2 && chunk.body.every(isStart);
}

/** Set where the script is loaded, and then only in the places that were read. */
function isOwned(script: Script, { assignments }: Binding, places: number): boolean {
  return assignments[0]?.inside === script.main && assignments.length === 1 + places;
}

/** `local now = os.time()` */
function clockOf({ bindingOf, globals }: Script, statement: Statement): Binding | undefined {
  if (statement.type !== "LocalStatement" || statement.variables.length !== 1 || statement.init.length !== 1)
    return undefined;
  const [variable] = statement.variables;
  const [call] = statement.init;
  const isTime =
    call?.type === "CallExpression" &&
    call.arguments.length === 0 &&
    call.base.type === "MemberExpression" &&
    call.base.indexer === "." &&
    call.base.identifier.name === "time" &&
    call.base.base.type === "Identifier" &&
    call.base.base.name === "os" &&
    globals.get("os")?.assignments.length === 0;
  return isTime && variable ? bindingOf.get(variable) : undefined;
}

interface Window {
  readonly count: Binding;
  readonly start: Binding;
  readonly seconds: number;
}

/** `if now - start >= 60 then start = now; count = 0 end` */
function resetOf(script: Script, statement: Statement, now: Binding): Window | undefined {
  const clause = onlyClause(statement);
  if (clause?.condition.type !== "BinaryExpression") return undefined;
  const { operator, left, right } = clause.condition;
  if (left.type !== "BinaryExpression" || left.operator !== "-" || binding(script, left.left) !== now) return undefined;
  const start = binding(script, left.right);
  const given = numberOf(script, right);
  if (!start || given === undefined || (operator !== ">=" && operator !== ">")) return undefined;
  const assigned = new Map(clause.body.map((one) => assignmentOf(script, one) ?? ([undefined, undefined] as const)));
  const others = [...assigned.keys()].filter((one) => one !== start);
  const [count] = others;
  if (assigned.size !== 2 || clause.body.length !== 2 || !count || others.length !== 1) return undefined;
  const [starts, counts] = [assigned.get(start), assigned.get(count)];
  if (!starts || binding(script, starts) !== now || counts?.type !== "NumericLiteral" || counts.value !== 0)
    return undefined;
  // `os.time` counts whole seconds.
  return { count, start, seconds: operator === ">=" ? Math.ceil(given) : Math.floor(given) + 1 };
}

function onlyClause(
  statement: Statement,
): Extract<IfStatement["clauses"][number], { condition: Expression }> | undefined {
  if (statement.type !== "IfStatement" || statement.clauses.length !== 1) return undefined;
  const [clause] = statement.clauses;
  return clause?.type === "IfClause" ? clause : undefined;
}

function assignmentOf(script: Script, statement: Statement): readonly [Binding | undefined, Expression] | undefined {
  if (statement.type !== "AssignmentStatement" || statement.variables.length !== 1) return undefined;
  const [target] = statement.variables;
  const [value] = statement.init;
  return target?.type === "Identifier" && value && statement.init.length === 1
    ? [script.bindingOf.get(target), value]
    : undefined;
}

/** `count = count + 1` */
function isIncrement(script: Script, statement: Statement | undefined, count: Binding): boolean {
  const [target, value] = (statement && assignmentOf(script, statement)) ?? [];
  return (
    target === count &&
    value?.type === "BinaryExpression" &&
    value.operator === "+" &&
    binding(script, value.left) === count &&
    value.right.type === "NumericLiteral" &&
    value.right.value === 1
  );
}

/** `if count > 100 then handle:respond({[":status"] = "429"}, …) end` */
function refusalOf(
  script: Script,
  statement: Statement | undefined,
  count: Binding,
): { readonly atMost: number; readonly call: AnyCall } | undefined {
  const clause = statement && onlyClause(statement);
  if (clause?.condition.type !== "BinaryExpression") return undefined;
  const { operator, left, right } = clause.condition;
  const given = numberOf(script, right);
  if (binding(script, left) !== count || given === undefined || !Number.isInteger(given)) return undefined;
  if (operator !== ">" && operator !== ">=") return undefined;
  const [only, ...others] = clause.body;
  const call = only?.type === "CallStatement" ? only.expression : undefined;
  if (!call || others.length > 0 || !isTooMany(call)) return undefined;
  return { atMost: operator === ">" ? given : given - 1, call };
}

/** `handle:respond` with 429 and no headers of its own. */
function isTooMany(call: AnyCall): boolean {
  const { base } = call;
  const [headers, body, ...more] = callArguments(call);
  const isRespond = base.type === "MemberExpression" && base.indexer === ":" && base.identifier.name === "respond";
  if (!isRespond || base.base.type !== "Identifier" || headers?.type !== "TableConstructorExpression") return false;
  if (more.length > 0 || (body && (isCall(body) || body.type !== "StringLiteral"))) return false;
  const [status, ...others] = headers.fields;
  return (
    others.length === 0 &&
    status?.type === "TableKey" &&
    status.key.type === "StringLiteral" &&
    status.key.value === ":status" &&
    (status.value.type === "StringLiteral" || status.value.type === "NumericLiteral") &&
    String(status.value.value) === "429"
  );
}

function binding({ bindingOf }: Script, node: Expression): Binding | undefined {
  return node.type === "Identifier" ? bindingOf.get(node) : undefined;
}

/** A number, or a variable that is always the same number. */
function numberOf(script: Script, node: Expression): number | undefined {
  if (node.type === "NumericLiteral") return node.value;
  const [assignment, ...others] = binding(script, node)?.assignments ?? [];
  return assignment?.value?.type === "NumericLiteral" && others.length === 0 && assignment.index === 0
    ? assignment.value.value
    : undefined;
}
