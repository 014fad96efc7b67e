import type {
  AssignmentStatement,
  AssignmentTarget,
  Chunk,
  Expression,
  ForGenericStatement,
  ForNumericStatement,
  FunctionDeclaration,
  Identifier,
  IfStatement,
  LocalStatement,
  Node,
  RepeatStatement,
  Statement,
  WhileStatement,
} from "../../lua/ast.js";
import type { Binding } from "../../lua/script.js";
import { evaluateCall } from "./calls.js";
import { branch } from "./conditions.js";
import { evaluate, evaluateArguments, evaluateList, readVariable } from "./expressions.js";
import type { FlowState } from "./flow-state.js";
import type { Frame, Tracker } from "./tracker.js";
import { any, FUNCTION, NIL, NUMBER, nothing, STRING, TABLE, TRUTHY, USERDATA, type Value } from "./value.js";

/** Follows the body of a function from the current state. @returns one entry per way out */
export function runBody(t: Tracker, node: FunctionDeclaration | Chunk, varargs: readonly Value[]): Frame["returns"] {
  const frame: Frame = { node, returns: [], breaks: [], gotos: new Map(), varargs };
  t.frames.push(frame);
  runBlock(t, node.body);
  if (t.now) frame.returns.push({ state: t.now, values: [], open: false });
  t.frames.pop();
  return frame.returns;
}

function runBlock(t: Tracker, statements: readonly Statement[]): void {
  for (const statement of statements) {
    if (!t.now && statement.type !== "LabelStatement") {
      if (t.endedBy && statement.type !== "ReturnStatement" && statement.type !== "BreakStatement") {
        t.note("unreachable", statement, { statement, after: t.endedBy });
      }
      return;
    }
    t.visited.add(statement);
    runStatement(t, statement);
  }
}

function runStatement(t: Tracker, node: Statement): void {
  if (!t.step()) return;
  switch (node.type) {
    case "LocalStatement":
      runLocal(t, node);
      return;
    case "AssignmentStatement":
      runAssignment(t, node);
      return;
    case "CallStatement":
      t.endedBy = undefined;
      evaluateCall(t, node.expression, true);
      return;
    case "FunctionDeclaration":
      declareFunction(t, node);
      return;
    case "IfStatement":
      runIf(t, node);
      return;
    case "WhileStatement":
      runWhile(t, node);
      return;
    case "RepeatStatement":
      runRepeat(t, node);
      return;
    case "ForNumericStatement": {
      for (const bound of [node.start, node.end, ...(node.step ? [node.step] : [])])
        t.expect(NUMBER | STRING, evaluate(t, bound), bound, node, "arithmetic");
      runLoop(t, () => declare(t, node.variable, { types: NUMBER }), node.body, { few: isShort(node) });
      return;
    }
    case "ForGenericStatement":
      runForGeneric(t, node);
      return;
    case "DoStatement":
      runBlock(t, node.body);
      return;
    case "ReturnStatement": {
      const { values, open } = evaluateList(t, node.arguments);
      if (t.now) t.frame.returns.push({ state: t.now, values, open });
      end(t);
      return;
    }
    case "BreakStatement":
      if (t.now) t.frame.breaks.at(-1)?.push(t.now);
      end(t);
      return;
    case "GotoStatement": {
      const waiting = t.frame.gotos.get(node.label.name) ?? [];
      if (t.now) t.frame.gotos.set(node.label.name, [...waiting, t.now]);
      end(t);
      return;
    }
    case "LabelStatement":
      for (const state of t.frame.gotos.get(node.label.name) ?? []) t.now = t.join(t.now, state);
      t.frame.gotos.delete(node.label.name);
      return;
  }
}

function end(t: Tracker): void {
  t.now = undefined;
  t.endedBy = undefined;
}

function runLocal(t: Tracker, node: LocalStatement): void {
  const { values, open } = evaluateList(t, node.init);
  for (const [i, variable] of node.variables.entries()) {
    const binding = t.bindingOf(variable);
    if (!binding) continue;
    const value = values[i] ?? (open ? any : nothing({ kind: "unassigned", binding, at: node }));
    t.loopsAround.set(binding, t.loops);
    store(t, binding, leaked(t, node.init[i], value));
  }
}

function declare(t: Tracker, variable: Identifier, value: Value): void {
  const binding = t.bindingOf(variable);
  if (binding) store(t, binding, value);
}

function store(t: Tracker, binding: Binding, value: Value): void {
  const { maybeNone: _, ...single } = value;
  t.summaries.write(binding);
  t.now?.values.set(
    binding,
    single.key === undefined && single.constant === undefined ? { ...single, key: t.freshKey() } : single,
  );
}

/** A table that gets a second name may be changed under either: what is missing in it is no longer known to be missing. */
function leaked(t: Tracker, node: Expression | undefined, value: Value): Value {
  if (!value.table?.closed || node?.type !== "Identifier") return value;
  const open = { ...value, table: { ...value.table, closed: false } };
  const binding = t.bindingOf(node);
  if (!binding) return open;
  t.summaries.write(binding);
  t.now?.values.set(binding, open);
  return open;
}

function runAssignment(t: Tracker, node: AssignmentStatement): void {
  for (const target of node.variables) if (target.type !== "Identifier") evaluateTarget(t, target);
  const { values, open } = evaluateList(t, node.init);
  noteGrowth(t, node);
  for (const [i, target] of node.variables.entries()) {
    const value = values[i] ?? (open ? any : nothing({ kind: "nilLiteral", at: node }));
    assign(t, target, leaked(t, node.init[i], value), node);
  }
}

function evaluateTarget(t: Tracker, target: Exclude<AssignmentTarget, Identifier>): void {
  const base = target.base.type === "Identifier" ? readVariable(t, target.base, "indexed") : evaluate(t, target.base);
  t.expect(TABLE, base, target.base, target, "index");
}

/** `s = s .. x` in a loop that `s` outlives; not `s .. "="`, which fills up what is nearly long enough. */
function noteGrowth(t: Tracker, node: AssignmentStatement): void {
  const [target] = node.variables;
  const [value] = node.init;
  if (target?.type !== "Identifier" || value?.type !== "BinaryExpression" || value.operator !== "..") return;
  let left: Expression = value;
  let isPadding = true;
  while (left.type === "BinaryExpression" && left.operator === "..") {
    if (left.right.type !== "StringLiteral") isPadding = false;
    left = left.left;
  }
  const binding = t.bindingOf(target);
  if (
    isPadding ||
    !binding ||
    t.loops <= (t.loopsAround.get(binding) ?? 0) ||
    left.type !== "Identifier" ||
    t.bindingOf(left) !== binding
  )
    return;
  t.note("concatenations", node, { node, binding, where: t.where() });
}

function assign(t: Tracker, target: AssignmentTarget, value: Value, statement: Node): void {
  if (!t.now) return;
  if (target.type === "Identifier") {
    const binding = t.bindingOf(target);
    if (!binding) return;
    noteWrite(t, binding, target, value, statement);
    store(t, binding, value);
    return;
  }
  const key = target.type === "MemberExpression" ? target.identifier.name : evaluate(t, target.index).constant;
  const base = target.base.type === "Identifier" ? t.bindingOf(target.base) : undefined;
  if (base) t.summaries.write(base);
  noteKeyedWrite(t, target, base, value);
  noteLibraryAddition(t, target, value);
  const held = base && t.now.values.get(base);
  if (!held?.table || !base) return;
  const fields = new Map(held.table.fields);
  let { closed } = held.table;
  if (key === undefined) closed = false;
  else fields.set(String(key), value);
  if (held.key !== undefined && key !== undefined) t.now.known.delete(`${held.key}.${String(key)}`);
  t.now.values.set(base, {
    ...held,
    table: { ...held.table, fields, closed, other: key === undefined ? undefined : held.table.other },
  });
}

function noteLibraryAddition(t: Tracker, target: AssignmentTarget, value: Value): void {
  if (target.type !== "MemberExpression" || target.base.type !== "Identifier") return;
  const binding = t.bindingOf(target.base);
  if (binding?.kind !== "global" || binding.assignments.length > 0) return;
  t.extendedLibraries.add(target.base.name);
  t.libraryAdditions.set(`${target.base.name}.${target.identifier.name}`, value);
}

function noteKeyedWrite(
  t: Tracker,
  target: Exclude<AssignmentTarget, Identifier>,
  table: Binding | undefined,
  value: Value,
): void {
  if (t.phase === "load" || !table || !t.outlives(table)) return;
  const key =
    target.type === "IndexExpression" ? evaluate(t, target.index) : { types: STRING, constant: target.identifier.name };
  t.note("keyedWrites", target, { node: target, table, key, value, where: t.where() });
}

function noteWrite(t: Tracker, binding: Binding, target: Identifier, value: Value, statement: Node): void {
  if (t.phase === "load" || !t.now || !t.outlives(binding)) return;
  const increments = statement.type === "AssignmentStatement" && isIncrement(statement, target);
  t.note("writes", target, { binding, node: target, value, where: t.where(), increments });
  t.now.sharedWrites.set(binding, { node: target, waits: t.now.waits });
}

/** `n = n + 1`, `n = (n or 0) + 1`. */
function isIncrement(node: AssignmentStatement, target: Identifier): boolean {
  const [value] = node.init;
  if (value?.type !== "BinaryExpression" || (value.operator !== "+" && value.operator !== "-")) return false;
  const { left } = value;
  const variable = left.type === "LogicalExpression" ? left.left : left;
  return variable.type === "Identifier" && variable.name === target.name;
}

function declareFunction(t: Tracker, node: FunctionDeclaration): void {
  const value: Value = { types: FUNCTION, callees: [{ kind: "script", node }] };
  if (!node.identifier) return;
  if (node.identifier.type === "MemberExpression") evaluateTarget(t, node.identifier);
  assign(t, node.identifier, value, node);
}

function runIf(t: Tracker, node: IfStatement): void {
  const guardedBefore = t.now?.guarded ?? true;
  let after: FlowState | undefined;
  let leaves = false;
  for (const clause of node.clauses) {
    if (!t.now) break;
    let otherwise: FlowState | undefined;
    if (clause.type !== "ElseClause") {
      const outcome = branch(t, clause.condition);
      t.now = outcome.truthy;
      otherwise = outcome.falsy;
    }
    if (t.now) {
      t.now.guarded = true;
      runBlock(t, clause.body);
      if (!t.now) leaves = true;
      after = t.join(after, t.now);
    }
    t.now = otherwise;
  }
  t.now = t.join(after, t.now);
  if (t.now) t.now.guarded = guardedBefore || leaves;
  if (!t.now && !leaves) return;
  t.endedBy = t.now ? undefined : t.endedBy;
}

function runWhile(t: Tracker, node: WhileStatement): void {
  let exits: FlowState | undefined;
  t.frame.breaks.push([]);
  t.loops++;
  for (let round = 0; round < 2 && t.now; round++) {
    const start = t.now.copy();
    const outcome = branch(t, node.condition);
    exits = t.join(exits, outcome.falsy);
    t.now = outcome.truthy;
    if (t.now) t.now.guarded = true;
    runBlock(t, node.body);
    t.now = t.join(start, t.now);
  }
  if (t.now) exits = t.join(exits, branch(t, node.condition).falsy);
  t.loops--;
  for (const state of t.frame.breaks.pop() ?? []) exits = t.join(exits, state);
  t.now = exits;
}

function runRepeat(t: Tracker, node: RepeatStatement): void {
  let exits: FlowState | undefined;
  t.frame.breaks.push([]);
  t.loops++;
  for (let round = 0; round < 2 && t.now; round++) {
    runBlock(t, node.body);
    if (!t.now) break;
    const outcome = branch(t, node.condition);
    exits = t.join(exits, outcome.truthy);
    t.now = outcome.falsy;
  }
  t.loops--;
  for (const state of t.frame.breaks.pop() ?? []) exits = t.join(exits, state);
  t.now = exits;
}

interface Loop {
  /** A handful of rounds, written down in the script: does not count as a loop for what costs. */
  readonly few?: boolean;
  /** Changes the state in which the loop ends by itself, rather than by `break`. */
  readonly runsOut?: (state: FlowState) => void;
}

const FEW_ROUNDS = 16;

function isShort({ start, end }: ForNumericStatement): boolean {
  if (start.type !== "NumericLiteral" || end.type !== "NumericLiteral") return false;
  return Math.abs(end.value - start.value) < FEW_ROUNDS;
}

/** A `for` loop: no round at all, or several. */
function runLoop(t: Tracker, begin: () => void, body: readonly Statement[], loop: Loop): void {
  let exits = t.now?.copy();
  t.frame.breaks.push([]);
  if (!loop.few) t.loops++;
  for (let round = 0; round < 2 && t.now; round++) {
    const start = t.now.copy();
    begin();
    runBlock(t, body);
    exits = t.join(exits, t.now?.copy());
    t.now = t.join(start, t.now);
  }
  if (!loop.few) t.loops--;
  const guarded = t.now?.guarded ?? exits?.guarded ?? true;
  if (exits) loop.runsOut?.(exits);
  for (const state of t.frame.breaks.pop() ?? []) exits = t.join(exits, state);
  t.now = exits;
  if (t.now) t.now.guarded = guarded;
  t.endedBy = undefined;
}

function runForGeneric(t: Tracker, node: ForGenericStatement): void {
  const { list } = evaluateArguments(t, node.iterators);
  const iterator = list[0]?.value ?? any;
  const first = node.iterators[0];
  if (!t.now) return;
  if (first) t.expect(FUNCTION | TABLE | USERDATA, iterator, first, node, "iterate");
  const [callee] = iterator.callees ?? [];
  const items = callee?.kind === "iterator" ? callee.item : itemsOfNext(iterator, list[1]?.value);
  const over = callee?.kind === "iterator" ? callee.over : undefined;
  const readsHeaders = callee?.kind === "iterator" && callee.of === "pairs" && over?.object?.name === "Headers";
  const readsChunks = callee?.kind === "iterator" && callee.of === "bodyChunks";
  if (readsHeaders && t.now) t.now.message = { ...t.now.message, iterating: node };
  const begin = (): void => {
    if (!t.now) return;
    if (readsChunks) {
      t.now.suspend(node);
      t.now.message = { ...t.now.message, headersGone: node, bodyStreamed: node };
    }
    for (const [i, variable] of node.variables.entries()) {
      const { key: _, nil: __, ...item } = items[i] ?? any;
      declare(t, variable, items[i] ? { ...item, types: item.types & ~NIL } : item);
    }
  };
  const runsOut = (state: FlowState): void => {
    // A loop over headers that is left by `break` stays open; one that runs out is closed.
    if (readsHeaders) state.message = { ...state.message, iterating: undefined };
    if (readsChunks) state.message = { ...state.message, headersGone: node, bodyStreamed: node };
  };
  runLoop(t, begin, node.body, { runsOut });
}

/** `for k, v in next, t do`. */
function itemsOfNext(iterator: Value, over: Value | undefined): readonly Value[] {
  const isNext = iterator.callees?.some((callee) => callee.kind === "library" && callee.name === "next");
  if (!isNext) return [{ types: TRUTHY | 4 }];
  const sources = over?.sources;
  return [{ types: TRUTHY | 4 }, { types: TRUTHY | 4, ...(sources && { sources }) }];
}
