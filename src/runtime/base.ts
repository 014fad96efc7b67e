// The base library. What LuaJIT's functions check is checked here when the static type leaves it open; `missing` arguments
// are for function values that were called with too few.
import { hasMethods, indexString } from "./index";
import { call1, call2, callLine, callNamed, namedLine } from "./call";
import { checkNumber, checkTable, raiseArgument, raiseArgumentText } from "./check";
import { builtin, Closure } from "./closure";
import { enterC, leaveC } from "./depth";
import { latin1, message, raise, raiseText, throwError, throwNumber } from "./error";
import { lineOfLevel } from "./levels";
import { allocObject, OBJECT } from "./memory/heap";
import { metamethod, metatableOf, Proxy } from "./metatable";
import { isAbsent, numberParsed, numberToString, parseInBase, parseNumber, toInt } from "./number";
import { concat3, EMPTY, Str } from "./str";
import { NO_PLACE, NODE_PLACE, Table } from "./table";
import {
  False,
  isNil,
  isNumber,
  isString,
  isTable,
  isUserdata,
  nil,
  number,
  optionalTable,
  rawEquals,
  stringValue,
  table,
  toBoolean,
  toNumber,
  toStr,
  toTable,
  toUserdata,
  True,
  truthy,
  typeName,
  userdata,
  Value,
} from "./value";
import { result, return0, return1, return2, return3, returnMany, Values } from "./values";

// ---------------------------------------------------------------------------------------------------- types and text

/** Lua's `type`. */
// @ts-ignore: decorator
@inline
export function type(v: Value): Str {
  return typeName(v);
}

const NIL = Str.of("nil");
const TRUE = Str.of("true");
const FALSE = Str.of("false");
const TOSTRING = Str.of("__tostring");

/** Lua's `tostring`, where the result can only be a string: without `__tostring`, or with one that returns a string. */
export function tostring(v: Value, line: i32 = 0): Str {
  if (METATABLES && (isTable(v) || metamethod(v, TOSTRING) != nil)) {
    const text = tostringValue(v, line);
    if (isString(text)) return toStr(text);
    if (isNumber(text)) return numberToString(toNumber(text));
    raiseText("'tostring' must return a string to 'print'", line);
  }
  return plainText(v);
}

/** Lua's `tostring`: a `__tostring` may return anything. */
export function tostringValue(v: Value, line: i32): Value {
  const handler = metamethod(v, TOSTRING);
  return isNil(handler) ? stringValue(plainText(v)) : call1(handler, v, line, "");
}

/** `table: 0x0001f2a8`, of the form that LuaJIT prints; the address is the guest's. */
export function plainText(v: Value): Str {
  if (isString(v)) return toStr(v);
  if (isNumber(v)) return numberToString(toNumber(v));
  if (v == nil) return NIL;
  if (v <= True) return toBoolean(v) ? TRUE : FALSE;
  return concat3(typeName(v), latin1(": 0x"), hexadecimal(<u32>v));
}

function hexadecimal(n: u32): Str {
  const s = Str.alloc(8);
  for (let at = s.bytes + 8; at > s.bytes; n >>>= 4) {
    const digit = n & 15;
    store<u8>(--at, digit < 10 ? 48 + digit : 87 + digit);
  }
  return s;
}

/** Lua's `tonumber` without a base: nil when `v` is no number. */
export function tonumber(v: Value): Value {
  if (isNumber(v)) return v;
  if (!isString(v)) return nil;
  const n = parseNumber(toStr(v));
  return numberParsed ? number(n) : nil;
}

/** Lua's `tonumber` with a base. */
export function tonumberInBase(v: Value, base: f64, line: i32): Value {
  const radix = toInt(base);
  if (radix == 10) return tonumber(v);
  if (!isString(v) && !isNumber(v)) raise(message("bad argument #1 to 'tonumber' (string expected, got ", typeName(v), ")"), line);
  if (radix < 2 || radix > 36) raiseArgument("base out of range", 2, "tonumber", line);
  const n = parseInBase(isString(v) ? toStr(v) : numberToString(toNumber(v)), radix);
  return numberParsed ? number(n) : nil;
}

// ---------------------------------------------------------------------------------------------------- traversal

/** Lua's `next`: the key; `result(2)` is the value. Raises `invalid key to 'next'`. */
export function next(t: Table, key: Value = nil): Value {
  const after = t.placeAfter(key);
  if (after == NO_PLACE) raiseText("invalid key to 'next'", 0);
  const place = t.seek(after);
  return place ? return2(t.keyAt(place), t.valueAt(place)) : return1(nil);
}

const PAIRS = Str.of("__pairs");
const IPAIRS = Str.of("__ipairs");

/**
 *     for (const entry = pairs(t, line); entry.next(); ) { entry.key, entry.value }
 *
 * Keys that are added on the way are not visited (in Lua, adding is undefined), so it always ends.
 */
export function pairs(t: Value, line: i32): Pairs {
  if (METATABLES) {
    const handler = metamethod(t, PAIRS);
    if (handler != nil) return Pairs.through(iterateBy(handler, t, line));
  }
  if (isUserdata(t) && hasMethods(toUserdata(t))) {
    const handler = indexString(t, PAIRS, line, "");
    if (handler != nil) return Pairs.through(iterateBy(handler, t, line));
  }
  return Pairs.over(checkTable(t, 1, "pairs", line));
}

/** `pairs` of a table that is known to have no `__pairs`. */
export function pairsOf(t: Table): Pairs {
  return Pairs.over(t);
}

// @ts-ignore: decorator
@unmanaged
export class Pairs {
  key: Value;
  value: Value;
  private t: Table;
  /** With `__pairs`; `t` is not used then. */
  private by: Iteration | null;
  private place: u32;
  private lastIndex: u32;
  private lastNode: u32;

  static over(t: Table): Pairs {
    const pairs = changetype<Pairs>(allocObject(OBJECT, offsetof<Pairs>()));
    pairs.key = nil;
    pairs.value = nil;
    pairs.t = t;
    pairs.by = null;
    pairs.place = 1;
    pairs.lastIndex = t.count;
    pairs.lastNode = NODE_PLACE + t.used - 1;
    return pairs;
  }

  static through(iteration: Iteration): Pairs {
    const pairs = Pairs.over(changetype<Table>(0));
    pairs.by = iteration;
    return pairs;
  }

  next(): bool {
    if (changetype<usize>(this.by)) {
      const by = changetype<Iteration>(this.by);
      if (!by.next()) return false;
      this.key = by.key;
      this.value = by.value;
      return true;
    }
    const place = this.t.seekUpTo(this.place, this.lastIndex, this.lastNode);
    if (!place) return false;
    this.key = this.t.keyAt(place);
    this.value = this.t.valueAt(place);
    this.place = place + 1;
    return true;
  }
}

/**
 *     for (const entry = ipairs(t, line); entry.next(); ) { entry.index, entry.value }
 *
 * Without metamethods of the elements, as in LuaJIT.
 */
export function ipairs(t: Value, line: i32): Ipairs {
  if (METATABLES) {
    const handler = metamethod(t, IPAIRS);
    if (handler != nil) return Ipairs.through(iterateBy(handler, t, line));
  }
  return Ipairs.over(checkTable(t, 1, "ipairs", line));
}

// @ts-ignore: decorator
@unmanaged
export class Ipairs {
  /** 1, 2, … (with `__ipairs`, use `key`). */
  index: f64;
  value: Value;
  private t: Table;
  private by: Iteration | null;

  static over(t: Table): Ipairs {
    const ipairs = changetype<Ipairs>(allocObject(OBJECT, offsetof<Ipairs>()));
    ipairs.index = 0;
    ipairs.value = nil;
    ipairs.t = t;
    ipairs.by = null;
    return ipairs;
  }

  static through(iteration: Iteration): Ipairs {
    const ipairs = Ipairs.over(changetype<Table>(0));
    ipairs.by = iteration;
    return ipairs;
  }

  get key(): Value {
    return METATABLES && changetype<usize>(this.by) ? changetype<Iteration>(this.by).key : number(this.index);
  }

  next(): bool {
    if (METATABLES && changetype<usize>(this.by)) {
      const by = changetype<Iteration>(this.by);
      if (!by.next()) return false;
      this.value = by.value;
      return true;
    }
    const value = this.t.getNumber(++this.index);
    this.value = value;
    return value != nil;
  }
}

/** What LuaJIT calls the iterator of a loop in its errors. */
export const GENERATOR = Str.of("(for generator)");

/**
 * The generic `for` over any iterator function:
 *
 *     for (const each = iterate(f, state, first, line); each.next(); ) { each.key, each.value, result(3) }
 */
// @ts-ignore: decorator
@unmanaged
export class Iteration {
  key: Value;
  value: Value;
  private f: Value;
  private state: Value;
  private line: i32;

  next(): bool {
    const key = callNamed(this.f, GENERATOR, 2, this.state, this.key, nil, this.line);
    this.key = key;
    this.value = result(2);
    return key != nil;
  }

  static create(f: Value, state: Value, first: Value, line: i32): Iteration {
    const iteration = changetype<Iteration>(allocObject(OBJECT, offsetof<Iteration>()));
    iteration.key = first;
    iteration.value = nil;
    iteration.f = f;
    iteration.state = state;
    iteration.line = line;
    return iteration;
  }
}

export function iterate(f: Value, state: Value, first: Value, line: i32): Iteration {
  return Iteration.create(f, state, first, line);
}

function iterateBy(handler: Value, t: Value, line: i32): Iteration {
  const f = call1(handler, t, line, ""),
    state = result(2);
  return Iteration.create(f, state, result(3), line);
}

/** Where the function values of `next` and of the iterator of `ipairs` lie. */
// @ts-ignore: decorator
@lazy const nextAt: usize = memory.data(8, 8);
// @ts-ignore: decorator
@lazy const ipairsNextAt: usize = memory.data(8, 8);

/** `next` as a function value. */
export function nextFunction(): Value {
  return builtin(nextAt, nextValue.index);
}

function nextValue(self: Closure, count: i32, t: Value, key: Value, _c: Value): Value {
  return next(checkTable(t, 1, "next", namedLine(), count < 1), key);
}

/** `pairs(t)` outside of the head of a `for`: `next, t, nil`, or what `__pairs` gives. */
export function pairsValues(t: Value, line: i32): Value {
  let handler = metamethod(t, PAIRS);
  if (handler == nil && isUserdata(t) && hasMethods(toUserdata(t))) handler = indexString(t, PAIRS, line, "");
  if (handler == nil) return return3(nextFunction(), table(checkTable(t, 1, "pairs", line)), nil);
  const f = call1(handler, t, line, "");
  return return3(f, result(2), result(3));
}

/** `ipairs(t)` outside of the head of a `for`. */
export function ipairsValues(t: Value, line: i32): Value {
  const handler = metamethod(t, IPAIRS);
  if (handler == nil)
    return return3(builtin(ipairsNextAt, ipairsNext.index), table(checkTable(t, 1, "ipairs", line)), number(0));
  const f = call1(handler, t, line, "");
  return return3(f, result(2), result(3));
}

function ipairsNext(self: Closure, count: i32, t: Value, index: Value, _c: Value): Value {
  const list = checkTable(t, 1, "?", namedLine(), count < 1),
    i = checkNumber(index, 2, "?", namedLine(), count < 2) + 1,
    value = list.getNumber(<f64>toInt(i));
  return value == nil ? return0() : return2(number(i), value);
}

// ---------------------------------------------------------------------------------------------------- raw access, metatables

export function rawget(t: Table, key: Value): Value {
  return t.get(key);
}

/** Returns `t`. `table index is nil` and `table index is NaN` have no position, as in LuaJIT. */
export function rawset(t: Table, key: Value, value: Value): Value {
  t.set(key, value, 0);
  return table(t);
}

// @ts-ignore: decorator
@inline
export function rawequal(a: Value, b: Value): bool {
  return rawEquals(a, b);
}

export function rawlen(v: Value, line: i32): f64 {
  return isString(v) ? toStr(v).length : checkTable(v, 1, "rawlen", line).length;
}

const METATABLE = Str.of("__metatable");

/** Returns `t`. */
export function setmetatable(target: Table, metatable: Value, line: i32): Value {
  const t = table(target);
  if (metatable != nil && !isTable(metatable)) raiseArgument("nil or table expected", 2, "setmetatable", line);
  if (metamethod(t, METATABLE) != nil) raiseText("cannot change a protected metatable", line);
  target.metatable = metatable == nil ? null : toTable(metatable);
  return t;
}

/** `setmetatable(t)`. */
export function setmetatableToNothing(_: Table, line: i32): Value {
  raiseArgument("nil or table expected", 2, "setmetatable", line);
  return nil;
}

/** `setmetatable` with whatever arguments. */
export function setmetatableOf(list: Values, line: i32): Value {
  const target = checkTable(list.at(1), 1, "setmetatable", line, list.count < 1);
  return list.count < 2 ? setmetatableToNothing(target, line) : setmetatable(target, list.at(2), line);
}

export function getmetatable(v: Value): Value {
  const metatable = metatableOf(v);
  if (!changetype<usize>(metatable)) return nil;
  const shown = metamethod(v, METATABLE);
  return shown != nil ? shown : optionalTable(metatable);
}

/** Lua's `newproxy`: a userdata without metatable, with a new one (`true`) or with that of another (`proxy`). */
export function newproxy(like: Value, line: i32): Value {
  if (!truthy(like)) return userdata(Proxy.create(null));
  if (like == True) return userdata(Proxy.create(Table.create(0, 0)));
  const metatable = isUserdata(like) ? metatableOf(like) : null;
  if (!changetype<usize>(metatable)) raiseArgument("boolean or proxy expected", 1, "newproxy", line);
  return userdata(Proxy.create(metatable));
}

// ---------------------------------------------------------------------------------------------------- errors

/**
 * Lua's `error`; never returns. `line`: of the call; `callerLine`: where the function that calls `error` was called, for level 2
 * (`callLine` at its start; 0 when its caller is C). Deeper levels: `errorAtLevel`.
 */
export function error(v: Value, level: f64, line: i32, callerLine: i32 = 0): void {
  const n = toInt(level);
  if (isNumber(v) && n <= 0) throwNumber(v, numberToString.index);
  if (isString(v) || isNumber(v)) {
    raise(isString(v) ? toStr(v) : numberToString(toNumber(v)), n == 1 ? line : n == 2 ? callerLine : 0);
  }
  throwError(v);
}

/** `error` with a level of which only run time knows, where the levels are kept. */
export function errorAtLevel(v: Value, level: f64, line: i32): void {
  const n = toInt(level);
  error(v, n > 0 ? 1 : 0, n == 1 ? line : n > 1 ? lineOfLevel(n) : 0);
}

/** `error(...)`: the level may be among the values. */
export function errorMany(list: Values, line: i32, callerLine: i32): void {
  const level = list.at(2);
  error(list.at(1), level == nil ? 1 : checkNumber(level, 2, "error", line), line, callerLine);
}

/** `error` as a function value: a call of its own, for whoever calls it. */
export function errorValue(v: Value, level: f64, line: i32): void {
  const n = toInt(level);
  error(v, n > 0 ? 1 : 0, n == 1 ? line : n > 1 ? lineOfLevel(n + 1) : 0);
}

/** `return error(v, level)`: the function that calls it is gone by then. */
export function errorFromTail(v: Value, level: f64): void {
  const n = toInt(level);
  error(v, n > 0 ? 1 : 0, n > 0 ? lineOfLevel(n + 1) : 0);
}

/** `assert(v)`: returns `v`, or raises `assertion failed!`. */
export function assert(v: Value, line: i32): Value {
  if (!truthy(v)) raiseText("assertion failed!", line);
  return v;
}

/** `assert(v, message)`: returns `v`; a message that is a string or number gets the position, anything else is the error. */
export function assertWith(v: Value, message: Value, line: i32): Value {
  if (!truthy(v)) raiseAssertion(message, line);
  return v;
}

/** A text ends at its first NUL: LuaJIT takes it for a C string. */
function raiseAssertion(message: Value, line: i32): void {
  if (!isString(message)) return error(message, 1, line);
  const text = toStr(message);
  let end: u32 = 0;
  while (end < <u32>text.byteLength && text.at(end)) end++;
  error(stringValue(text.slice(0, end)), 1, line);
}

/** `assert(…)` with any number of arguments, all of which are its results. */
export function assertMany(list: Values, line: i32): Value {
  if (!list.count) raiseArgument("value expected", 1, "assert", line);
  if (!truthy(list.at(1))) {
    if (list.count == 1) raiseText("assertion failed!", line);
    // LuaJIT raises what lies on top of its stack (`lj_err_run`).
    const message = list.at(2);
    if (list.count > 2 && !isString(message) && !isNumber(message)) throwError(list.at(list.count));
    raiseAssertion(message, line);
  }
  return returnMany(list);
}

// ---------------------------------------------------------------------------------------------------- lists

const NUMBER_SIGN: u8 = 35;

/** `select` with whatever arguments. */
export function selectOf(list: Values, line: i32): Value {
  return select(list.count ? list.at(1) : number(checkNumber(nil, 1, "select", line, true)), list.from(2), line);
}

/** `select("#", …)`. */
// @ts-ignore: decorator
@inline
export function selectCount(list: Values): f64 {
  return <f64>list.count;
}

/** `select(n, …)`: the first; all are its results. */
export function select(n: Value, list: Values, line: i32): Value {
  if (isString(n) && toStr(n).byteLength && toStr(n).at(0) == NUMBER_SIGN) return return1(number(<f64>list.count));
  const count = <i32>list.count;
  let from = toInt(checkNumber(n, 1, "select", line));
  if (from < 0) from += count + 1;
  else if (from > count) from = count + 1;
  if (from < 1) raiseArgument("index out of range", 1, "select", line);
  return returnMany(list, from);
}

/** More than these do not fit on Lua's stack. */
const MAX_UNPACKED: i64 = 7997;

/** Lua's `unpack`: the first; all are its results. `to`: `ABSENT` is the length. Without metamethods. */
export function unpack(t: Value, from: f64, to: f64, line: i32): Value {
  const list = checkTable(t, 1, "unpack", line),
    start = toInt(from),
    end = isAbsent(to) ? <i32>list.border() : toInt(to),
    count = <i64>end - start + 1;
  if (count <= 0) return return0();
  if (count > MAX_UNPACKED) raiseText("too many results to unpack", line);
  const values = Values.create(<u32>count);
  for (let i: i64 = start; i <= end; i++) values.add(list.getNumber(<f64>i));
  return returnMany(values);
}

// ---------------------------------------------------------------------------------------------------- print, collectgarbage

/** A function `(line: Str): void` of the table. */
// @ts-ignore: decorator
@lazy let printer: u32 = 0;

/** Where the lines of `print` go. */
export function setPrinter(index: u32): void {
  printer = index;
}

const TAB = Str.of("\t");

export function print(list: Values, line: i32): void {
  const outside = enterC();
  let text = EMPTY;
  for (let i: u32 = 1; i <= list.count; i++) {
    const part = tostring(list.at(i), line);
    text = i == 1 ? part : concat3(text, TAB, part);
  }
  leaveC(outside);
  if (printer) call_indirect<void>(printer, text);
}

const COLLECT = Str.of("collect");
const STOP = Str.of("stop");
const RESTART = Str.of("restart");
const COUNT = Str.of("count");
const STEP = Str.of("step");
const ISRUNNING = Str.of("isrunning");
const SETPAUSE = Str.of("setpause");
const SETSTEPMUL = Str.of("setstepmul");

/** The collector runs between callbacks only: whatever is asked of it here, nothing happens. `count`: all memory taken, in KiB. */
export function collectgarbage(option: Str, line: i32): Value {
  if (option == COLLECT || option == STOP || option == RESTART) return number(0);
  if (option == COUNT) return number(<f64>memory.size() * 64);
  if (option == STEP || option == ISRUNNING) return True;
  if (option == SETPAUSE || option == SETSTEPMUL) return number(200);
  raiseArgumentText(message("invalid option '", option, "'"), 1, "collectgarbage", line);
  return nil;
}
