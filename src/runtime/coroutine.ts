// Lua's coroutines. Each has a Wasm stack of its own as far as it is suspended (`stack.ts`): `yield` unwinds it up to the `resume` that runs
// it, never further. What waits for the host in a coroutine yields that coroutine, as in Envoy (`envoy/wait.ts`).
//
// In a script that keeps state a coroutine can outlive the stream: what is allocated while it runs goes to the collected heap, its stack
// lies there too, and the strings that are handed to it are copied there.
import { cString } from "./c-string";
import { argument, callForwarding, callLine, forwardFrom } from "./call";
import { Closure, closure } from "./closure";
import { barriers, depth, enterCoroutine, handling, leaveCoroutine, setHandling } from "./depth";
import { abortScript, caught, endScript, raise, raiseText, throwError } from "./error";
import { arenaLoad, arenaSave, useHeap } from "./memory/arena";
import { enterCoroutineLevels, leaveCoroutineLevels, restoreLevels, saveLevels } from "./levels";
import { allocObject, OBJECT, retain } from "./memory/heap";
import { RESPONDED, run, RUNNING as RUN_RUNNING } from "./run";
import { restoreStack, resumeStack, saveStack, suspendedSize, suspendStack, wasSuspended } from "./stack";
import { suspend } from "./stream";
import { Str } from "./str";
import { Userdata } from "./userdata";
import { False, fn, isString, nil, stringValue, toStr, toUserdata, True, userdata, Value } from "./value";
import { resultCount, results, return2, returnFrom, returnInFront, Values } from "./values";

/** What a coroutine is doing. */
const SUSPENDED: u32 = 0;
const RUNNING: u32 = 1;
/** It has resumed another one. */
const NORMAL: u32 = 2;
const DEAD: u32 = 3;
/** Not one of the script's: what the host calls runs in it. */
const HOST: u32 = 4;

// @ts-ignore: decorator
@unmanaged
class Coroutine extends Userdata {
  status: u32;
  /** The function, until it has ended. */
  body: Value;
  /** What Asyncify saved of its stack; size 0 before it is resumed for the first time. */
  stack: usize;
  stackSize: u32;
  stackCapacity: u32;
  depth: i32;
  /** The arena of whatever resumed it, as `arenaSave` keeps it: 12 bytes. */
  private chunks: usize;
  private arenaTop: usize;
  private arenaEnd: usize;

  static create(body: Value, status: u32): Coroutine {
    const self = changetype<Coroutine>(allocObject(OBJECT, (offsetof<Coroutine>() + 7) & ~7));
    self.status = status;
    self.body = body;
    self.stack = 0;
    self.stackSize = self.stackCapacity = 0;
    self.depth = 0;
    return self;
  }

  /** Address for `arenaSave` and `arenaLoad`. */
  get outerArena(): usize {
    return changetype<usize>(this) + offsetof<Coroutine>("chunks");
  }

  /** Moves the stack just suspended here. */
  keepStack(): void {
    const size = suspendedSize();
    if (this.stackCapacity < size) {
      this.stack = allocObject(OBJECT, (size + 7) & ~7);
      this.stackCapacity = size;
    }
    this.stackSize = size;
    this.depth = depth;
    saveStack(this.stack, size);
  }
}

/** The coroutine in progress; null in what the host calls. */
let current: Coroutine | null = null;

// ------------------------------------------------------------------------------------------------ values handed over

/** How many values the latest `resume` or `yield` handed over, and where they lie. */
let handedCount: u32 = 0;
let handedAt: usize = 0;
/** For few of them, behind room for one more (`returnInFront`). */
const few: usize = memory.data(32, 8) + 8;

function hand(): void {
  handedCount = 0;
  handedAt = few;
}

function handOne(v: Value): void {
  handedCount = 1;
  handedAt = few;
  store<u64>(few, v);
}

/** The list is the caller's: the place in front of its first value must stay as it is. */
function handList(list: Values): void {
  handedCount = list.count;
  if (handedCount > 3) list = Values.create(handedCount + 1).add(nil).addAll(list);
  handedAt = handedCount > 3 ? list.address(2) : few;
  if (handedCount <= 3) for (let i: u32 = 0; i < handedCount; i++) store<u64>(few + (<usize>i << 3), list.at(i + 1));
}

/** Strings of the stream's arena do not live as long as the coroutine. */
function retainHanded(): void {
  if (!STATEFUL) return;
  for (let i: u32 = 0; i < handedCount; i++) {
    const at = handedAt + (<usize>i << 3);
    store<u64>(at, retain(load<u64>(at)));
  }
}

function handedList(): Values {
  return Values.create(handedCount).addFrom(handedAt, handedCount);
}

// ------------------------------------------------------------------------------------------------ create, resume, wrap

/** Lua's `coroutine.create`. */
export function create(f: Value): Value {
  return userdata(Coroutine.create(f, SUSPENDED));
}

/** Lua's `coroutine.resume` without, with one, and with any number of values for the coroutine. */
export function resume(thread: Value, line: i32): Value {
  hand();
  return resumed(toCoroutine(thread), line);
}

export function resumeWith(thread: Value, v: Value, line: i32): Value {
  handOne(v);
  return resumed(toCoroutine(thread), line);
}

export function resumeMany(thread: Value, list: Values, line: i32): Value {
  handList(list);
  return resumed(toCoroutine(thread), line);
}

function resumed(coroutine: Coroutine, line: i32): Value {
  if (coroutine.status != SUSPENDED) return return2(False, stringValue(notResumable(coroutine)));
  return go(coroutine, line) ? return2(False, caught) : returnInFront(True, handedAt, handedCount);
}

const DEAD_COROUTINE = Str.of("cannot resume dead coroutine");
const RUNNING_COROUTINE = Str.of("cannot resume running coroutine");

function notResumable(coroutine: Coroutine): Str {
  return coroutine.status == DEAD ? DEAD_COROUTINE : RUNNING_COROUTINE;
}

/** Runs it until it yields, ends or, then true, raises. */
function go(coroutine: Coroutine, line: i32): bool {
  const outer = current,
    outerDepth = depth,
    outerBarriers = barriers,
    outerLimit = enterCoroutine(coroutine.depth, line),
    outerLevels = enterCoroutineLevels(),
    outerHandling = handling;
  setHandling(false);
  retainHanded();
  if (outer) outer.status = NORMAL;
  coroutine.status = RUNNING;
  current = coroutine;
  if (STATEFUL) {
    arenaSave(coroutine.outerArena);
    useHeap();
  }
  if (coroutine.stackSize) restoreStack(coroutine.stack, coroutine.stackSize);
  const raised = resumeStack(start.index, changetype<usize>(coroutine)),
    yielded = wasSuspended();
  if (STATEFUL) arenaLoad(coroutine.outerArena);
  current = outer;
  if (outer) outer.status = RUNNING;
  if (yielded) {
    coroutine.keepStack();
    coroutine.status = SUSPENDED;
  } else {
    coroutine.status = DEAD;
    coroutine.body = nil;
    coroutine.stack = 0;
  }
  leaveCoroutine(outerLimit, outerDepth, outerBarriers);
  leaveCoroutineLevels(outerLevels);
  setHandling(outerHandling);
  return raised;
}

/** The bottom of a coroutine's stack. */
function start(self: usize): void {
  const list = handedList();
  forwardFrom(list);
  const first = callForwarding(changetype<Coroutine>(self).body, list.count, list.at(1), list.at(2), list.at(3), 0);
  if (resultCount == 0) hand();
  else if (resultCount == 1) handOne(first);
  else handList(results(first));
}

// @ts-ignore: decorator
@unmanaged
class Wrapped extends Closure {
  coroutine: Coroutine;
}

/** Lua's `coroutine.wrap`. */
export function wrap(f: Value): Value {
  const wrapped = closure<Wrapped>(callWrapped.index);
  wrapped.coroutine = Coroutine.create(f, SUSPENDED);
  return fn(wrapped);
}

function callWrapped(self: Closure, count: i32, a: Value, b: Value, c: Value): Value {
  const line = callLine,
    coroutine = changetype<Wrapped>(self).coroutine;
  handedCount = count;
  handedAt = few;
  if (count > 0) store<u64>(few, a);
  if (count > 1) store<u64>(few, b, 8);
  if (count > 2) store<u64>(few, c, 16);
  if (count > 3) handedAt = argumentsOf(count, a, b, c).address(2);
  if (coroutine.status != SUSPENDED) raise(notResumable(coroutine), line);
  if (!go(coroutine, line)) return returnFrom(handedAt, handedCount);
  // LuaJIT hands the text on as a C string
  if (isString(caught)) raise(cString(toStr(caught)), line);
  throwError(caught);
  return nil;
}

/** Behind room for one more. */
function argumentsOf(count: i32, a: Value, b: Value, c: Value): Values {
  const list = Values.create(count + 1).add(nil).add(a).add(b).add(c);
  for (let i: u32 = 4; i <= <u32>count; i++) list.add(argument(i));
  return list;
}

// ------------------------------------------------------------------------------------------------ yield

const OUTSIDE = "attempt to yield across C-call boundary";
const UNEXPECTED = Str.of("script performed an unexpected yield");

/** Lua's `coroutine.yield` without, with one, and with any number of values. */
export function yieldNone(line: i32): Value {
  hand();
  return yielded(line);
}

export function yieldOne(v: Value, line: i32): Value {
  handOne(v);
  return yielded(line);
}

export function yieldMany(list: Values, line: i32): Value {
  handList(list);
  return yielded(line);
}

function yielded(line: i32): Value {
  if (barriers || run.configures && !current) raiseText(OUTSIDE, line);
  if (!current) return yieldToHost();
  const levels = saveLevels();
  suspendStack();
  restoreLevels(levels);
  return returnFrom(handedAt, handedCount);
}

/** A function `(waited: u32): Value` of the table, set by an entry of a script that can wait. */
// @ts-ignore: decorator
@lazy let events: u32 = 0;

export function setEvents(index: u32): void {
  events = index;
}

/**
 * What the host calls yields by itself. Envoy goes on with it when the event comes that a coroutine has begun to wait for, and gives it what
 * the call that waited would have given; when none has, that is an error, which ends the script.
 */
function yieldToHost(): Value {
  const state = run.state;
  if (state == RUN_RUNNING) abortScript(UNEXPECTED);
  if (state == RESPONDED) endScript();
  if (!YIELDS) return nil;
  suspend(state);
  return call_indirect<Value>(events, state);
}

/** What waits for the host calls this: true when the stack of what the host called is to be suspended, false when a coroutine was, and is resumed. */
export function isOutside(): bool {
  if (barriers) raiseText(OUTSIDE, 0);
  return !current;
}

/** Yields the coroutine in progress without values; what it is resumed with. */
export function yieldForHost(): Values {
  hand();
  const levels = saveLevels();
  suspendStack();
  restoreLevels(levels);
  return handedList();
}

// ------------------------------------------------------------------------------------------------ what is going on

const STATUS_SUSPENDED = Str.of("suspended");
const STATUS_RUNNING = Str.of("running");
const STATUS_NORMAL = Str.of("normal");
const STATUS_DEAD = Str.of("dead");

/** Lua's `coroutine.status`. */
export function status(thread: Value): Str {
  const coroutine = toCoroutine(thread);
  switch (coroutine.status) {
    case SUSPENDED:
      return STATUS_SUSPENDED;
    case RUNNING:
      return STATUS_RUNNING;
    case NORMAL:
      return STATUS_NORMAL;
    case DEAD:
      return STATUS_DEAD;
  }
  if (changetype<usize>(coroutine) != run.thread) return STATUS_SUSPENDED;
  return current ? STATUS_NORMAL : STATUS_RUNNING;
}

/** Lua's `coroutine.running`: the coroutine, and whether it is the state's main one, in which the chunk is loaded. */
export function running(): Value {
  if (current) return return2(userdata(current), False);
  if (!run.thread) run.thread = changetype<usize>(Coroutine.create(nil, HOST));
  return return2(userdata(changetype<Coroutine>(run.thread)), run.configures ? True : False);
}

/** Lua's `coroutine.isyieldable`. */
export function isyieldable(): bool {
  return !barriers && (!run.configures || changetype<usize>(current) != 0);
}

// @ts-ignore: decorator
@inline
function toCoroutine(v: Value): Coroutine {
  return changetype<Coroutine>(toUserdata(v));
}
