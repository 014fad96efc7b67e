// What the callbacks do: start a run of the script, suspend it, go on with it, end it. The state of a stream follows Envoy's Lua
// filter (`StreamHandleWrapper`) callback by callback.
//
// With YIELDS=0 only `start` is linked, and no stream is remembered.
import { cString } from "./c-string";
import { depth, enterScript, setDepth, setHandling } from "./depth";
import { caught, errorText, protectScript } from "./error";
import { keepHeaders } from "./header-map";
import { continueStream, enterContext, log } from "./host";
import { resetLevels, restoreLevels, saveLevels } from "./levels";
import { alloc, arenaKeep, arenaLoad, arenaRelease } from "./memory/arena";
import { collectWhenDue } from "./memory/collect";
import {
  begin, nextEpoch, REQUEST, RESPONDED, Run, run, RUNNING, WAITS_FOR_BODY, WAITS_FOR_CALL, WAITS_FOR_CHUNK, WAITS_FOR_TRAILERS,
} from "./run";
import { enterRootOf, forgetContext } from "./roots";
import { restoreStack, resumeStack, saveStack, suspendedSize, suspendStack, wasSuspended } from "./stack";
import { switchRoot } from "./state";
import { dropSuspended, findCall, findSuspended, forget, remember } from "./suspended";
import { concat2, Str } from "./str";
import { stringValue, Value } from "./value";

/** Filter statuses. */
const CONTINUE: u32 = 0;
const STOP: u32 = 1;
const STOP_ALL: u32 = 4;
const STOP_AND_BUFFER: u32 = 1;
const STOP_AND_WATERMARK: u32 = 2;
const STOP_WITHOUT_BUFFER: u32 = 3;

const ERROR_LEVEL: i32 = 4;

// ------------------------------------------------------------------------------------------------ callbacks

/**
 * Headers came: runs function `script` of the table, `(run id) => void`. The status for the headers callback. With `holdAll` a side call
 * holds body and trailers back too, so that they need no callbacks.
 */
export function start(context: u32, direction: u32, endOfStream: bool, script: u32, holdAll: bool = false): u32 {
  if (STATEFUL) enterRootOf(context);
  begin(context, direction, endOfStream, script);
  advance();
  return leave(headersStatus(holdAll));
}

/** Headers come of a direction that has no function. */
export function pass(context: u32, direction: u32): u32 {
  if (STATEFUL) enterRootOf(context);
  begin(context, direction, false, 0);
  headersGo();
  arenaRelease();
  return CONTINUE;
}

function headersStatus(holdAll: bool): u32 {
  switch (run.state) {
    case WAITS_FOR_CALL:
      return holdAll ? STOP_ALL : STOP;
    case WAITS_FOR_BODY:
    case RESPONDED:
      return STOP;
    default:
      return CONTINUE;
  }
}

/** Some of the body came. The status for the body callback. */
export function onBody(context: u32, direction: u32, endOfStream: bool): u32 {
  const suspended = findSuspended(context, direction);
  if (!suspended) return CONTINUE;
  takeUp(suspended);
  run.endOfStream = endOfStream;
  run.sawBody = true;
  const state = run.state;
  if (state == WAITS_FOR_CHUNK || (endOfStream && (state == WAITS_FOR_BODY || state == WAITS_FOR_TRAILERS))) advance();
  return leave(bodyStatus());
}

function bodyStatus(): u32 {
  switch (run.state) {
    case WAITS_FOR_BODY:
      return STOP_AND_BUFFER;
    case WAITS_FOR_CALL:
      // After WATERMARK the host's body buffer must not be touched again, which a script that has the whole body may do.
      return run.bufferedBody ? STOP_AND_BUFFER : STOP_AND_WATERMARK;
    case RESPONDED:
      return STOP_WITHOUT_BUFFER;
    default:
      return CONTINUE;
  }
}

/** Trailers came. The status for the trailers callback. */
export function onTrailers(context: u32, direction: u32): u32 {
  const suspended = findSuspended(context, direction);
  if (!suspended) return CONTINUE;
  takeUp(suspended);
  run.endOfStream = true;
  run.hasTrailers = true;
  if (run.state != WAITS_FOR_CALL) advance();
  return leave(run.state == WAITS_FOR_CALL || run.state == RESPONDED ? STOP : CONTINUE);
}

/** The reply of a side call came: `headers` is 0 when the call failed, `size` is that of the body. */
export function onHttpCallResponse(token: u32, headers: u32, size: u32): void {
  const suspended = findCall(token);
  if (!suspended) return;
  if (!enterContext(suspended.context)) {
    dropSuspended(suspended);
    return;
  }
  takeUp(suspended);
  run.replyHeaders = headers;
  run.replySize = size;
  advance();
  // Headers held for the call go on here only if the script has ended; else the callback that is waited for lets them go.
  if (run.state == RUNNING) continueStream(run.direction);
  leave(STOP);
}

/** The context is gone: what is suspended of it is never resumed. */
export function onDelete(context: u32): void {
  if (YIELDS) dropBoth(context);
  if (STATEFUL) forgetContext(context);
}

function dropBoth(context: u32): void {
  for (let direction: u32 = 0; direction < 2; direction++) {
    const suspended = findSuspended(context, direction);
    if (suspended) dropSuspended(suspended);
  }
}

/** Runs the chunk, function `script` of the table, for the root context `root`; false when it failed. What it makes is never freed. */
export function configure(root: u32, script: u32): bool {
  if (STATEFUL) switchRoot(root);
  begin(root, REQUEST, true, script);
  if (COROUTINES) {
    run.configures = true;
    enterScript();
  }
  setDepth(0);
  resetLevels();
  const raised = protectScript(script, 0);
  if (raised) log(ERROR_LEVEL, concat2(LOAD_ERROR, cString(errorText(caught))));
  arenaKeep();
  return !raised;
}
const LOAD_ERROR = Str.of("script load error: ");

/** Function `(): void` of the table; 0 for none. */
let beforeHeadersGo: u32 = 0;

/** Has function `index` of the table called, from now on, when the headers of the run in progress are about to go on. */
export function setBeforeHeadersGo(index: u32): void {
  beforeHeadersGo = index;
}

function headersGo(): void {
  if (beforeHeadersGo) call_indirect<void>(beforeHeadersGo);
}

// ------------------------------------------------------------------------------------------------ runs

/** Goes on with the run in progress until it ends or is suspended again. */
function advance(): void {
  setHandling(false);
  if (COROUTINES) enterScript();
  if (COROUTINES && YIELDS && run.returned) {
    end(true, stringValue(RESUMED_AT_END));
    return;
  }
  if (YIELDS && run.stackSize) {
    run.state = RUNNING;
    run.epoch = nextEpoch();
    setDepth(run.depth);
    restoreStack(run.stack, run.stackSize);
  } else setDepth(0);
  resetLevels();
  const raised = resumeStack(run.script, <usize>run.id);
  if (YIELDS && wasSuspended()) keepStack();
  else if (COROUTINES && YIELDS && !raised && isWaiting()) run.returned = true;
  else end(raised, caught);
}
/** What Lua says to Envoy when it goes on with a function that has returned. */
const RESUMED_AT_END = Str.of("attempt to call a nil value");

/** The run in progress ends, with the error `e` if it has `raised`. */
function end(raised: bool, e: Value): void {
  if (COROUTINES && raised && run.state != RESPONDED) run.state = RUNNING;
  if (run.state == RUNNING && !run.headersContinued) headersGo();
  if (raised) log(ERROR_LEVEL, cString(errorText(e)));
  arenaRelease();
  if (YIELDS && raised) dropBoth(run.context);
}

function isWaiting(): bool {
  return run.state != RUNNING && run.state != RESPONDED;
}

// ------------------------------------------------------------------------------------------------ suspension

/** Suspends the run, which is then in `state`; returns when a callback has it go on. */
// @ts-ignore: decorator
@inline
export function suspend(state: u32): void {
  if (!YIELDS) unreachable(); // all calls of the script are asynchronous
  run.state = state;
  const levels = saveLevels();
  suspendStack();
  restoreLevels(levels);
}

/** Moves the stack just suspended into the stream's arena. */
function keepStack(): void {
  const size = suspendedSize();
  if (run.stackCapacity < size) {
    run.stack = alloc(size);
    run.stackCapacity = size;
  }
  run.stackSize = size;
  run.depth = depth;
  saveStack(run.stack, size);
}

/** Makes the suspended run the one in progress. */
function takeUp(suspended: Run): void {
  if (STATEFUL) enterRootOf(suspended.context);
  forget(suspended);
  memory.copy(changetype<usize>(run), changetype<usize>(suspended), offsetof<Run>());
  arenaLoad(run.arena);
}

/** Puts the run in progress aside if it is suspended, and gives `status` to the host. */
function leave(status: u32): u32 {
  if (YIELDS && isWaiting()) {
    if (status == CONTINUE && !run.headersContinued) {
      keepHeaders();
      headersGo();
      run.headersContinued = true;
    }
    remember();
  }
  collectWhenDue();
  return status;
}
