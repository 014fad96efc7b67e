// The suspended runs of all streams: by stream and direction, and, while they wait for a side call, by its token.
import { alloc, arenaKeep, arenaLoad, arenaRelease, arenaSave } from "./memory/arena";
import { addRootRange } from "./memory/collect";
import { Run, run, WAITS_FOR_CALL } from "./run";

const BUCKETS: u32 = 4096;
// @ts-ignore: decorator
@lazy const streams: usize = memory.data(4096 * 4, 4);
// @ts-ignore: decorator
@lazy const calls: usize = memory.data(4096 * 4, 4);

/** Stream ids and tokens are consecutive numbers. */
function streamBucket(context: u32, direction: u32): usize {
  return streams + ((((context << 1) | direction) & (BUCKETS - 1)) << 2);
}

function callBucket(token: u32): usize {
  return calls + ((token & (BUCKETS - 1)) << 2);
}

export function findSuspended(context: u32, direction: u32): Run | null {
  let suspended = load<Run | null>(streamBucket(context, direction));
  while (suspended) {
    if (suspended.context == context && suspended.direction == direction) break;
    suspended = suspended.next;
  }
  return suspended;
}

export function findCall(token: u32): Run | null {
  let suspended = load<Run | null>(callBucket(token));
  while (suspended) {
    if (suspended.token == token) break;
    suspended = suspended.nextCall;
  }
  return suspended;
}

/** Puts the run in progress aside, with its arena. */
export function remember(): void {
  if (!run.parked) run.parked = alloc(offsetof<Run>());
  arenaSave(run.arena);
  const bucket = streamBucket(run.context, run.direction);
  run.next = load<Run | null>(bucket);
  store<usize>(bucket, run.parked);
  if (run.state == WAITS_FOR_CALL) {
    const call = callBucket(run.token);
    run.nextCall = load<Run | null>(call);
    store<usize>(call, run.parked);
  }
  memory.copy(run.parked, changetype<usize>(run), offsetof<Run>());
  // The next run starts with an empty arena.
  arenaKeep();
}

/** Takes `suspended` out of the lists. */
export function forget(suspended: Run): void {
  unlink(streamBucket(suspended.context, suspended.direction), suspended, offsetof<Run>("next"));
  if (suspended.state == WAITS_FOR_CALL) unlink(callBucket(suspended.token), suspended, offsetof<Run>("nextCall"));
}

function unlink(bucket: usize, suspended: Run, next: usize): void {
  let link = bucket;
  while (load<usize>(link) != changetype<usize>(suspended)) link = load<usize>(link) + next;
  store<usize>(link, load<usize>(changetype<usize>(suspended) + next));
}

/** Forgets `suspended` and frees its arena; the current arena stays what it is. */
export function dropSuspended(suspended: Run): void {
  forget(suspended);
  arenaSave(current);
  arenaLoad(suspended.arena);
  arenaRelease();
  arenaLoad(current);
}
// @ts-ignore: decorator
@lazy const current: usize = memory.data(12, 4);

/** For the collector: what suspended runs may refer to, which is anything in their stacks and arenas. */
export function addSuspendedRoots(): void {
  for (let bucket = streams; bucket < streams + (BUCKETS << 2); bucket += 4) {
    let suspended = load<Run | null>(bucket);
    while (suspended) {
      addArena(suspended.chunks);
      suspended = suspended.next;
    }
  }
}

/** The saved stack lies in the arena too. */
function addArena(chunk: usize): void {
  for (; chunk; chunk = load<usize>(chunk)) addRootRange(chunk + 8, chunk + load<usize>(chunk, 4));
}
