// The script's module-level variables. Several plugin configurations (root contexts) can share one VM, and each has globals of
// its own: the active one's are in the variables, those of the others in a block each.
//
// A bundle has several scripts; each has variables of its own, so that going from one to another saves nothing.
//
// The generated entry names every variable once, in one function, through which they are all saved, loaded and marked:
//
//     function visit(s: State): void { counter = s.value(counter); names = s.table(names); … }
import { allocPermanent } from "./memory/arena";
import { markValue, markValues } from "./memory/collect";
import { Closure } from "./closure";
import { rootId } from "./host";
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

/**
 * A script of the module. Most modules have one; a bundle (BUNDLE=1) has several, and its plugins name theirs by their root id.
 * Functions are indices into the table, 0 where the script has none.
 */
// @ts-ignore: decorator
@unmanaged
export class Program {
  next: Program | null;
  /** The variables are those of this root context. */
  active: Root | null;
  /** Blocks to use again. */
  freeRoots: Root | null;
  /** The function `visit`. */
  visitor: u32;

  // Only of a bundle's:
  /** The root id of its plugins. */
  name: Str;
  /** `(): void`, makes the runtime speak and look up for this script. */
  setup: u32;
  /** `(run: usize): void`, like the following. */
  chunk: u32;
  request: u32;
  response: u32;
  /** A side call in this direction holds the body and the trailers back too. */
  requestHoldsAll: bool;
  responseHoldsAll: bool;
}

/** A root context and, while it is not its program's active one, its variables behind the header. */
// @ts-ignore: decorator
@unmanaged
class Root {
  next: Root | null;
  program: Program;
  context: u32;
}
/** Rounded up: values are aligned to eight bytes. */
const HEADER: usize = (offsetof<Root>() + 7) & ~7;

const state = changetype<State>(memory.data(8, 8));

/** The program of a module that has one, and the list of all of them. */
const only = changetype<Program>(memory.data(offsetof<Program>(), 8));
/** A function `(): void` of the table that calls `addRootRange` for whatever else refers to objects. */
let otherRoots: u32 = 0;

let roots: Root | null = null;
let activeContext: u32 = 0;

// @ts-ignore: decorator
@lazy let programs: Program | null = null;
// @ts-ignore: decorator
@lazy let activeProgram: Program | null = null;

export function setVisitor(index: u32): void {
  only.visitor = index;
}

/** Adds a program to a bundle. */
export function addProgram(program: Program): void {
  program.next = programs;
  programs = program;
}

/** The program of the root context that is active, of a bundle. */
export function currentProgram(): Program | null {
  return activeProgram;
}

export function setRoots(index: u32): void {
  otherRoots = index;
}

/** The root context whose variables are there now. */
export function activeRoot(): u32 {
  return activeContext;
}

/** Makes the variables those of root context `context`; a new one's are all nil. */
// @ts-ignore: decorator
@inline
export function switchRoot(context: u32): void {
  if (context != activeContext) activate(context);
}

/** The root context is gone, and with it its variables. */
export function closeRoot(context: u32): void {
  let root = roots,
    before: Root | null = null;
  while (root && root.context != context) {
    before = root;
    root = root.next;
  }
  if (!root) return;
  if (before) before.next = root.next;
  else roots = root.next;
  const program = root.program;
  if (changetype<usize>(program.active) == changetype<usize>(root)) {
    visit(program, RESET, 0);
    program.active = null;
  }
  if (context == activeContext) activeContext = 0;
  root.next = program.freeRoots;
  program.freeRoots = root;
}

function activate(context: u32): void {
  let root = roots;
  while (root && root.context != context) root = root.next;
  const isNew = !root;
  if (!root) root = newRoot(context, BUNDLE ? programNamed(rootId()) : only);
  const program = root.program,
    before = program.active;
  if (changetype<usize>(before) != changetype<usize>(root)) {
    if (before) visit(program, SAVE, changetype<usize>(before) + HEADER);
    if (isNew) visit(program, RESET, 0);
    else visit(program, LOAD, changetype<usize>(root) + HEADER);
    program.active = root;
  }
  activeContext = context;
  if (BUNDLE && changetype<usize>(activeProgram) != changetype<usize>(program)) {
    activeProgram = program;
    if (program.setup) call_indirect<void>(program.setup);
  }
}

function newRoot(context: u32, program: Program): Root {
  let root = program.freeRoots;
  if (root) program.freeRoots = root.next;
  else root = changetype<Root>(allocPermanent(HEADER + variableCount(program) * 8));
  root.context = context;
  root.program = program;
  root.next = roots;
  roots = root;
  return root;
}

/** One without functions when there is none of that name: nothing is done for such a plugin. */
function programNamed(name: Str): Program {
  let program = programs;
  while (program) {
    if (program.name == name) return program;
    program = program.next;
  }
  return only;
}

function variableCount(program: Program): u32 {
  return <u32>(visit(program, COUNT, 0) >>> 3);
}

function visit(program: Program, mode: u32, block: usize): usize {
  state.start(mode, block);
  if (program.visitor) call_indirect<void>(program.visitor, state);
  return state.position;
}

/** An object of the runtime's own that every script finds: no variable of a script refers to it. */
// @ts-ignore: decorator
@unmanaged
class Kept {
  object: Value;
  next: Kept | null;
}
// @ts-ignore: decorator
@lazy let kept: Kept | null = null;

/** Keeps an object for ever. */
export function keepAlways(object: Value): void {
  const entry = changetype<Kept>(allocPermanent(offsetof<Kept>()));
  entry.object = object;
  entry.next = kept;
  kept = entry;
}

/** For the collector. */
export function markRoots(): void {
  let entry = kept;
  while (entry) {
    markValue(entry.object);
    entry = entry.next;
  }
  if (BUNDLE) {
    let program = programs;
    while (program) {
      visit(program, MARK, 0);
      program = program.next;
    }
  } else visit(only, MARK, 0);
  let root = roots;
  while (root) {
    const program = root.program;
    if (changetype<usize>(program.active) != changetype<usize>(root))
      markValues(changetype<usize>(root) + HEADER, variableCount(program));
    root = root.next;
  }
  if (otherRoots) call_indirect<void>(otherRoots);
}
