import type { AnyCall, Chunk, FunctionDeclaration, Identifier, Node, Statement } from "../../lua/ast.js";
import type { Binding, Script } from "../../lua/script.js";
import { CallSummaries } from "./call-summaries.js";
import type { Facts, Fault, Where } from "./facts.js";
import { FlowState, joinStates } from "./flow-state.js";
import { ANY, NIL, type Value } from "./value.js";
import { ValueKeys } from "./value-keys.js";

/** Expressions evaluated before tracking gives up on a script: about a second. */
const BUDGET = 100_000;
/** Functions inside functions that are followed. */
const DEPTH = 16;

/** One function being followed. */
export interface Frame {
  readonly node: FunctionDeclaration | Chunk;
  readonly returns: { readonly state: FlowState; readonly values: readonly Value[]; readonly open: boolean }[];
  /** Stack of the loops around the current statement: the states at their `break`s. */
  readonly breaks: FlowState[][];
  readonly gotos: Map<string, FlowState[]>;
  readonly varargs: readonly Value[];
}

type Lists = { [K in keyof Facts as Facts[K] extends readonly unknown[] ? K : never]: Facts[K] };

/** Where value tracking stands: the state at the current point of the script and what was found so far. */
export class Tracker {
  /** Undefined where nothing comes: after `return`, `error`, `respond`. */
  now: FlowState | undefined = new FlowState();
  phase: Where["phase"] = "load";
  loops = 0;
  caught = 0;
  callbacks = 0;
  /** The call that ended the path (`respond` or a function that always responds). */
  endedBy: Node | undefined;
  /** While a condition is looked at: the values it mentions. */
  mentions: Value[] | undefined;
  readonly chain: AnyCall[] = [];
  readonly frames: Frame[] = [];
  readonly reached = new Set<FunctionDeclaration>();
  /** Library tables to which the script adds fields (`function string.fromhex(s)`), and what it adds. */
  readonly extendedLibraries = new Set<string>();
  readonly libraryAdditions = new Map<string, Value>();
  readonly visited = new Set<Statement>();
  /** The loops around the declaration of a local that was passed last: it begins anew in each of their rounds. */
  readonly loopsAround = new Map<Binding, number>();
  readonly summaries = new CallSummaries(this);
  readonly maxDepth = DEPTH;
  readonly keys = new ValueKeys();
  complete = true;
  private steps = 0;
  private readonly log = new Map<keyof Lists, Map<unknown, unknown>>();

  /** Locals that outlive their function's call. */
  readonly captured: ReadonlySet<Binding>;

  /** `_G.name = …`, `rawset(_G, …)`, `setfenv`: names may be defined that no assignment shows. */
  readonly setsGlobalsByName: boolean;

  constructor(readonly script: Script) {
    this.setsGlobalsByName = ["_G", "setfenv", "module"].some((name) => script.globals.has(name));
    this.captured = new Set(script.functions.flatMap(({ captures }) => [...captures]));
  }

  get freshKey(): () => string {
    return this.keys.fresh;
  }

  /** False when the script is too large to be followed further. */
  step(): boolean {
    if (++this.steps <= BUDGET) return true;
    this.complete = false;
    return false;
  }

  get depth(): number {
    return this.chain.length;
  }

  canEnter(node: FunctionDeclaration): boolean {
    return this.depth < DEPTH && this.frames.filter((frame) => frame.node === node).length < 2 && this.step();
  }

  get frame(): Frame {
    return this.frames.at(-1) as Frame;
  }

  where(): Where {
    return {
      phase: this.phase,
      guarded: this.now?.guarded ?? true,
      loops: this.loops,
      caught: this.caught > 0,
      callback: this.callbacks > 0,
      chain: [...this.chain],
    };
  }

  /** Runs `body` from `state` and gives the state at its end; the current state is left as it was. */
  from(state: FlowState | undefined, body: () => void): FlowState | undefined {
    const before = this.now;
    this.now = state;
    body();
    const after = this.now;
    this.now = before;
    return after;
  }

  join(a: FlowState | undefined, b: FlowState | undefined): FlowState | undefined {
    return joinStates(a, b, this.keys);
  }

  /**
   * Notes a fact about a place. A place that is met again (a function called twice, a loop's second round) keeps the entry that
   * claims more: reached rather than not, not suspect, not caught.
   */
  note<K extends keyof Lists>(list: K, at: unknown, fact: Lists[K][number]): void {
    const entries = this.log.get(list) ?? new Map<unknown, unknown>();
    this.log.set(list, entries);
    const before = entries.get(at) as Lists[K][number] | undefined;
    if (before === undefined || strength(fact) > strength(before)) entries.set(at, fact);
  }

  noted<K extends keyof Lists>(list: K): Lists[K] {
    return [...(this.log.get(list)?.values() ?? [])] as unknown as Lists[K];
  }

  fault(fault: Omit<Fault, "suspect" | "where">): void {
    const { now } = this;
    if (!now) return;
    const suspect = now.isSuspect(fault.value);
    this.note("faults", `${key(fault.operand)}${fault.operation}${fault.detail.argument ?? ""}`, {
      ...fault,
      suspect,
      where: this.where(),
    });
    // Whoever gets past this place had a value of the right kind.
    if (fault.problem !== "type") now.learn(fault.value, ~NIL & ANY);
  }

  /** Faults when `value` may be nil for a known reason, or certainly has none of the `accepted` types. */
  expect(
    accepted: number,
    value: Value,
    operand: Node,
    node: Node,
    operation: Fault["operation"],
    detail: Fault["detail"] = {},
  ): void {
    const { now } = this;
    if (!now) return;
    const types = now.typesOf(value);
    if (types === 0) return;
    if (types & NIL && !(accepted & NIL)) {
      if (value.nil) this.fault({ operation, node, operand, value, problem: value.maybeNone ? "none" : "nil", detail });
      return;
    }
    if ((types & accepted) === 0) this.fault({ operation, node, operand, value, problem: "type", detail });
  }

  mention(value: Value): Value {
    this.mentions?.push(value);
    return value;
  }

  bindingOf(identifier: Identifier): Binding | undefined {
    return this.script.bindingOf.get(identifier);
  }

  /** Lives longer than a request: a global, or a local of the chunk that functions use. */
  outlives(binding: Binding): boolean {
    return binding.kind === "global" || binding.owner === this.script.main;
  }
}

/** Ranges are unique per node but for a call statement and its call, which are never both operands. */
function key(node: Node): string {
  return `${node.range[0]}-${node.range[1]}`;
}

function strength(fact: unknown): number {
  const { where, suspect, suspendedBetween } = fact as Partial<Fault> & { suspendedBetween?: unknown };
  let sum = 0;
  if (where && where.phase !== "unreached") sum += 8;
  if (where && !where.caught) sum += 4;
  if (suspect === false) sum += 2;
  if (suspendedBetween) sum += 2;
  if (where && !where.guarded) sum += 0.5;
  if (where) sum += Math.min(where.loops, 4) / 16;
  return sum;
}
