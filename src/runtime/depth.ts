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

/** A dynamic call and its function, if that has not more than a dozen variables; `protect` counts as another. */
export const FRAME: i32 = YIELDS ? 512 : 320;

export function setDepth(n: i32): void {
  depth = n;
}

/** A call of `bytes`, followed by `leave` when it returns: for recursive functions that are called directly. */
// @ts-ignore: decorator
@inline
export function enter(line: i32, bytes: i32 = FRAME): void {
  depth += bytes;
  if (depth > MAX_DEPTH) overflow(line);
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
  raiseText("stack overflow", line);
}
