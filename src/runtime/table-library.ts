// Lua's `table` library. Elements are read and written without metamethods; `__len` counts for what LuaJIT writes in Lua
// (`remove`, `foreachi`, `getn`), not for what it writes in C.
import { pairsOf } from "./base";
import { Builder } from "./builder";
import { call2 } from "./call";
import { enterC, leaveC } from "./depth";
import { checkFunction, checkNumber } from "./check";
import { concat3, EMPTY, Str } from "./str";
import { decimal, latin1, raise, raiseText } from "./error";
import { isAbsent, numberToString, toInt, writeNumber } from "./number";
import { length, less, operand } from "./operators";
import { Table } from "./table";
import { isNil, isNumber, isString, nil, number, table, toNumber, toStr, truthy, typeName, Value } from "./value";
import { return0, return1, Values } from "./values";

/** `#t`, with `__len`. */
function lengthOf(t: Table, line: i32): f64 {
  return METATABLES && changetype<usize>(t.metatable) ? operand(length(table(t), line, ""), line, "") : t.length;
}

// In what LuaJIT writes in Lua, positions are not truncated, but where they are used as an index.

// @ts-ignore: decorator
@inline function getAt(t: Table, i: f64): Value {
  return t.getNumber(<f64>toInt(i));
}

// @ts-ignore: decorator
@inline function setAt(t: Table, i: f64, v: Value): void {
  t.setNumber(<f64>toInt(i), v);
}

// ---------------------------------------------------------------------------------------------------- insert and remove

/** `table.insert(t, v)` */
export function insert(t: Table, v: Value): void {
  t.border();
  if (v != nil) t.append(v);
}

/** `table.insert(t, position, v)`: the position is not checked, as in Lua 5.1. */
export function insertAt(t: Table, position: f64, v: Value, line: i32): void {
  const count = t.border(), at = toInt(position);
  if (<u32>(at - 1) < count && count == t.count && v != nil) {
    t.append(t.at(count));
    const slot = t.array + (<usize>(at - 1) << 3);
    memory.copy(slot + 8, slot, <usize>(count - at) << 3);
    t.setNumber(<f64>at, v);
    return;
  }
  for (let i = <i32>count + 1; i > at; i--) t.setNumber(<f64>i, t.getNumber(<f64>(i - 1)));
  t.setNumber(<f64>at, v);
}

/** `table.insert` with whatever arguments follow the table. */
export function insertValues(t: Table, rest: Values, line: i32): void {
  if (rest.count == 1) insert(t, rest.at(1));
  else if (rest.count == 2) insertAt(t, checkNumber(rest.at(1), 2, "insert", line), rest.at(2), line);
  else raiseText("wrong number of arguments to 'insert'", line);
}

/** `table.remove(t)`: the last element; no result when there is none. */
export function remove(t: Table, line: i32): Value {
  const last = lengthOf(t, line);
  if (last == 0) return return0();
  const removed = getAt(t, last);
  setAt(t, last, nil);
  return return1(removed);
}

/** `table.remove(t, position)`: no result when the position is not one of the table's. */
export function removeAt(t: Table, position: Value, line: i32): Value {
  if (isNil(position)) return remove(t, line);
  const last = lengthOf(t, line), at = checkNumber(position, 2, "remove", line);
  if (!(at >= 1 && at <= last)) return return0();
  const removed = getAt(t, at);
  if (last == <f64>t.count && at == NativeMath.floor(at)) {
    const slot = t.array + (<usize>(at - 1) << 3);
    memory.copy(slot, slot + 8, <usize>(last - at) << 3);
  } else for (let i: f64 = at + 1; i <= last; i++) setAt(t, i - 1, getAt(t, i));
  setAt(t, last, nil);
  return return1(removed);
}

/** Elements `from`…`to` of `a` to `target`… of `b` (null: of `a`), which is returned. */
export function move(a: Table, from: f64, to: f64, target: f64, b: Table | null, line: i32): Table {
  const into = changetype<usize>(b) ? changetype<Table>(b) : a;
  if (!(to >= from)) return into;
  const shift = target - from;
  if (target > to || target <= from || changetype<usize>(into) != changetype<usize>(a)) {
    for (let i = from; i <= to; i++) setAt(into, i + shift, getAt(a, i));
  } else {
    for (let i = to; i >= from; i--) setAt(into, i + shift, getAt(a, i));
  }
  return into;
}

// ---------------------------------------------------------------------------------------------------- concat

/** Elements i to j (default: the last) as text, strings and numbers only. */
export function concat(t: Table, separator: Str, i: f64, j: f64, line: i32): Str {
  const first = toInt(i), last = isAbsent(j) ? <i32>t.border() : toInt(j);
  if (first > last) return EMPTY;
  if (first == last) {
    const only = t.getNumber(<f64>first);
    return isString(only) ? toStr(only) : isNumber(only) ? numberToString(toNumber(only)) : raiseElement(only, first, line);
  }
  const builder = Builder.create(estimate(t, first, last, separator));
  for (let k = <f64>first; k <= <f64>last; k++) {
    if (k != <f64>first) builder.add(separator);
    const v = t.getNumber(k);
    if (isString(v)) builder.add(toStr(v));
    else if (isNumber(v)) addNumber(builder, toNumber(v));
    else raiseElement(v, <i32>k, line);
  }
  return builder.finish();
}

/** Bytes that the result will have, 8 for a number; not exact, and not more than what the elements themselves can make of it. */
function estimate(t: Table, first: i32, last: i32, separator: Str): usize {
  let bytes: u64 = 0;
  for (let k = <f64>first; k <= <f64>last; k++) {
    const v = t.getNumber(k);
    if (v == nil) break;
    bytes += (isString(v) ? toStr(v).byteLength : 8) + separator.byteLength;
  }
  return <usize>min<u64>(bytes, 0x7fffff00);
}

function addNumber(builder: Builder, n: f64): void {
  if (n - n == 0) builder.end = writeNumber(builder.reserve(24), n);
  else builder.add(numberToString(n));
}

function raiseElement(v: Value, i: i32, line: i32): Str {
  const what = concat3(latin1("invalid value ("), typeName(v), latin1(") at index "));
  raise(concat3(what, decimal(i), latin1(" in table for 'concat'")), line);
  return EMPTY;
}

// ---------------------------------------------------------------------------------------------------- sort

/**
 * LuaJIT's quicksort step by step, so that a comparator that contradicts itself gives the same order, the same calls and the
 * same error. `comparator`: nil for `<`.
 */
export function sort(t: Table, by: Value, line: i32): void {
  const count = <i32>t.border();
  if (by != nil) checkFunction(by, 2, "sort", line);
  const outside = enterC();
  sortRange(t, by, 1, count, line);
  leaveC(outside);
}

// @ts-ignore: decorator
@inline function before(by: Value, a: Value, b: Value): bool {
  if (by != nil) return truthy(call2(by, a, b, 0, ""));
  return isNumber(a) && isNumber(b) ? toNumber(a) < toNumber(b) : less(a, b, 0);
}

// @ts-ignore: decorator
@inline function put(t: Table, i: i32, v: Value): void {
  t.setNumber(<f64>i, v);
}

function sortRange(t: Table, by: Value, low: i32, high: i32, line: i32): void {
  while (low < high) {
    // median of three: t[low] ≤ t[middle] ≤ t[high]
    let first = t.at(low), last = t.at(high);
    if (before(by, last, first)) {
      put(t, low, last);
      put(t, high, first);
    }
    if (high - low == 1) return;
    const middle = (low + high) >> 1;
    let pivot = t.at(middle);
    first = t.at(low);
    if (before(by, pivot, first)) {
      put(t, middle, first);
      put(t, low, pivot);
    } else {
      last = t.at(high);
      if (before(by, last, pivot)) {
        put(t, middle, last);
        put(t, high, pivot);
      }
    }
    if (high - low == 2) return;
    pivot = t.at(middle);
    put(t, middle, t.at(high - 1));
    put(t, high - 1, pivot);

    let i = low, j = high - 1;
    for (;;) {
      let left = nil, right = nil;
      while (((left = t.at(++i)), before(by, left, pivot))) if (i >= high) raiseText("invalid order function for sorting", line);
      while (((right = t.at(--j)), before(by, pivot, right))) if (j <= low) raiseText("invalid order function for sorting", line);
      if (j < i) break;
      put(t, i, right);
      put(t, j, left);
    }
    const beforeLast = t.at(high - 1);
    put(t, high - 1, t.at(i));
    put(t, i, beforeLast);
    // the smaller part by recursion, the larger one next
    if (i - low < high - i) {
      sortRange(t, by, low, i - 1, line);
      low = i + 1;
    } else {
      sortRange(t, by, i + 1, high, line);
      high = i - 1;
    }
  }
}

// ---------------------------------------------------------------------------------------------------- the rest

/** The largest positive number that is a key. */
export function maxn(t: Table): f64 {
  let greatest: f64 = 0;
  for (const entry = pairsOf(t); entry.next(); ) {
    if (isNumber(entry.key)) greatest = max(greatest, toNumber(entry.key));
  }
  return greatest;
}

/** A new table with the values at 1… and their number as `n`. */
export function pack(list: Values): Table {
  const t = Table.create(list.count, 1);
  for (let i: u32 = 1; i <= list.count; i++) t.setNumber(<f64>i, list.at(i));
  t.setString(N, number(list.count));
  return t;
}
const N = Str.of("n");

/** `#t` */
export function getn(t: Table, line: i32): Value {
  return length(table(t), line, "");
}

/** Calls `f(key, value)` until it returns something other than nil, which is the result. */
export function foreach(t: Table, f: Value, line: i32): Value {
  for (const entry = pairsOf(t); entry.next(); ) {
    const r = call2(f, entry.key, entry.value, 0, "");
    if (r != nil) return return1(r);
  }
  return return0();
}

/** Calls `f(i, t[i])` for 1 to `#t` until it returns something other than nil, which is the result. */
export function foreachi(t: Table, f: Value, line: i32): Value {
  const last = lengthOf(t, line);
  for (let i: f64 = 1; i <= last; i++) {
    const r = call2(f, number(i), getAt(t, i), 0, "");
    if (r != nil) return return1(r);
  }
  return return0();
}

/** The `table.new` of LuaJIT. */
export function create(arraySize: f64, hashSize: f64): Table {
  return Table.create(sizeHint(arraySize), sizeHint(hashSize));
}

/** Room is a hint: what is negative or absurd is none. */
function sizeHint(n: f64): u32 {
  const size = toInt(n);
  return size < 0 || size > 1 << 24 ? 0 : size;
}

/** The `table.clear` of LuaJIT: the room stays. */
export function clear(t: Table): void {
  t.count = 0;
  t.used = 0;
  t.hasNumbers = 0;
  if (t.nodes) memory.fill(t.heads, 0, (<usize>t.mask + 1) << 2);
}
