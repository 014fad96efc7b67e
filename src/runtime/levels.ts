// The lines of the calls in progress, for `error` with a level that only run time knows or that is more than 2. Kept only in a script that
// has such a call or hands `error` itself on: it installs `keepLevels`, and calls all its functions as values. Without it the compiler leaves all of this out.
import { allocPermanent } from "./memory/arena";
import { allocObject, OBJECT } from "./memory/heap";

/** Where the lines lie, 4 bytes each, from 1; 0: they are not kept. */
let lines: usize = 0;

/** More calls than this do not fit on the stack, see `depth.ts`. */
const CAPACITY: i32 = 4096;

/** Calls in progress, of them those below the coroutine in progress. */
let top: i32 = 0;
let base: i32 = 0;

/** From now on. */
export function keepLevels(): void {
  if (!lines) lines = allocPermanent(<usize>(CAPACITY + 1) << 2);
}

/** A call at a line, 0 where the caller is C; `leaveLevel` when it returns. */
// @ts-ignore: decorator
@inline
export function enterLevel(line: i32): void {
  if (lines && ++top <= CAPACITY) store<i32>(lines + (<usize>top << 2), line);
}

// @ts-ignore: decorator
@inline
export function leaveLevel(): void {
  if (lines) top--;
}

/** The line in progress in the function at a level, from 2: that which called the function that runs. 0: that is none of Lua's. */
export function lineOfLevel(level: i32): i32 {
  const at = top - (level - 2);
  return at > base && at <= CAPACITY ? load<i32>(lines + (<usize>at << 2)) : 0;
}

/** A callback of the host begins. */
// @ts-ignore: decorator
@inline
export function resetLevels(): void {
  if (lines) top = base = 0;
}

/** How many calls there are, for `cutLevels`: also after the coroutine was resumed elsewhere. */
// @ts-ignore: decorator
@inline
export function levelCount(): i32 {
  return lines ? top - base : 0;
}

/** What was called since is over. */
// @ts-ignore: decorator
@inline
export function cutLevels(count: i32): void {
  if (lines) top = base + count;
}

/** A coroutine begins or goes on; returns what `leaveCoroutineLevels` needs. */
export function enterCoroutineLevels(): i32 {
  const outer = base;
  if (lines) base = top;
  return outer;
}

export function leaveCoroutineLevels(outer: i32): void {
  if (!lines) return;
  top = base;
  base = outer;
}

/** Before the stack is suspended: a copy of its lines, for `restoreLevels` after it. */
export function saveLevels(): usize {
  if (!lines) return 0;
  const count = top - base,
    copy = allocObject(OBJECT, ((<usize>count << 2) + 15) & ~7);
  store<i32>(copy, count);
  memory.copy(copy + 4, lines + (<usize>(base + 1) << 2), <usize>min(count, CAPACITY - base) << 2);
  return copy;
}

export function restoreLevels(copy: usize): void {
  if (!lines) return;
  const count = load<i32>(copy);
  memory.copy(lines + (<usize>(base + 1) << 2), copy + 4, <usize>min(count, CAPACITY - base) << 2);
  top = base + count;
}
