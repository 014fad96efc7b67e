// Pages of 64 KiB, taken from the engine as needed and never given back to it (Wasm memory cannot shrink), but handed
// round between arenas and the collected heap. One byte per page of the address space says what the page is used for.

export const PAGE: usize = 65536;

/** What a page is used for. 0: static data, permanent data, or not there yet. */
export const FREE: u32 = 1;
export const ARENA: u32 = 2;
/** Equal cells, of one kind of object (`heap.ts`). */
export const CELLS: u32 = 3;
/** First page of one large object, and the pages that follow it. */
export const RUN: u32 = 4;
export const REST: u32 = 5;

// @ts-ignore: decorator
@lazy const uses: usize = memory.data(65536);

/** Where nothing below is free. */
// @ts-ignore: decorator
@lazy let lowest: u32 = 0xffff;
// @ts-ignore: decorator
@lazy let freePages: u32 = 0;

// @ts-ignore: decorator
@inline
export function pageUse(page: usize): u32 {
  return load<u8>(uses + page);
}

export function setPageUse(page: usize, use: u32): void {
  store<u8>(uses + page, use);
}

/** Address of `count` pages in a row, marked `first` and, from the second, `rest`; 0 when memory cannot grow. */
export function takePages(count: u32, first: u32, rest: u32): usize {
  let page = findFree(count);
  if (!page) {
    if (!grow(count)) return 0;
    page = findFree(count);
  }
  freePages -= count;
  setPageUse(page, first);
  for (let i: usize = 1; i < count; i++) setPageUse(page + i, rest);
  if (page == lowest) lowest = <u32>page + count;
  return page * PAGE;
}

export function givePages(address: usize, count: u32): void {
  const page = address / PAGE;
  for (let i: usize = 0; i < count; i++) setPageUse(page + i, FREE);
  freePages += count;
  if (page < lowest) lowest = <u32>page;
}

/** Number of the first of `count` free pages in a row, 0 if there is none. */
function findFree(count: u32): usize {
  if (freePages < count) return 0;
  const end = <u32>memory.size();
  let found: u32 = 0;
  for (let page = lowest; page < end; page++) {
    if (pageUse(page) != FREE) {
      found = 0;
      continue;
    }
    if (++found == count) return page - count + 1;
  }
  return 0;
}

/** By at least `count` pages: an eighth more than there is, if the engine allows, so that growing stays rare. */
function grow(count: u32): bool {
  const have = memory.size();
  if (count > 0xffff) return false;
  let by = max<i32>(count, have >>> 3);
  if (memory.grow(by) < 0) {
    by = count;
    if (memory.grow(by) < 0) return false;
  }
  givePages(<usize>have * PAGE, by);
  return true;
}
