// Header maps as the host gives them, in one call for all of a map: that costs as much as asking for one header, and is the only
// way to get all values of one. Kept until the run is suspended, or until a header is asked for that was written since.
//
//     [count] [key size, value size] …  key NUL value NUL  key NUL value NUL …
import { headerPairs } from "./host";
import { alloc } from "./memory/arena";
import { copy, equal } from "./memory/copy";
import { run } from "./run";
import { Str } from "./str";

/** Maps 0 to 3: request headers, request trailers, response headers, response trailers. */
const MAPS = 4;

/** Per map: the pairs, when they were fetched, and how many names were written since. */
// @ts-ignore: decorator
@unmanaged
class Snapshot {
  pairs: usize;
  epoch: u32;
  written: u32;
}
const snapshots: usize = memory.data(offsetof<Snapshot>() * MAPS, 8);

/** Names written since, lower-case; more than fit make the snapshot useless. */
const MOST_WRITTEN: u32 = 8;
const written: usize = memory.data(4 * 8 * 4, 4);

// @ts-ignore: decorator
@inline
function snapshotOf(map: u32): Snapshot {
  return changetype<Snapshot>(snapshots + map * offsetof<Snapshot>());
}

/** All pairs, none of them written since. 0 when the map is empty or gone. */
export function freshPairs(map: u32): usize {
  const snapshot = snapshotOf(map);
  if (snapshot.epoch == run.epoch && !snapshot.written) return snapshot.pairs;
  return fetch(map, snapshot);
}

/** Pairs of which at least those named `name` are up to date. `name` in lower case. */
function pairsFor(map: u32, name: Str): usize {
  const snapshot = snapshotOf(map);
  if (snapshot.epoch != run.epoch) return fetch(map, snapshot);
  if (snapshot.written && wasWritten(map, snapshot, name)) return fetch(map, snapshot);
  return snapshot.pairs;
}

function fetch(map: u32, snapshot: Snapshot): usize {
  snapshot.pairs = run.headersContinued && map == run.direction << 1 ? run.lastHeaders : headerPairs(map);
  snapshot.epoch = run.epoch;
  snapshot.written = 0;
  return snapshot.pairs;
}

function wasWritten(map: u32, snapshot: Snapshot, name: Str): bool {
  const count = snapshot.written;
  if (count > MOST_WRITTEN) return true;
  for (let i: u32 = 0; i < count; i++) {
    if (changetype<Str>(load<usize>(written + ((map * MOST_WRITTEN + i) << 2))) == name) return true;
  }
  return false;
}

/** Notes that the host changed the headers named `name`, in lower case. */
export function noteWrite(map: u32, name: Str): void {
  const snapshot = snapshotOf(map);
  if (snapshot.epoch != run.epoch) return;
  const count = snapshot.written;
  if (count < MOST_WRITTEN) store<usize>(written + ((map * MOST_WRITTEN + count) << 2), changetype<usize>(name));
  if (count <= MOST_WRITTEN) snapshot.written = count + 1;
}

/** Headers are about to go on, after which the host no longer shows them: keeps what a suspended run may read later. */
export function keepHeaders(): void {
  run.lastHeaders = freshPairs(run.direction << 1);
}

/** The name as the map has it: lower-case, and `:authority` for a request's `host`. */
export function canonical(map: u32, name: Str): Str {
  const length = name.byteLength;
  let lower = name;
  for (let i: u32 = 0; i < length; i++) {
    const c = name.at(i);
    if (c - 65 > 25) continue;
    if (changetype<usize>(lower) == changetype<usize>(name)) lower = Str.copyOf(name.bytes, length);
    store<u8>(lower.bytes + i, c | 32);
  }
  return !map && lower == HOST ? AUTHORITY : lower;
}
const HOST = Str.of("host");
const AUTHORITY = Str.of(":authority");

const COMMA: u8 = 44;

/** All values of `name` joined with a comma, null when there is none. */
export function header(map: u32, name: Str): Str | null {
  const found = joined(pairsFor(map, name), name);
  if (changetype<usize>(found)) return found;
  const proper = canonical(map, name);
  return changetype<usize>(proper) == changetype<usize>(name) ? null : joined(pairsFor(map, proper), proper);
}

function joined(pairs: usize, name: Str): Str | null {
  let values: Str | null = null;
  if (!pairs) return null;
  const end = pairs + 4 + (load<u32>(pairs) << 3),
    keySize = name.byteLength;
  let key = end;
  for (let at = pairs + 4; at < end; at += 8) {
    const size = load<u32>(at),
      valueSize = load<u32>(at, 4);
    if (size == keySize && equal(key, name.bytes, keySize)) {
      const value = key + size + 1;
      values = changetype<usize>(values) ? appended(changetype<Str>(values), value, valueSize) : Str.copyOf(value, valueSize);
    }
    key += size + valueSize + 2;
  }
  return values;
}

/** `values`, a comma, and the `size` bytes at `value`. */
function appended(values: Str, value: usize, size: u32): Str {
  const before = values.byteLength,
    s = Str.alloc(before + 1 + size);
  copy(s.bytes, values.bytes, before);
  store<u8>(s.bytes + before, COMMA);
  copy(s.bytes + before + 1, value, size);
  return s;
}

/** The value of the `index`-th header called `name`, from 0; null when there are not so many. */
export function headerAt(map: u32, name: Str, index: i32): Str | null {
  const proper = canonical(map, name),
    at = nth(pairsFor(map, proper), proper, index);
  return at ? at.value : null;
}

/** How many headers are called `name`. */
export function headerCount(map: u32, name: Str): u32 {
  const proper = canonical(map, name),
    pairs = pairsFor(map, proper);
  let count: u32 = 0;
  for (const pair = overPairs<Pairs>(pairs); pair.advance(); ) if (pair.isNamed(proper)) count++;
  return count;
}

function nth(pairs: usize, name: Str, index: i32): Pairs | null {
  if (index < 0) return null;
  for (const pair = overPairs<Pairs>(pairs); pair.advance(); ) {
    if (pair.isNamed(name) && !index--) return pair;
  }
  return null;
}

/** A place before the first of `pairs` (0: none), of class `T`. */
export function overPairs<T extends Pairs>(pairs: usize): T {
  const self = changetype<T>(alloc(offsetof<T>()));
  self.sizes = pairs + 4;
  self.end = self.following = pairs ? pairs + 4 + (load<u32>(pairs) << 3) : 4;
  return self;
}

/** Goes over the pairs of a map. */
// @ts-ignore: decorator
@unmanaged
export class Pairs {
  /** Sizes of the next pair, and where the sizes end. */
  sizes: usize;
  end: usize;
  /** Where the next pair's key stands. */
  following: usize;
  private keyBytes: usize;
  private keySize: u32;
  private valueSize: u32;

  /** Goes to the next pair, the first one to begin with; false when there is none. */
  advance(): bool {
    const sizes = this.sizes;
    if (sizes == this.end) return false;
    this.keyBytes = this.following;
    this.keySize = load<u32>(sizes);
    this.valueSize = load<u32>(sizes, 4);
    this.following += this.keySize + this.valueSize + 2;
    this.sizes = sizes + 8;
    return true;
  }

  get key(): Str {
    return Str.copyOf(this.keyBytes, this.keySize);
  }

  get value(): Str {
    return Str.copyOf(this.keyBytes + this.keySize + 1, this.valueSize);
  }

  isNamed(name: Str): bool {
    return this.keySize == name.byteLength && equal(this.keyBytes, name.bytes, this.keySize);
  }
}
