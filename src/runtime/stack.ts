// Suspension of a Wasm stack, by Asyncify. `suspendStack` starts the unwinding of everything up to `resumeStack`, which stands at the
// bottom and rewinds it later. Neither may be inlined (`*suspend*`, `*resume*` in `toolchain/assemble.mjs`), nor `protectScript` and
// `protect`, through which the stack goes. No import unwinds: `suspendStack` alone starts it.
import { protectScript } from "./error";

// @ts-ignore: decorator
@external("asyncify", "start_unwind")
declare function start_unwind(area: usize): void;
// @ts-ignore: decorator
@external("asyncify", "stop_unwind")
declare function stop_unwind(): void;
// @ts-ignore: decorator
@external("asyncify", "start_rewind")
declare function start_rewind(area: usize): void;
// @ts-ignore: decorator
@external("asyncify", "stop_rewind")
declare function stop_rewind(): void;

/**
 * Where Asyncify keeps a stack while it unwinds and rewinds: [position][end][…]. Large enough for the deepest nesting of calls
 * (see `depth.ts`); what is used of it is kept elsewhere while the stack is suspended, so that one area serves all.
 */
const AREA_SIZE: i32 = 1 << 20;
// @ts-ignore: decorator
@lazy const area: usize = memory.data(AREA_SIZE, 8);
// @ts-ignore: decorator
@lazy const areaStart: usize = area + 8;

let suspending: bool = false;
let rewinding: bool = false;

/** Unwinds the stack; returns when `resumeStack` goes on with it. */
export function suspendStack(): void {
  if (rewinding) {
    rewinding = false;
    stop_rewind();
    return;
  }
  suspending = true;
  store<usize>(area, areaStart);
  store<usize>(area, area + AREA_SIZE, 4);
  start_unwind(area);
}

/** Calls function `index` of the table with `argument`, or rewinds to where it was suspended, after `restoreStack`. True when it raised. */
export function resumeStack(index: u32, argument: usize): bool {
  if ((YIELDS || COROUTINES) && rewinding) start_rewind(area);
  const raised = protectScript(index, argument);
  if ((YIELDS || COROUTINES) && suspending) stop_unwind();
  return raised;
}

/** After `resumeStack`: whether the stack was suspended, not left. */
export function wasSuspended(): bool {
  const was = suspending;
  suspending = false;
  return was;
}

/** Bytes of the stack just suspended. */
export function suspendedSize(): u32 {
  return load<u32>(area) - <u32>areaStart;
}

export function saveStack(to: usize, size: u32): void {
  memory.copy(to, areaStart, size);
}

/** Has the next `resumeStack` go on with the stack that was saved at `from`. */
export function restoreStack(from: usize, size: u32): void {
  memory.copy(areaStart, from, size);
  store<usize>(area, areaStart + size);
  store<usize>(area, area + AREA_SIZE, 4);
  rewinding = true;
}
