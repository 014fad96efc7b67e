// How deep calls are nested, in estimated bytes of Wasm stack. Wasm's own stack overflow is a trap, which would kill the
// worker's VM, so it must never be reached.
//
// V8 gives 984 KiB, less what the host has used below the callback. Measured in V8 11.3 (Node 20; with and without its
// baseline compiler), a dynamic call and its function take 120 to 235 bytes, through a metamethod 160 to 320, through `pcall`
// 210 to 300; with Asyncify 190 to 250, 265 to 465 and 585 to 660. A direct call takes 50 to 90. In Envoy 1.40 the recursions of
// `test/runtime/limits.test.ts` still raise their error with a limit of 1,000,000 and trap with 1,300,000.
import { raiseText } from "./error";

/** What is nested now. An entry sets it to 0, and when it resumes a suspended stream, to what it was then. */
export let depth: i32 = 0;

/** At which `stack overflow` is raised; leaves some 200 KiB to the host and to the libraries' own recursion. */
const MAX_DEPTH: i32 = 700_000;

/** The same for the coroutine in progress, whose `depth` begins at 0: what those below it have taken is not there for it. */
let limit: i32 = MAX_DEPTH;

/** C functions in progress through which nothing can be suspended (`table.sort`, `string.gsub`…); `protect` takes them back. */
export let barriers: i32 = 0;

export function setBarriers(n: i32): void {
  barriers = n;
}

/** Whether a handler of `xpcall` runs, and nothing that was raised in it has been caught: what is raised then calls no handler. */
export let handling: bool = false;

export function setHandling(is: bool): void {
  handling = is;
}

/** How often `stack overflow` was raised. */
export let overflows: i32 = 0;

/** Around what such a function calls: `const outside = enterC(); …; leaveC(outside);` */
// @ts-ignore: decorator
@inline
export function enterC(): i32 {
  return COROUTINES ? barriers++ : 0;
}

// @ts-ignore: decorator
@inline
export function leaveC(outside: i32): void {
  if (COROUTINES) barriers = outside;
}

/** A callback of the host begins. */
export function enterScript(): void {
  limit = MAX_DEPTH;
  barriers = 0;
}

/** Goes over to a coroutine that is `inner` deep; returns the limit, for `leaveCoroutine`. Raises when there is no room for it. */
export function enterCoroutine(inner: i32, line: i32): i32 {
  const outer = limit,
    room = outer - depth - SWITCH;
  if (room < inner) overflow(line);
  limit = room;
  barriers = 0;
  depth = inner;
  return outer;
}

export function leaveCoroutine(outer: i32, outerDepth: i32, outerBarriers: i32): void {
  limit = outer;
  depth = outerDepth;
  barriers = outerBarriers;
}

/** What `resume` and the functions that it calls take of the stack. */
const SWITCH: i32 = 1024;

/** A dynamic call and its function, if that has not more than a dozen variables; `protect` counts as another. */
export const FRAME: i32 = YIELDS || COROUTINES ? 512 : 320;

export function setDepth(n: i32): void {
  depth = n;
}

/** A call of `bytes`, followed by `leave` when it returns: for recursive functions that are called directly. */
// @ts-ignore: decorator
@inline
export function enter(line: i32, bytes: i32 = FRAME): void {
  depth += bytes;
  if (depth > (COROUTINES ? limit : MAX_DEPTH)) overflow(line);
}

// @ts-ignore: decorator
@inline
export function leave(bytes: i32 = FRAME): void {
  depth -= bytes;
}

/** `leave` in a `return`: the value that is returned. */
// @ts-ignore: decorator
@inline
export function leaving<T>(v: T, bytes: i32 = FRAME): T {
  leave(bytes);
  return v;
}

/** At the start of a function value with many variables: 16 for each beyond a dozen. Its caller takes it back. */
// @ts-ignore: decorator
@inline
export function deepen(bytes: i32, line: i32): void {
  enter(line, bytes);
}

function overflow(line: i32): void {
  overflows++;
  raiseText("stack overflow", line);
}
