// Tables: an array part for the keys 1..count, and a node part for all other keys, in the order of their insertion.
//
//   nodes  [node …][head of a chain u32 …]   one head for each node that there is room for, a power of two
//   node   [key u64][value u64][hash u32][next node of the chain u32]
//
// A node keeps its key when its value becomes nil, so that a traversal can go on from it; the next growth drops it.
// No number that follows the array part (count + 1) is ever a live key of the node part, so count is a border.
import { allocObject, allocRaw, freeRaw, retain, TABLE } from "./memory/heap";
import { clear, copy } from "./memory/copy";
import { mark, markValue, markValues } from "./memory/collect";
import { raiseOutOfMemory, raiseText } from "./error";
import { hashOf, Str } from "./str";
import { isNumber, isString, nil, number, stringValue, toNumber, toStr, Value } from "./value";
import { Values } from "./values";

const NODE: usize = 24;
const VALUE_AT: usize = 8;
const HASH_AT: usize = 16;
const CHAIN_AT: usize = 20;

/** The key of a node whose key has moved to the array part: no Lua value. */
const MOVED: Value = 0xfff9000000000001;

export const NODE_PLACE: u32 = 0x80000000;
export const NO_PLACE: u32 = 0xffffffff;

/** The heads of a table without nodes: one empty chain. */
const NO_HEADS: usize = memory.data(8, 8);

// @ts-ignore: decorator
@unmanaged
export class Table {
  array: usize;
  arrayCapacity: u32;
  /** Slots of the array part in use; the last one is not nil, except after `append(nil)`. */
  count: u32;
  nodes: usize;
  heads: usize;
  /** Number of heads minus one. */
  mask: u32;
  /** Nodes in use, with those whose value is nil. */
  used: u32;
  metatable: Table | null;
  /** Whether the node part may have numbers among its keys. */
  hasNumbers: u32;

  /** With room for `arraySize` values in the array part and `hashSize` in the node part. */
  static create(arraySize: u32, hashSize: u32): Table {
    const t = changetype<Table>(allocObject(TABLE, offsetof<Table>()));
    t.array = 0;
    t.arrayCapacity = 0;
    t.count = 0;
    t.nodes = 0;
    t.heads = NO_HEADS;
    t.mask = 0;
    t.used = 0;
    t.metatable = null;
    t.hasNumbers = 0;
    if (arraySize) t.growArray(arraySize);
    if (hashSize) t.makeNodes(hashSize < 3 ? hashSize : <u32>1 << (32 - clz(hashSize - 1)));
    return t;
  }

  // ------------------------------------------------------------------------------------------------ reading

  /** Without metamethods, as all of these. */
  get(key: Value): Value {
    if (isString(key)) return this.getString(toStr(key));
    if (isNumber(key)) return this.getNumber(toNumber(key));
    const node = this.findOther(key);
    return node ? load<u64>(node, VALUE_AT) : nil;
  }

  getString(key: Str): Value {
    const node = this.findString(key, hashOf(key));
    return node ? load<u64>(node, VALUE_AT) : nil;
  }

  // @ts-ignore: decorator
  @inline
  getNumber(key: f64): Value {
    const i = nearest(key);
    return i - 1 < this.count && <f64>i == key ? load<u64>(this.array + ((i - 1) << 3)) : this.getOtherNumber(key);
  }

  /** `getNumber` for a whole number from 0 up. */
  // @ts-ignore: decorator
  @inline
  at(i: u32): Value {
    return i - 1 < this.count ? load<u64>(this.array + ((i - 1) << 3)) : this.getOtherNumber(<f64>i);
  }

  private getOtherNumber(key: f64): Value {
    if (!this.hasNumbers) return nil;
    const node = this.findOther(number(key + 0));
    return node ? load<u64>(node, VALUE_AT) : nil;
  }

  /** Lua's `#` without metamethods: a border. */
  get length(): f64 {
    return <f64>this.border();
  }

  border(): u32 {
    const count = this.count;
    if (count && load<u64>(this.array + ((count - 1) << 3)) == nil) this.shrink();
    return this.count;
  }

  // ------------------------------------------------------------------------------------------------ writing

  /** Raises `table index is nil` or `table index is NaN`. */
  set(key: Value, value: Value, line: i32): void {
    if (isString(key)) this.setString(toStr(key), value);
    else if (isNumber(key)) this.setNumber(toNumber(key), value, line);
    else {
      if (key == nil) raiseText("table index is nil", line);
      const node = this.findOther(key);
      if (node) store<u64>(node, retain(value), VALUE_AT);
      else if (value != nil) this.insert(key, hashOther(key), retain(value));
    }
  }

  setString(key: Str, value: Value): void {
    const hash = hashOf(key),
      node = this.findString(key, hash);
    if (node) store<u64>(node, retain(value), VALUE_AT);
    else if (value != nil) this.insert(retain(stringValue(key)), hash, retain(value));
  }

  /** Raises `table index is NaN`. */
  // @ts-ignore: decorator
  @inline
  setNumber(key: f64, value: Value, line: i32 = 0): void {
    const i = nearest(key);
    if (i - 1 < this.count && <f64>i == key && value != nil) store<u64>(this.array + ((i - 1) << 3), retain(value));
    else this.setOtherNumber(key, value, line);
  }

  private setOtherNumber(key: f64, value: Value, line: i32): void {
    const i = nearest(key);
    if (<f64>i == key && i - 1 <= this.count) {
      if (i > this.count) {
        if (value != nil) this.append(value);
      } else {
        store<u64>(this.array + ((i - 1) << 3), nil);
        if (i == this.count) this.shrink();
      }
      return;
    }
    if (key != key) raiseText("table index is NaN", line);
    const boxed = number(key + 0),
      node = this.findOther(boxed);
    if (node) store<u64>(node, retain(value), VALUE_AT);
    else if (value != nil) {
      this.insert(boxed, hashOther(boxed), retain(value));
      this.hasNumbers = 1;
    }
  }

  /**
   * The value after the last of the array part: the next positional one of a constructor (which may be nil), or
   * `t[#t + 1] = value`.
   */
  append(value: Value): Table {
    const count = this.count;
    if (count == this.arrayCapacity) this.growArray(count < 4 ? 4 : count << 1);
    store<u64>(this.array + (count << 3), retain(value));
    this.count = count + 1;
    if (this.hasNumbers) this.moveFollowing();
    return this;
  }

  // A constructor is a chain: `{ a, x = 1, f() }` is `Table.create(1, 1).append(a).field(X, …).appendAll(lua.results(f()))`.

  /** Positional values at the end of a constructor. */
  appendAll(values: Values): Table {
    const count = values.count;
    for (let i: u32 = 1; i <= count; i++) this.append(values.at(i));
    return this;
  }

  /** A positional value where entries stand before it. */
  item(position: u32, value: Value): Table {
    const count = this.count;
    if (position == count + 1) return this.append(value);
    if (position <= count) store<u64>(this.array + ((position - 1) << 3), retain(value));
    else this.setNumber(<f64>position, value, 0);
    return this;
  }

  /** `appendAll` where entries stand before them. */
  itemsFrom(first: u32, values: Values): Table {
    const count = values.count;
    for (let i: u32 = 0; i < count; i++) this.item(first + i, values.at(i + 1));
    return this;
  }

  /** `key = value` in a constructor. */
  field(key: Str, value: Value): Table {
    this.setString(key, value);
    return this;
  }

  /** `[key] = value` in a constructor. */
  entry(key: Value, value: Value, line: i32): Table {
    this.set(key, value, line);
    return this;
  }

  // ------------------------------------------------------------------------------------------------ traversal

  // A place is an index of the array part, or NODE_PLACE and an index of the node part.

  /** The first entry at or after `place`, 0 when there is none. The first place is 1. */
  seek(place: u32): u32 {
    return this.seekUpTo(place, NODE_PLACE - 1, NO_PLACE);
  }

  /** `seek` that goes no further than `lastIndex` in the array part and `lastNode` in the node part. */
  // @ts-ignore: decorator
  @inline
  seekUpTo(place: u32, lastIndex: u32, lastNode: u32): u32 {
    if (place < NODE_PLACE) {
      const last = min(this.count, lastIndex);
      for (; place <= last; place++) if (load<u64>(this.array + ((place - 1) << 3)) != nil) return place;
      place = NODE_PLACE;
    }
    const last = min(NODE_PLACE + this.used - 1, lastNode);
    for (; place <= last; place++) if (load<u64>(this.nodeAt(place), VALUE_AT) != nil) return place;
    return 0;
  }

  keyAt(place: u32): Value {
    return place < NODE_PLACE ? number(<f64>place) : load<u64>(this.nodeAt(place));
  }

  valueAt(place: u32): Value {
    return place < NODE_PLACE ? load<u64>(this.array + ((place - 1) << 3)) : load<u64>(this.nodeAt(place), VALUE_AT);
  }

  /** The place after `key`, whose value may have become nil since; after nil comes the first. `NO_PLACE`: no such key. */
  placeAfter(key: Value): u32 {
    if (key == nil) return 1;
    if (isString(key)) return this.placeAfterNode(this.findString(toStr(key), hashOf(toStr(key))));
    if (!isNumber(key)) return this.placeAfterNode(this.findOther(key));
    const n = toNumber(key),
      i = nearest(n),
      whole = <f64>i == n;
    if (whole && i - 1 < this.count) return i + 1;
    const place = this.placeAfterNode(this.findOther(number(n + 0)));
    // It was in the array part, which has shrunk.
    return place == NO_PLACE && whole && i - 1 < this.arrayCapacity ? NODE_PLACE : place;
  }

  private placeAfterNode(node: usize): u32 {
    return node ? NODE_PLACE + <u32>((node - this.nodes) / NODE) + 1 : NO_PLACE;
  }

  // @ts-ignore: decorator
  @inline
  private nodeAt(place: u32): usize {
    return this.nodes + <usize>(place - NODE_PLACE) * NODE;
  }

  // ------------------------------------------------------------------------------------------------ parts

  // @ts-ignore: decorator
  @inline
  private findString(key: Str, hash: u32): usize {
    const boxed = stringValue(key);
    let node = load<usize>(this.heads + ((hash & this.mask) << 2));
    while (node) {
      const other = load<u64>(node);
      if (other == boxed) break;
      if (load<u32>(node, HASH_AT) == hash && isString(other) && toStr(other) == key) break;
      node = load<usize>(node, CHAIN_AT);
    }
    return node;
  }

  /** Numbers with -0 made 0, booleans, objects: equal when their bits are. */
  private findOther(key: Value): usize {
    let node = load<usize>(this.heads + ((hashOther(key) & this.mask) << 2));
    while (node && load<u64>(node) != key) node = load<usize>(node, CHAIN_AT);
    return node;
  }

  /** A key that is not there. */
  private insert(key: Value, hash: u32, value: Value): void {
    if (this.used > this.mask || !this.nodes) this.growNodes();
    const node = this.nodes + <usize>this.used * NODE,
      head = this.heads + ((hash & this.mask) << 2);
    store<u64>(node, key);
    store<u64>(node, value, VALUE_AT);
    store<u32>(node, hash, HASH_AT);
    store<usize>(node, load<usize>(head), CHAIN_AT);
    store<usize>(head, node);
    this.used++;
  }

  /** Room for twice the live nodes (the same room, if half of them are dead). */
  private growNodes(): void {
    const old = this.nodes,
      end = old + <usize>this.used * NODE;
    let live: u32 = 0;
    for (let node = old; node < end; node += NODE) live += <u32>(load<u64>(node, VALUE_AT) != nil);
    let room: u32 = 4;
    while (room <= live + (live >>> 1)) room <<= 1;
    this.makeNodes(room);
    this.hasNumbers = 0;
    for (let node = old; node < end; node += NODE) {
      const value = load<u64>(node, VALUE_AT);
      if (value == nil) continue;
      const key = load<u64>(node);
      if (isNumber(key)) this.hasNumbers = 1;
      this.insert(key, load<u32>(node, HASH_AT), value);
    }
    freeRaw(old);
  }

  private makeNodes(room: u32): void {
    if (room > 1 << 26) raiseOutOfMemory();
    const nodes = allocRaw(<usize>room * (NODE + 4));
    this.nodes = nodes;
    this.heads = nodes + <usize>room * NODE;
    this.mask = room - 1;
    this.used = 0;
    clear(this.heads, <usize>room << 2);
  }

  private growArray(room: u32): void {
    if (room > 1 << 28) raiseOutOfMemory();
    const array = allocRaw(<usize>room << 3),
      old = this.array;
    copy(array, old, <usize>this.count << 3);
    this.array = array;
    this.arrayCapacity = room;
    freeRaw(old);
  }

  /** For the collector: marks all that this table refers to. */
  trace(): void {
    if (changetype<usize>(this.metatable)) mark(changetype<usize>(this.metatable));
    if (this.array) {
      mark(this.array);
      markValues(this.array, this.count);
    }
    if (!this.nodes) return;
    mark(this.nodes);
    const end = this.nodes + <usize>this.used * NODE;
    for (let node = this.nodes; node < end; node += NODE) {
      markValue(load<u64>(node));
      markValue(load<u64>(node, VALUE_AT));
    }
  }

  private shrink(): void {
    let count = this.count;
    while (count && load<u64>(this.array + ((count - 1) << 3)) == nil) count--;
    this.count = count;
  }

  /** The keys that follow the array part move there; a dead node of the key that was just appended must not be found again. */
  private moveFollowing(): void {
    let node = this.findOther(number(<f64>this.count));
    if (node) store<u64>(node, MOVED);
    for (;;) {
      node = this.findOther(number(<f64>this.count + 1));
      if (!node) return;
      const value = load<u64>(node, VALUE_AT);
      if (value == nil) return;
      store<u64>(node, MOVED);
      store<u64>(node, nil, VALUE_AT);
      if (this.count == this.arrayCapacity) this.growArray(this.count << 1);
      store<u64>(this.array + (this.count++ << 3), value);
    }
  }
}

/**
 * A whole number from 0 to 2^32 - 1 as u32; anything else gives some number that is not equal. Adding 2^52 leaves the integer in the
 * low bits, which V8 does faster than a conversion that must not trap.
 */
// @ts-ignore: decorator
@inline
function nearest(n: f64): u32 {
  return <u32>reinterpret<u64>(n + 4503599627370496.0);
}

/** Fibonacci hashing of the bits; numbers differ in the high ones, addresses in the low ones. */
// @ts-ignore: decorator
@inline
function hashOther(key: Value): u32 {
  return <u32>((key * 0x9e3779b97f4a7c15) >>> 40);
}
