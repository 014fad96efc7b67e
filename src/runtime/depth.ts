// How deep calls are nested. Wasm's own stack overflow is a trap, which would kill the worker's VM, so it must never be
// reached: V8 gives about 984 KiB.
import { raiseText } from "./error";

/** Calls in progress. An entry sets it to 0, and when it resumes a suspended stream, to what it was then. */
export let depth: i32 = 0;

/** Nested calls at which `stack overflow` is raised. */
const MAX_DEPTH: i32 = 1900;

export function setDepth(n: i32): void {
  depth = n;
}

/** One call more, to be followed by `leave` when it returns. For recursive functions that are called directly. */
// @ts-ignore: decorator
@inline
export function enter(line: i32): void {
  if (++depth > MAX_DEPTH) raiseText("stack overflow", line);
}

// @ts-ignore: decorator
@inline
export function leave(): void {
  depth--;
}
