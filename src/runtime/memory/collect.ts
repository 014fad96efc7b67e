// Mark and sweep. Runs only when an entry calls it between callbacks: no frame of the script is on the Wasm stack then, and
// what suspended ones refer to is found conservatively in their saved stacks.
//
// Marking keeps no stack: a page with marked cells that are not traced yet is queued, so nothing can overflow, however
// deep the data is.
import { markRoots } from "../state";
import { Table } from "../table";
import { isObject, isUserdata, toUserdata, Value } from "../value";
import { Values } from "../values";
import {
  allocated,
  COUNT,
  FIRST_CELL,
  forgetCurrentPages,
  FREED,
  FREED_COUNT,
  KIND,
  MARKED,
  NEXT,
  OBJECT,
  PART,
  pushFreed,
  QUEUE,
  RECIPROCAL,
  RUN_MARKED,
  RUN_OBJECT,
  RUN_PAGES,
  SIZE,
  slotOf,
  startCycle,
  TABLE,
  threshold,
  TRACED,
  UNCUT,
  VALUES,
} from "./heap";
import { CELLS, givePages, PAGE, pageUse, REST, RUN } from "./pages";

/** No collection before this much was allocated; then, when as much was allocated as had survived. */
const LEAST_THRESHOLD: usize = 1 << 20;

/** Ends the list of queued pages. */
const QUEUE_END: usize = 1;

// @ts-ignore: decorator
@lazy let queue: usize = QUEUE_END;

/** Called by an entry when a callback ends. */
// @ts-ignore: decorator
@inline
export function collectWhenDue(): void {
  if (STATEFUL && allocated >= threshold) collect();
}

export function collect(): void {
  prepare();
  markRoots();
  trace();
  startCycle(max(sweep(), LEAST_THRESHOLD));
}

// ---------------------------------------------------------------------------------------------------- marking

/** For the function that `setRoots` names: whatever word in `start` to `end` (multiples of 4) may refer to an object keeps it. */
export function addRootRange(start: usize, end: usize): void {
  for (; start < end; start += 4) mark(load<u32>(start));
}

// @ts-ignore: decorator
@inline
export function markValue(v: Value): void {
  if (isObject(v) && (!isUserdata(v) || toUserdata(v).inMemory)) mark(<usize>v);
}

/** Marks the object in which `address` lies; nothing if it lies in none. */
export function mark(address: usize): void {
  let page = address & ~(PAGE - 1),
    use = pageUse(page / PAGE);
  if (use < CELLS) return;
  if (use == CELLS) {
    const index = cellAt(page, address);
    if (index >= load<u32>(page, COUNT)) return;
    const word = page + ((index >>> 6) << 3),
      bit = (<u64>1) << index,
      marked = load<u64>(word, MARKED);
    if (marked & bit) return;
    store<u64>(word, marked | bit, MARKED);
  } else {
    for (; use == REST; use = pageUse(page / PAGE)) page -= PAGE;
    if (load<u32>(page, RUN_MARKED)) return;
    store<u32>(page, 1, RUN_MARKED);
  }
  if (load<u32>(page, KIND) > PART && !load<usize>(page, QUEUE)) {
    store<usize>(page, queue, QUEUE);
    queue = page;
  }
}

/** Number of the cell that `address` lies in; too large when in none. */
// @ts-ignore: decorator
@inline
function cellAt(page: usize, address: usize): usize {
  return <usize>((<u64>(address - page - FIRST_CELL) * <u64>load<u32>(page, RECIPROCAL)) >> 32);
}

function trace(): void {
  while (queue != QUEUE_END) {
    const page = queue;
    queue = load<usize>(page, QUEUE);
    store<usize>(page, 0, QUEUE);
    if (pageUse(page / PAGE) == RUN) traceObject(load<u32>(page, KIND), page + RUN_OBJECT, load<u32>(page, SIZE));
    else traceCells(page);
  }
}

function traceCells(page: usize): void {
  const kind = load<u32>(page, KIND),
    size = load<u32>(page, SIZE),
    end = page + (((<usize>load<u32>(page, COUNT) + 63) >>> 6) << 3);
  let cells = page + FIRST_CELL;
  for (let word = page; word < end; word += 8) {
    for (;;) {
      const marked = load<u64>(word, MARKED),
        fresh = marked & ~load<u64>(word, TRACED);
      if (!fresh) break;
      store<u64>(word, marked, TRACED);
      for (let bits = fresh; bits; bits &= bits - 1) traceObject(kind, cells + <usize>ctz(bits) * size, size);
    }
    cells += <usize>size << 6;
  }
}

function traceObject(kind: u32, address: usize, size: u32): void {
  switch (kind) {
    case TABLE:
      changetype<Table>(address).trace();
      return;
    case VALUES:
      const list = changetype<Values>(address);
      markValues(list.address(1), list.count);
      return;
    case OBJECT:
      addRootRange(address, address + size);
  }
}

export function markValues(from: usize, count: u32): void {
  for (let end = from + (<usize>count << 3); from < end; from += 8) markValue(load<u64>(from));
}

// ---------------------------------------------------------------------------------------------------- before and after

/** Clears all marks but those of free cells: a stray word must not have one traced. */
function prepare(): void {
  const end = <usize>memory.size();
  for (let number: usize = 0; number < end; number++) {
    const use = pageUse(number),
      page = number * PAGE;
    if (use == CELLS) {
      memory.fill(page + MARKED, 0, FIRST_CELL - MARKED);
      for (let cell = load<usize>(page, FREED); cell; cell = load<usize>(cell)) markFree(page, cellAt(page, cell));
      const count = load<u32>(page, COUNT);
      for (let index = cellAt(page, load<usize>(page, UNCUT)); index < count; index++) markFree(page, index);
    } else if (use == RUN) store<u32>(page, 0, RUN_MARKED);
  }
}

function markFree(page: usize, index: usize): void {
  const word = page + ((index >>> 6) << 3),
    bit = (<u64>1) << index;
  store<u64>(word, load<u64>(word, MARKED) | bit, MARKED);
  store<u64>(word, load<u64>(word, TRACED) | bit, TRACED);
}

/** Frees what is not marked; returns how many bytes are still in use. */
function sweep(): usize {
  forgetCurrentPages();
  let live: usize = 0;
  const end = <usize>memory.size();
  for (let number: usize = 0; number < end; number++) {
    const use = pageUse(number),
      page = number * PAGE;
    if (use == CELLS) live += sweepCells(page);
    else if (use == RUN) {
      const pages = load<u32>(page, RUN_PAGES);
      if (load<u32>(page, RUN_MARKED)) live += <usize>pages * PAGE;
      else givePages(page, pages);
      number += pages - 1;
    }
  }
  return live;
}

function sweepCells(page: usize): usize {
  const size = <usize>load<u32>(page, SIZE),
    count = <usize>load<u32>(page, COUNT);
  for (let first: usize = 0; first < count; first += 64) {
    let dead = ~load<u64>(page + (first >>> 3), MARKED);
    if (count - first < 64) dead &= ((<u64>1) << (count - first)) - 1;
    for (; dead; dead &= dead - 1) pushFreed(page, page + FIRST_CELL + (first + <usize>ctz(dead)) * size);
  }
  const uncut = count - cellAt(page, load<usize>(page, UNCUT)),
    free = <usize>load<u32>(page, FREED_COUNT) + uncut;
  if (free == count) {
    givePages(page, 1);
    return 0;
  }
  if (free) {
    const slot = slotOf(load<u32>(page, KIND), size);
    store<usize>(page, load<usize>(slot), NEXT);
    store<usize>(slot, page);
  } else store<usize>(page, 0, NEXT);
  return (count - free) * size;
}
