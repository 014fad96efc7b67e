// Where objects live. A script that keeps nothing between requests (STATEFUL=0) makes them in the stream's arena. Otherwise
// they live here: a heap that never moves anything, collected between callbacks (`collect.ts`).
//
// Small objects are cells of a page that holds one kind and one size; a large one has pages of its own.
//
//   CELLS page  [kind][cell size][cells][reciprocal][next page][queue][free cells][freed count][uncut][marked …][traced …][cells …]
//   RUN         [kind][bytes][pages][marked][queue] … [object]
import { raiseOutOfMemory } from "../error";
import { Str } from "../str";
import { stringValue, toStr, isString, Value } from "../value";
import { alloc } from "./arena";
import { copy } from "./copy";
import { ARENA, CELLS, givePages, PAGE, pageUse, REST, RUN, setPageUse, takePages } from "./pages";

/** Kinds of objects, by how the collector reads them. */
export const STRING: u32 = 0;
/** The array and node parts of tables: read through their table. */
export const PART: u32 = 1;
export const VALUES: u32 = 2;
/** Closures, boxes, userdata: every word of them may be an address. */
export const OBJECT: u32 = 3;
export const TABLE: u32 = 4;
const KINDS: u32 = 5;

// Fields of a page's header.
export const KIND: usize = 0;
export const SIZE: usize = 4;
export const COUNT: usize = 8;
export const RECIPROCAL: usize = 12;
export const NEXT: usize = 16;
export const QUEUE: usize = 20;
export const FREED: usize = 24;
export const FREED_COUNT: usize = 28;
export const UNCUT: usize = 32;
export const MARKED: usize = 40;
export const TRACED: usize = MARKED + 512;
export const FIRST_CELL: usize = TRACED + 512;
/** Cells end here: copies of eight bytes at a time may read a little further. */
const CELLS_END: usize = PAGE - 16;

export const RUN_PAGES: usize = 8;
export const RUN_MARKED: usize = 12;
export const RUN_OBJECT: usize = 32;

/** Largest cell; four to a page. */
const MAX_CELL: usize = 15968;
/** Sizes of cells: multiples of 8 up to 256, then four steps to each doubling. */
const CLASSES: u32 = 32 + 4 * 6;

/** For each kind and size class the page to take cells from. */
// @ts-ignore: decorator
@lazy const current: usize = memory.data(4 * 5 * 56, 8);

/** Bytes allocated since the last collection, and how many make the next one due. */
// @ts-ignore: decorator
@lazy export let allocated: usize = 0;
// @ts-ignore: decorator
@lazy export let threshold: usize = 1 << 20;

export function startCycle(next: usize): void {
  allocated = 0;
  threshold = next;
}

/** `bytes` (8 at least) for an object, contents not set. Raises `not enough memory`. */
// @ts-ignore: decorator
@inline
export function allocObject(kind: u32, bytes: usize): usize {
  return STATEFUL ? allocInHeap(kind, bytes) : alloc(bytes);
}

/** The array or node part of a table. */
// @ts-ignore: decorator
@inline
export function allocRaw(bytes: usize): usize {
  return STATEFUL ? allocInHeap(PART, bytes) : alloc(bytes);
}

/** Gives back what `allocRaw` gave: nothing refers to it any more. */
// @ts-ignore: decorator
@inline
export function freeRaw(address: usize): void {
  if (STATEFUL && address) freeInHeap(address);
}

/** `v` for storing it into an object or a module-level variable: a string in an arena is copied to the heap. */
// @ts-ignore: decorator
@inline
export function retain(v: Value): Value {
  return STATEFUL && isString(v) ? stringValue(retainInHeap(toStr(v))) : v;
}

/** `retain` for a value whose type is known; null stays null. */
// @ts-ignore: decorator
@inline
export function retainString<T extends Str | null>(s: T): T {
  return STATEFUL ? changetype<T>(retainInHeap(changetype<Str>(s))) : s;
}

function retainInHeap(s: Str): Str {
  const address = changetype<usize>(s);
  if (address < __heap_base || pageUse(address / PAGE) != ARENA) return s;
  const bytes = <usize>s.byteLength + 8,
    to = allocInHeap(STRING, bytes);
  copy(to, address, bytes);
  return changetype<Str>(to);
}

function sizeClass(bytes: usize): u32 {
  if (bytes <= 256) return <u32>((bytes - 1) >>> 3);
  const last = <u32>bytes - 1,
    doubling = 31 - clz(last);
  return 32 + ((doubling - 8) << 2) + ((last >>> (doubling - 2)) & 3);
}

function classSize(index: u32): usize {
  if (index < 32) return max<usize>((index + 1) << 3, 16);
  const step = index - 32;
  return min<usize>((5 + (step & 3)) << (6 + (step >>> 2)), MAX_CELL);
}

export function slotOf(kind: u32, cellSize: usize): usize {
  return current + ((kind * CLASSES + sizeClass(cellSize)) << 2);
}

function allocInHeap(kind: u32, bytes: usize): usize {
  if (bytes > MAX_CELL) return allocRun(kind, bytes);
  const slot = slotOf(kind, bytes);
  let page = load<usize>(slot);
  for (;;) {
    if (page) {
      const size = load<u32>(page, SIZE),
        cell = load<usize>(page, FREED);
      if (cell) {
        store<usize>(page, load<usize>(cell), FREED);
        store<u32>(page, load<u32>(page, FREED_COUNT) - 1, FREED_COUNT);
        allocated += size;
        return cell;
      }
      const fresh = load<usize>(page, UNCUT);
      if (fresh + size <= page + CELLS_END) {
        store<usize>(page, fresh + size, UNCUT);
        allocated += size;
        return fresh;
      }
      page = load<usize>(page, NEXT);
    } else page = newCells(kind, classSize(sizeClass(bytes)));
    store<usize>(slot, page);
  }
  return unreachable();
}

function newCells(kind: u32, size: usize): usize {
  const page = takePages(1, CELLS, CELLS);
  if (!page) raiseOutOfMemory();
  memory.fill(page, 0, FIRST_CELL);
  store<u32>(page, kind, KIND);
  store<u32>(page, <u32>size, SIZE);
  store<u32>(page, <u32>((CELLS_END - FIRST_CELL) / size), COUNT);
  store<u32>(page, <u32>(((<u64>1 << 32) + size - 1) / size), RECIPROCAL);
  store<usize>(page, page + FIRST_CELL, UNCUT);
  return page;
}

function allocRun(kind: u32, bytes: usize): usize {
  if (bytes > 0xfff00000) raiseOutOfMemory();
  const pages = <u32>((bytes + RUN_OBJECT + 16 + PAGE - 1) / PAGE),
    page = takePages(pages, RUN, REST);
  if (!page) raiseOutOfMemory();
  store<u32>(page, kind, KIND);
  store<u32>(page, <u32>bytes, SIZE);
  store<u32>(page, pages, RUN_PAGES);
  store<u32>(page, 0, RUN_MARKED);
  store<u32>(page, 0, QUEUE);
  allocated += <usize>pages * PAGE;
  return page + RUN_OBJECT;
}

function freeInHeap(address: usize): void {
  const page = address & ~(PAGE - 1);
  if (pageUse(page / PAGE) == RUN) {
    givePages(page, load<u32>(page, RUN_PAGES));
    return;
  }
  pushFreed(page, address);
}

export function pushFreed(page: usize, cell: usize): void {
  store<usize>(cell, load<usize>(page, FREED));
  store<usize>(page, cell, FREED);
  store<u32>(page, load<u32>(page, FREED_COUNT) + 1, FREED_COUNT);
}

/** Empties the lists of pages to allocate from; the sweep fills them again. */
export function forgetCurrentPages(): void {
  memory.fill(current, 0, <usize>KINDS * CLASSES * 4);
}
