// What a stream keeps from its request to its response, until it is gone: one list of entries per stream, each stream in an arena of its own.
import { alloc, arenaLoad, arenaRelease, arenaSave } from "./memory/arena";
import { copy } from "./memory/copy";
import { Str } from "./str";

/** One thing kept: what it belongs to, its name, its contents. */
// @ts-ignore: decorator
@unmanaged
export class Kept {
  next: Kept | null;
  owner: Str;
  key: Str;
  contents: Str;
}

// @ts-ignore: decorator
@unmanaged
class StreamMemory {
  context: u32;
  next: StreamMemory | null;
  first: Kept | null;
  last: Kept | null;
  private chunks: usize;
  private top: usize;
  private end: usize;

  /** Address for `arenaSave` and `arenaLoad`. */
  get arena(): usize {
    return changetype<usize>(this) + offsetof<StreamMemory>("chunks");
  }
}

const BUCKETS: u32 = 1024;
// @ts-ignore: decorator
@lazy const buckets: usize = memory.data(1024 * 4, 4);
/** The arena that was current before. */
// @ts-ignore: decorator
@lazy const before: usize = memory.data(12, 4);

function find(context: u32): StreamMemory | null {
  let stream = load<StreamMemory | null>(bucketOf(context));
  while (stream && stream.context != context) stream = stream.next;
  return stream;
}

function bucketOf(context: u32): usize {
  return buckets + ((context & (BUCKETS - 1)) << 2);
}

/** The first thing that the stream keeps, in the order in which they were first kept. */
export function firstKept(context: u32): Kept | null {
  const stream = find(context);
  return stream ? stream.first : null;
}

/** Keeps copies; in place of what was kept for the same owner and key. */
export function keep(context: u32, owner: Str, key: Str, contents: Str): void {
  let stream = find(context);
  arenaSave(before);
  if (stream) arenaLoad(stream.arena);
  else {
    arenaLoad(NO_ARENA);
    stream = create(context);
  }
  const kept = entryOf(stream, owner, key);
  kept.contents = copied(contents);
  arenaSave(stream.arena);
  arenaLoad(before);
}
// @ts-ignore: decorator
@lazy const NO_ARENA: usize = memory.data(12, 4);

/** What is kept for `owner` and `key`; null when that is nothing. It is gone with the stream. */
export function recall(context: u32, owner: Str, key: Str): Str | null {
  let kept = firstKept(context);
  while (kept && !(kept.owner == owner && kept.key == key)) kept = kept.next;
  return kept ? kept.contents : null;
}

/** Keeps what is kept for `owner` and `key` no longer. */
export function forget(context: u32, owner: Str, key: Str): void {
  const stream = find(context);
  if (!stream) return;
  let before: Kept | null = null,
    kept = stream.first;
  while (kept && !(kept.owner == owner && kept.key == key)) {
    before = kept;
    kept = kept.next;
  }
  if (!kept) return;
  if (before) before.next = kept.next;
  else stream.first = kept.next;
  if (!kept.next) stream.last = before;
}

function create(context: u32): StreamMemory {
  const stream = changetype<StreamMemory>(alloc(offsetof<StreamMemory>())),
    bucket = bucketOf(context);
  stream.context = context;
  stream.first = stream.last = null;
  stream.next = load<StreamMemory | null>(bucket);
  store<StreamMemory>(bucket, stream);
  return stream;
}

function entryOf(stream: StreamMemory, owner: Str, key: Str): Kept {
  let kept = stream.first;
  while (kept) {
    if (kept.owner == owner && kept.key == key) return kept;
    kept = kept.next;
  }
  const added = changetype<Kept>(alloc(offsetof<Kept>())),
    last = stream.last;
  added.owner = copied(owner);
  added.key = copied(key);
  added.next = null;
  if (last) last.next = added;
  else stream.first = added;
  stream.last = added;
  return added;
}

function copied(s: Str): Str {
  const to = Str.alloc(s.byteLength);
  copy(to.bytes, s.bytes, s.byteLength);
  return to;
}

/** The stream is gone. */
export function forgetStream(context: u32): void {
  let link = bucketOf(context),
    stream = load<StreamMemory | null>(link);
  while (stream && stream.context != context) {
    link = changetype<usize>(stream) + offsetof<StreamMemory>("next");
    stream = stream.next;
  }
  if (!stream) return;
  store<StreamMemory | null>(link, stream.next);
  arenaSave(before);
  arenaLoad(stream.arena);
  arenaRelease();
  arenaLoad(before);
}
