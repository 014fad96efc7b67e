// One arena per stream: a list of chunks with a bump pointer, freed as a whole when the stream ends.
//
//   chunk  [next u32][size u32][bytes …][16 spare bytes]
//
// The first chunk is what most requests need. Those behind it begin small, so that a suspended stream keeps little that it does not
// use, and grow; then a chunk is a page, and what does not fit into one gets pages of its own.
// The spare bytes are what copies of eight bytes at a time may run over.
import { raiseOutOfMemory } from "../error";
import { allocObject, OBJECT } from "./heap";
import { ARENA, givePages, PAGE, setPageUse, takePages } from "./pages";

/** Bytes of the first chunk, the second and so on. */
// @ts-ignore: decorator
@lazy const sizes: usize = memory.data<u32>([2048, 1024, 1536, 3072, 6144, 16384]);
const SMALL_CHUNKS: usize = 6;
/** By the places of these sizes: the free chunks. */
// @ts-ignore: decorator
@lazy const freeChunks: usize = memory.data(6 * 4, 4);
const HEADER: usize = 8;
const SPARE: usize = 16;

/** The next free byte of the current arena, and where its chunk ends. */
let top: usize = 0;
let end: usize = 0;
/** The chunks of the current arena, the one in use first. */
let chunks: usize = 0;

/** The page that new chunks are cut from; at first what follows the static data. */
// @ts-ignore: decorator
@lazy let cut: usize = (__heap_base + 15) & ~15;
// @ts-ignore: decorator
@lazy let cutEnd: usize = firstCutEnd();

/**
 * `bytes` bytes, aligned to 8, in the current stream's arena. Up to 7 bytes past the end may be overwritten as long as
 * nothing was allocated after it. Raises `not enough memory`.
 */
// @ts-ignore: decorator
@inline
export function alloc(bytes: usize): usize {
  const size = (bytes + 7) & ~7,
    address = top;
  if (size > end - address) return allocInNewChunk(size);
  top = address + size;
  return address;
}

/** Gives back what the latest allocation does not need from `used` on (nothing if it has pages of its own). */
// @ts-ignore: decorator
@inline
export function trim(used: usize): void {
  const rounded = (used + 7) & ~7;
  if (rounded > chunks && rounded <= end) top = rounded;
}

/** Makes the arena saved in the 12 bytes at `slot` the current one; all zero is an empty arena. */
export function arenaLoad(slot: usize): void {
  chunks = load<usize>(slot);
  top = load<usize>(slot, 4);
  end = load<usize>(slot, 8);
}

export function arenaSave(slot: usize): void {
  store<usize>(slot, chunks);
  store<usize>(slot, top, 4);
  store<usize>(slot, end, 8);
}

/** In place of the chunks of an arena: what is allocated goes to the collected heap. */
const HEAP: usize = 1;

/** For a coroutine, which may outlive the stream: makes the heap the current arena, until another one is loaded. */
export function useHeap(): void {
  chunks = HEAP;
  top = 0;
  end = 0;
}

/** Frees all of the current arena, which is empty afterwards. */
export function arenaRelease(): void {
  let chunk = chunks;
  while (chunk) {
    const next = load<usize>(chunk),
      size = load<usize>(chunk, 4);
    const place = placeOf(size);
    if (place < SMALL_CHUNKS) {
      const free = freeChunks + (place << 2);
      store<usize>(chunk, load<usize>(free));
      store<usize>(free, chunk);
    } else givePages(chunk, <u32>(size / PAGE));
    chunk = next;
  }
  forget();
}

/** What the current arena holds stays for good (made while configuring); the arena is empty afterwards. */
export function arenaKeep(): void {
  forget();
}

/** `bytes` bytes that are never freed, whatever the current arena. */
export function allocPermanent(bytes: usize): usize {
  if (bytes <= PAGE) return cutOff((bytes + 15) & ~15);
  const pages = takePages(<u32>((bytes + PAGE - 1) / PAGE), ARENA, ARENA);
  if (!pages) raiseOutOfMemory();
  return pages;
}

function forget(): void {
  chunks = 0;
  top = 0;
  end = 0;
}

function allocInNewChunk(size: usize): usize {
  // Eight bytes more: what is copied eight bytes at a time runs over.
  if (COROUTINES && STATEFUL && chunks == HEAP) return allocObject(OBJECT, size + 8);
  if (size > PAGE - HEADER - SPARE) return allocPages(size);
  const chunk = newChunk(size);
  store<usize>(chunk, chunks);
  chunks = chunk;
  top = chunk + HEADER + size;
  end = chunk + load<usize>(chunk, 4) - SPARE;
  return chunk + HEADER;
}

/** The one that follows the chunk in use, or a later one that has the room. */
function newChunk(size: usize): usize {
  const room = size + HEADER + SPARE;
  let place = end ? placeOf(load<usize>(chunks, 4)) + 1 : 0;
  while (place < SMALL_CHUNKS && load<u32>(sizes + (place << 2)) < room) place++;
  if (place < SMALL_CHUNKS) {
    const free = freeChunks + (place << 2),
      chunk = load<usize>(free);
    if (!chunk) return cutChunk(load<u32>(sizes + (place << 2)));
    store<usize>(free, load<usize>(chunk));
    return chunk;
  }
  const page = takePages(1, ARENA, ARENA);
  if (!page) raiseOutOfMemory();
  store<usize>(page, PAGE, 4);
  return page;
}

/** Which of the `sizes` it is; `SMALL_CHUNKS` for a page or more. */
function placeOf(size: usize): usize {
  let place: usize = 0;
  while (place < SMALL_CHUNKS && load<u32>(sizes + (place << 2)) != size) place++;
  return place;
}

/** Pages of its own, linked behind the current chunk, in which bumping goes on. */
function allocPages(size: usize): usize {
  if (size > 0xfff00000) raiseOutOfMemory();
  const count = <u32>((size + HEADER + SPARE + PAGE - 1) / PAGE);
  const chunk = takePages(count, ARENA, ARENA);
  if (!chunk) raiseOutOfMemory();
  store<usize>(chunk, <usize>count * PAGE, 4);
  if (chunks) {
    store<usize>(chunk, load<usize>(chunks));
    store<usize>(chunks, chunk);
  } else {
    store<usize>(chunk, 0);
    chunks = chunk;
  }
  return chunk + HEADER;
}

function cutChunk(size: usize): usize {
  const chunk = cutOff(size);
  store<usize>(chunk, size, 4);
  return chunk;
}

function cutOff(size: usize): usize {
  if (size > cutEnd - cut) {
    const page = takePages(1, ARENA, ARENA);
    if (!page) raiseOutOfMemory();
    cut = page;
    cutEnd = page + PAGE;
  }
  const address = cut;
  cut += size;
  return address;
}

/** The rest of the pages that the module starts with, after its static data, are the first to be used. */
function firstCutEnd(): usize {
  const pages = <usize>memory.size();
  for (let page = __heap_base / PAGE; page < pages; page++) setPageUse(page, ARENA);
  return pages * PAGE;
}
