// The script's module-level variables. Several plugin configurations (root contexts) can share one VM, and each has globals of
// its own: the active one's are in the variables, those of the others in a block each.
//
// The generated entry names every variable once, in one function, through which they are all saved, loaded and marked:
//
//     function visit(s: State): void { counter = s.value(counter); names = s.table(names); … }
import { allocPermanent } from "./memory/arena";
import { markValue, markValues } from "./memory/collect";
import { Closure } from "./closure";
import { EMPTY, Str } from "./str";
import { Table } from "./table";
import { boolean, fn, isNil, nil, number, optional, optionalTable, toBoolean, toNumber, Value } from "./value";

/** What a visit does. */
const COUNT: u32 = 0;
const RESET: u32 = 1;
const SAVE: u32 = 2;
const LOAD: u32 = 3;
const MARK: u32 = 4;

/** Hands every variable through: each method returns what the variable is to be. */
// @ts-ignore: decorator
@unmanaged
export class State {
  private mode: u32;
  /** Where in the block the next variable is. */
  private at: usize;

  start(mode: u32, block: usize): State {
    this.mode = mode;
    this.at = block;
    return this;
  }

  get position(): usize {
    return this.at;
  }

  value(v: Value): Value {
    const at = this.at;
    this.at = at + 8;
    switch (this.mode) {
      case RESET:
        return nil;
      case SAVE:
        store<u64>(at, v);
        return v;
      case LOAD:
        return load<u64>(at);
      case MARK:
        markValue(v);
    }
    return v;
  }

  number(n: f64): f64 {
    const v = this.value(number(n));
    return isNil(v) ? 0 : toNumber(v);
  }

  boolean(b: bool): bool {
    return toBoolean(this.value(boolean(b)));
  }

  string(s: Str): Str {
    const v = this.optionalString(s);
    return changetype<usize>(v) ? changetype<Str>(v) : EMPTY;
  }

  optionalString(s: Str | null): Str | null {
    return changetype<Str | null>(<usize>this.value(optional(s)));
  }

  /** null before it is set. */
  table(t: Table | null): Table {
    return changetype<Table>(<usize>this.value(optionalTable(t)));
  }

  /** null before it is set. */
  closure(f: Closure | null): Closure {
    return changetype<Closure>(<usize>this.value(changetype<usize>(f) ? fn(changetype<Closure>(f)) : nil));
  }

  /** A box, a list of values, anything else of the heap; null before it is set. */
  object<T>(o: T): T {
    return changetype<T>(<usize>this.value(changetype<usize>(o) ? fn(changetype<Closure>(o)) : nil));
  }
}

/** A root context and, while it is not the active one, its variables behind the header. */
// @ts-ignore: decorator
@unmanaged
class Root {
  next: Root | null;
  context: u32;
}
const HEADER: usize = offsetof<Root>();

const state = changetype<State>(memory.data(8, 8));

/** The function `visit` of the table. */
let visitor: u32 = 0;
/** A function `(): void` of the table that calls `addRootRange` for whatever else refers to objects. */
let otherRoots: u32 = 0;

let roots: Root | null = null;
let active: Root | null = null;
let activeContext: u32 = 0;

// @ts-ignore: decorator
@lazy let freeRoots: Root | null = null;

export function setVisitor(index: u32): void {
  visitor = index;
}

export function setRoots(index: u32): void {
  otherRoots = index;
}

/** Makes the variables those of root context `context`; a new one's are all nil. */
// @ts-ignore: decorator
@inline
export function switchRoot(context: u32): void {
  if (context != activeContext) activate(context);
}

/** The root context is gone, and with it its variables. */
export function closeRoot(context: u32): void {
  if (context == activeContext) {
    visit(RESET, 0);
    active = null;
    activeContext = 0;
  }
  let root = roots,
    before: Root | null = null;
  while (root && root.context != context) {
    before = root;
    root = root.next;
  }
  if (!root) return;
  if (before) before.next = root.next;
  else roots = root.next;
  root.next = freeRoots;
  freeRoots = root;
}

function activate(context: u32): void {
  if (active) visit(SAVE, changetype<usize>(active) + HEADER);
  let root = roots;
  while (root && root.context != context) root = root.next;
  if (root) visit(LOAD, changetype<usize>(root) + HEADER);
  else {
    root = newRoot(context);
    visit(RESET, 0);
  }
  active = root;
  activeContext = context;
}

function newRoot(context: u32): Root {
  let root = freeRoots;
  if (root) freeRoots = root.next;
  else root = changetype<Root>(allocPermanent(HEADER + variableCount() * 8));
  root.context = context;
  root.next = roots;
  roots = root;
  return root;
}

function variableCount(): u32 {
  return <u32>(visit(COUNT, 0) >>> 3);
}

function visit(mode: u32, block: usize): usize {
  if (visitor) call_indirect<void>(visitor, state.start(mode, block));
  return state.position;
}

/** For the collector. */
export function markRoots(): void {
  visit(MARK, 0);
  if (roots) markInactive(variableCount());
  if (otherRoots) call_indirect<void>(otherRoots);
}

function markInactive(count: u32): void {
  let root = roots;
  while (root) {
    if (root != active) markValues(changetype<usize>(root) + HEADER, count);
    root = root.next;
  }
}
