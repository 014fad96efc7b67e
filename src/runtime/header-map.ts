// Header maps as the host gives them, in one call for all of a map: that costs less than asking for two headers, and is the only
// way to get all values of one. Kept until the run is suspended, or until a header is asked for that was written since, and not in
// a way that leaves no doubt about its value.
//
//     [count] [key size, value size] …  key NUL value NUL  key NUL value NUL …
import { headerPairs, headerValue } from "./host";
import { alloc } from "./memory/arena";
import { copy, equal } from "./memory/copy";
import { run } from "./run";
import { Str } from "./str";

/** Maps 0 to 3: request headers, request trailers, response headers, response trailers. */
const MAPS: u32 = 4;

/** Per map: the pairs, when they were fetched, how many names were written since, and what was read. */
// @ts-ignore: decorator
@unmanaged
class Snapshot {
  pairs: usize;
  epoch: u32;
  written: u32;
}
const snapshots: usize = memory.data(offsetof<Snapshot>() * MAPS, 8);

/** A name, in lower case, that was written since the snapshot, and what it has now. */
// @ts-ignore: decorator
@unmanaged
class Written {
  name: Str;
  state: u32;
  value: Str | null;
}

/** To be asked for again. */
const UNKNOWN: u32 = 0;
/** `value` if the snapshot has at most one header of that name: the host replaces the first one. */
const REPLACED: u32 = 1;
/** `value` is all there is, or null: there is none. */
const ALONE: u32 = 2;

/** More names than that make the snapshot useless. */
const MOST_WRITTEN: u32 = 8;
const written: usize = memory.data(4 * 8 * 12, 4);

// @ts-ignore: decorator
@inline
function snapshotOf(map: u32): Snapshot {
  return changetype<Snapshot>(snapshots + map * offsetof<Snapshot>());
}

// @ts-ignore: decorator
@inline
function writtenAt(map: u32, index: u32): Written {
  return changetype<Written>(written + (map * MOST_WRITTEN + index) * offsetof<Written>());
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
  if (snapshot.written > MOST_WRITTEN || findWritten(map, snapshot, name)) return fetch(map, snapshot);
  return snapshot.pairs;
}

function fetch(map: u32, snapshot: Snapshot): usize {
  snapshot.pairs = run.headersContinued && map == run.direction << 1 ? run.lastHeaders : headerPairs(map);
  snapshot.epoch = run.epoch;
  snapshot.written = 0;
  forgetReads(map);
  return snapshot.pairs;
}

function findWritten(map: u32, snapshot: Snapshot, name: Str): Written | null {
  const count = min(snapshot.written, MOST_WRITTEN);
  for (let i: u32 = 0; i < count; i++) {
    const entry = writtenAt(map, i);
    if (entry.name == name) return entry;
  }
  return null;
}

/** The entry for a name about to be written; null when the snapshot is of no use (any more). `name` in lower case. */
function toWrite(map: u32, name: Str): Written | null {
  const snapshot = snapshotOf(map);
  if (snapshot.epoch != run.epoch || snapshot.written > MOST_WRITTEN) return null;
  forgetReads(map);
  const found = findWritten(map, snapshot, name);
  if (found) return found;
  const index = snapshot.written++;
  if (index == MOST_WRITTEN) return null;
  const entry = writtenAt(map, index);
  entry.name = name;
  entry.state = REPLACED;
  entry.value = null;
  return entry;
}

/** Notes that the host changed the headers named `name`, in lower case, in some way. */
export function noteWrite(map: u32, name: Str): void {
  const entry = toWrite(map, name);
  if (entry) entry.state = UNKNOWN;
}

/** Notes that the host replaced the first header named `name`, in lower case, or added it. */
export function noteReplacement(map: u32, name: Str, value: Str): void {
  const entry = toWrite(map, name);
  if (!entry) return;
  if (isSpecial(name)) entry.state = UNKNOWN;
  entry.value = value;
}

/** Notes that the host removed all headers named `name`, in lower case. */
export function noteRemoval(map: u32, name: Str): void {
  const entry = toWrite(map, name);
  if (!entry) return;
  entry.state = isSpecial(name) ? UNKNOWN : ALONE;
  entry.value = null;
}

const COLON: u32 = 58;

/** Pseudo-headers, of which the host has rules of its own. */
function isSpecial(name: Str): bool {
  return !name.byteLength || name.at(0) == COLON;
}

// What was read lately, by the address of the name: a script that asks twice gets the same string.

const READS: u32 = 8;
const reads: usize = memory.data(4 * 8 * 8, 8);

// @ts-ignore: decorator
@inline
function readSlot(map: u32, name: Str): usize {
  return reads + ((map * READS + ((<u32>changetype<usize>(name) >>> 3) & (READS - 1))) << 3);
}

function forgetReads(map: u32): void {
  const first = reads + ((map * READS) << 3);
  for (let at: usize = 0; at < READS << 3; at += 8) store<u64>(first + at, 0);
}

/** Epochs begin to count from 1 again: what was fetched in one long ago is not of the one that has its number now. */
export function forgetSnapshots(): void {
  for (let map: u32 = 0; map < MAPS; map++) snapshotOf(map).epoch = 0;
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
// @ts-ignore: decorator
@inline
export function header(map: u32, name: Str): Str | null {
  const slot = readSlot(map, name);
  return snapshotOf(map).epoch == run.epoch && load<usize>(slot) == changetype<usize>(name)
    ? changetype<Str | null>(load<usize>(slot, 4))
    : read(map, name, slot);
}

function read(map: u32, name: Str, slot: usize): Str | null {
  if (isNeverRepeated(map, name) && isReadAlone(map)) return headerValue(map, name);
  let found = valueOf(map, name);
  if (!changetype<usize>(found)) {
    const proper = canonical(map, name);
    if (changetype<usize>(proper) != changetype<usize>(name)) found = valueOf(map, proper);
  }
  store<usize>(slot, changetype<usize>(name));
  store<usize>(slot, changetype<usize>(found), 4);
  return found;
}

// A header that is the only one asked for costs less by itself, two cost more: whoever asked for a second one once is given the whole map at once
// from then on.

/** Per map: the run that asked for one header by itself, and whether one ever asked for another. */
const aloneIn: usize = memory.data(4 * 4, 4);
const severalAreRead: usize = memory.data(4, 4);

function isReadAlone(map: u32): bool {
  if (load<u8>(severalAreRead + map) || snapshotOf(map).epoch == run.epoch || run.headersContinued) return false;
  const last = aloneIn + (map << 2);
  if (load<u32>(last) == run.epoch) {
    store<u8>(severalAreRead + map, 1);
    return false;
  }
  store<u32>(last, run.epoch);
  return true;
}

/** Of these Envoy's maps have one at most: what is repeated is joined with a comma as it comes in. */
function isNeverRepeated(map: u32, name: Str): bool {
  if (map == RESPONSE_HEADERS) return name == STATUS;
  if (map != REQUEST_HEADERS) return false;
  return name == PATH || name == USER_AGENT || name == FORWARDED_FOR || name == METHOD || name == AUTHORITY || name == REQUEST_ID;
}
const REQUEST_HEADERS: u32 = 0;
const RESPONSE_HEADERS: u32 = 2;
const PATH = Str.of(":path");
const METHOD = Str.of(":method");
const STATUS = Str.of(":status");
const USER_AGENT = Str.of("user-agent");
const FORWARDED_FOR = Str.of("x-forwarded-for");
const REQUEST_ID = Str.of("x-request-id");

function valueOf(map: u32, name: Str): Str | null {
  const snapshot = snapshotOf(map);
  if (snapshot.epoch == run.epoch && snapshot.written <= MOST_WRITTEN) {
    const entry = findWritten(map, snapshot, name);
    if (entry && (entry.state == ALONE || (entry.state == REPLACED && countOf(snapshot.pairs, name) < 2))) return entry.value;
  }
  return joined(pairsFor(map, name), name);
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
  const proper = canonical(map, name);
  return countOf(pairsFor(map, proper), proper);
}

function countOf(pairs: usize, name: Str): u32 {
  let count: u32 = 0;
  for (const pair = overPairs<Pairs>(pairs); pair.advance(); ) if (pair.isNamed(name)) count++;
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
