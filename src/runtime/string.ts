// Lua's `string` library. `line` is negative when the function is called as a method (`s:gsub(…)`): the string itself is then
// not counted among the arguments that an error names.
import { alloc } from "./memory/arena";
import { allocObject, OBJECT, retainString } from "./memory/heap";
import { Builder } from "./builder";
import { call1, call2, call3, callLine, callMany } from "./call";
import { checkNumber, raiseArgument } from "./check";
import { Closure, closure } from "./closure";
import { enterC, leaveC } from "./depth";
import { message, raise, raiseText } from "./error";
import { index } from "./index";
import { isAbsent, numberToString, toInt, toLong } from "./number";
import {
  captureAmong, captured, capturedAt, captures, evictions, matchEnd, matchStart, Program, programOf, saveCaptures, search, seekByte,
} from "./pattern";
import { equal } from "./memory/copy";
import { EMPTY, Str } from "./str";
import { fn, isFunction, isNumber, isString, isTable, nil, number, stringValue, toNumber, toStr, truthy, typeName, Value } from "./value";
import { return0, return1, return2, return3, returnMany, Values } from "./values";

// ---------------------------------------------------------------------------------------------------- parts

export function len(s: Str): f64 {
  return s.length;
}

/** Positions count from 1, negative ones from the end. */
export function sub(s: Str, i: f64, j: f64 = -1): Str {
  const length = <i32>s.byteLength;
  let first = toInt(i), last = toInt(j);
  if (last < 0) last += length + 1;
  if (first < 0) first += length + 1;
  if (first < 1) first = 1;
  if (last > length) last = length;
  return first > last ? EMPTY : s.slice(first - 1, last - first + 1);
}

/** The byte at a position; NaN when there is none. */
export function byteAt(s: Str, i: f64): f64 {
  const length = <i32>s.byteLength;
  let at = toInt(i);
  if (at < 0) at += length + 1;
  return <u32>(at - 1) < <u32>length ? <f64>s.at(at - 1) : NaN;
}

/** The byte at a position at which there is one: from 1 to the length. */
// @ts-ignore: decorator
@inline
export function byteOf(s: Str, i: f64): f64 {
  return <f64>s.at(<u32>i - 1);
}

/** LuaJIT's limit for results of C functions. */
const MOST_RESULTS = 8000;

/** The bytes from i to j (default: i). */
export function byte(s: Str, i: f64, j: f64, line: i32): Value {
  const length = <i32>s.byteLength;
  let first = toInt(i), last = isAbsent(j) ? first : toInt(j);
  if (last < 0) last += length + 1;
  if (first < 0) first += length + 1;
  if (first < 1) first = 1;
  if (last > length) last = length;
  if (first > last) return return0();
  const count = last - first + 1;
  if (count - 1 > MOST_RESULTS) raiseText("string slice too long", abs(line));
  if (count == 1) return return1(number(s.at(first - 1)));
  let bytes = Values.create(count);
  for (let k = first; k <= last; k++) bytes = bytes.add(number(s.at(k - 1)));
  return returnMany(bytes);
}

export function charOf(code: f64, line: i32): Str {
  const byte = toInt(code);
  if (<u32>byte > 255) raiseArgument("invalid value", 1, "char", line);
  return Str.ofByte(byte);
}

export function char(codes: Values, line: i32): Str {
  const count = codes.count, s = Str.alloc(count);
  for (let i: u32 = 1; i <= count; i++) {
    const code = toInt(checkNumber(codes.at(i), i, "char", line));
    if (<u32>code > 255) raiseArgument("invalid value", i, "char", line);
    store<u8>(s.bytes + i - 1, code);
  }
  return s;
}

// ---------------------------------------------------------------------------------------------------- whole strings

/** Bit 7 of each byte that is an ASCII letter from `first` (A or a) on. */
// @ts-ignore: decorator
@inline function letters(word: u64, first: u64): u64 {
  const low = word & 0x7f7f7f7f7f7f7f7f, fromFirst = low + (128 - first) * 0x0101010101010101;
  const pastLast = low + (128 - first - 26) * 0x0101010101010101;
  return ~word & (fromFirst ^ pastLast) & 0x8080808080808080;
}

export function lower(s: Str): Str {
  const length = s.byteLength, to = Str.alloc(length);
  for (let i: usize = 0; i < length; i += 8) {
    const word = load<u64>(s.bytes + i);
    store<u64>(to.bytes + i, word | (letters(word, 65) >> 2));
  }
  return to;
}

export function upper(s: Str): Str {
  const length = s.byteLength, to = Str.alloc(length);
  for (let i: usize = 0; i < length; i += 8) {
    const word = load<u64>(s.bytes + i);
    store<u64>(to.bytes + i, word ^ (letters(word, 97) >> 2));
  }
  return to;
}

export function reverse(s: Str): Str {
  const length = s.byteLength, to = Str.alloc(length);
  for (let i: u32 = 0, end = to.bytes + length - 1; i < length; i++) store<u8>(end - i, s.at(i));
  return to;
}

/** Raises `not enough memory` when the result would be too long. */
export function rep(s: Str, n: f64, separator: Str = EMPTY): Str {
  const count = toInt(n);
  if (count <= 0) return EMPTY;
  if (count == 1) return s;
  const length = s.byteLength, step = length + separator.byteLength;
  const total = <u64>step * (count - 1) + length;
  if (total == 0) return EMPTY;
  const to = Str.alloc(total > 0xffffffff ? 0xffffffff : <usize>total), bytes = to.bytes;
  memory.copy(bytes, s.bytes, length);
  memory.copy(bytes + length, separator.bytes, separator.byteLength);
  for (let done: usize = step; done < <usize>total; done <<= 1) memory.copy(bytes + done, bytes, min(done, <usize>total - done));
  return to;
}

// ---------------------------------------------------------------------------------------------------- finding

/** Where a search that starts at Lua position `init` begins, from 0; -1 when that is beyond the end. */
export function startOf(s: Str, init: f64): i32 {
  let start = toInt(init);
  start = start < 0 ? start + <i32>s.byteLength : start - 1;
  if (start < 0) start = 0;
  return <u32>start > s.byteLength ? -1 : start;
}

/** Where the needle is, as a Lua position; 0 when it is not there. It ends at that plus its length minus 1. */
export function findPlain(s: Str, needle: Str, init: f64 = 1): f64 {
  const start = startOf(s, init);
  return start < 0 ? 0 : <f64>(indexOf(s, needle, start) + 1);
}

/** Index from 0, -1 when it is not there. */
export function indexOf(s: Str, needle: Str, start: u32): i32 {
  const length = needle.byteLength, bytes = s.bytes;
  if (length == 0) return start;
  if (start + length > s.byteLength) return -1;
  const first = needle.at(0), last = bytes + s.byteLength - length + 1;
  for (let at = bytes + start; ; at++) {
    at = seekByte(at, last, first);
    if (!at) return -1;
    if (equal(at, needle.bytes, length)) return <i32>(at - bytes);
  }
  return unreachable();
}

/** Whether any byte is special in a pattern (LuaJIT leaves out `]` and `)`). */
export function hasSpecials(pattern: Str): bool {
  for (let i: u32 = 0; i < pattern.byteLength; i++) {
    switch (pattern.at(i)) {
      case 36: case 37: case 40: case 42: case 43: case 45: case 46: case 63: case 91: case 94: // $ % ( * + - . ? [ ^
        return true;
    }
  }
  return false;
}

/** Start, end, captures; nil when there is no match. */
export function find(s: Str, pattern: Str, init: f64, plain: bool, line: i32): Value {
  const start = startOf(s, init);
  if (start < 0) return return1(nil);
  if (plain || !hasSpecials(pattern)) {
    const at = indexOf(s, pattern, start);
    return at < 0 ? return1(nil) : return2(number(at + 1), number(<f64>at + pattern.length));
  }
  const program = programOf(pattern, false);
  line = abs(line);
  if (!search(program, s, start, line)) return return1(nil);
  const first = number(<f64>(matchStart - s.bytes + 1)), last = number(<f64>(matchEnd - s.bytes));
  const count = program.captures;
  if (count == 0) return return2(first, last);
  if (count == 1) return return3(first, last, captured(program, 0, line));
  return returnMany(addCaptures(Values.create(count + 2).add(first).add(last), program, line));
}

/** The captures, or the whole match when the pattern has none; nil when there is no match. */
export function match(s: Str, pattern: Str, init: f64, line: i32): Value {
  const start = startOf(s, init), program = programOf(pattern, false);
  line = abs(line);
  if (start < 0 || !search(program, s, start, line)) return return1(nil);
  return returnCaptures(program, line);
}

function returnCaptures(program: Program, line: i32): Value {
  const count = program.captures, first = captured(program, 0, line);
  if (count < 2) return return1(first);
  const second = captured(program, 1, line);
  if (count == 2) return return2(first, second);
  if (count == 3) return return3(first, second, captured(program, 2, line));
  return returnMany(addCaptures(Values.create(count), program, line));
}

function addCaptures(list: Values, program: Program, line: i32): Values {
  for (let i: u32 = 0; i < program.captures; i++) list = list.add(captured(program, i, line));
  return list;
}

// ---------------------------------------------------------------------------------------------------- gmatch

/** `for (const m = gmatch(s, pattern, line); m.next(); ) { m.capture(1) … }` */
export function gmatch(s: Str, pattern: Str, line: i32): GmatchIterator {
  const program = programOf(pattern, true), bytes = offsetof<GmatchIterator>() + (max<usize>(program.captures, 1) << 3);
  // suspended in the middle of a loop it is seen by the collector, which knows nothing of arenas
  const kept = STATEFUL && YIELDS;
  const self = changetype<GmatchIterator>(kept ? allocObject(OBJECT, bytes) : alloc(bytes));
  self.subject = kept ? retainString<Str>(s) : s;
  self.pattern = kept ? retainString<Str>(pattern) : pattern;
  self.program = program;
  self.evictions = evictions;
  self.line = abs(line);
  self.at = 0;
  return self;
}

// @ts-ignore: decorator
@unmanaged
export class GmatchIterator {
  subject: Str;
  pattern: Str;
  program: Program;
  evictions: u32;
  line: i32;
  /** Where the next match is looked for. */
  at: u32;
  private unused: u32;
  // descriptions of the captures follow

  next(): bool {
    const s = this.subject;
    if (this.at > s.byteLength) return false;
    if (this.evictions != evictions) {
      this.program = programOf(this.pattern, true);
      this.evictions = evictions;
    }
    if (!search(this.program, s, this.at, this.line)) {
      this.at = s.byteLength + 1;
      return false;
    }
    this.at = <u32>(matchEnd - s.bytes) + u32(matchEnd == matchStart);
    const captures = this.captures, count = this.program.captures;
    if (count) saveCaptures(captures, count);
    else {
      store<u32>(captures, <u32>matchStart);
      store<i32>(captures, <i32>(matchEnd - matchStart), 4);
    }
    return true;
  }

  /** Number of values that an iteration gives. */
  get count(): u32 {
    return max<u32>(this.program.captures, 1);
  }

  /** Capture `i`, from 1; nil beyond the last. The whole match when the pattern has no captures. */
  capture(i: u32): Value {
    return i > this.count ? nil : capturedAt(this.captures + ((i - 1) << 3), this.subject.bytes, this.line);
  }

  // @ts-ignore: decorator
  @inline
  private get captures(): usize {
    return changetype<usize>(this) + offsetof<GmatchIterator>();
  }
}

/** What `string.gmatch` returns, as a function value. */
export function gmatchFunction(s: Str, pattern: Str): Value {
  const f = closure<GmatchClosure>(nextMatch.index);
  f.subject = retainString<Str>(s);
  f.pattern = retainString<Str>(pattern);
  f.at = 0;
  return fn(f);
}

// @ts-ignore: decorator
@unmanaged
class GmatchClosure extends Closure {
  subject: Str;
  pattern: Str;
  at: u32;
}

function nextMatch(self: Closure, count: i32, a: Value, b: Value, c: Value): Value {
  const f = changetype<GmatchClosure>(self), s = f.subject, line = callLine;
  if (f.at > s.byteLength) return return0();
  const program = programOf(f.pattern, true);
  if (!search(program, s, f.at, line)) {
    f.at = s.byteLength + 1;
    return return0();
  }
  f.at = <u32>(matchEnd - s.bytes) + u32(matchEnd == matchStart);
  return returnCaptures(program, line);
}

// ---------------------------------------------------------------------------------------------------- gsub

/** How many matches the latest `gsub` replaced: its second result. */
export let lastCount: f64 = 0;

/** The number of replacements is the second result. */
export function gsub(s: Str, pattern: Str, replacement: Value, limit: f64, line: i32): Str {
  const most = isAbsent(limit) ? i32.MAX_VALUE : <i32>toLong(limit); // C casts what luaL_optint gives
  checkReplacement(replacement, line);
  const text = replacedText(replacement), byText = !isFunction(replacement) && !isTable(replacement), origin = s.bytes;
  line = abs(line);
  let program = programOf(pattern, false), evicted = evictions, builder = changetype<Builder>(0), count = 0, at: u32 = 0, copied = origin;
  while (count < most && search(program, s, at, line)) {
    const from = matchStart, to = matchEnd;
    if (!changetype<usize>(builder)) builder = Builder.create(s.byteLength + 16);
    builder.addBytes(copied, from - copied);
    count++;
    if (byText) addTemplate(builder, text, captures, program.captures, origin, from, to, line);
    else {
      replacementValue(builder, replacement, captures, program.captures, origin, from, to, line);
      if (evicted != evictions) {
        evicted = evictions;
        program = programOf(pattern, false);
      }
    }
    copied = to;
    at = <u32>(to - origin);
    if (to == from && ++at > s.byteLength) break;
    if (program.anchored) break;
  }
  let replaced = s;
  if (count) {
    builder.addBytes(copied, origin + s.byteLength - copied);
    replaced = builder.finish();
  }
  lastCount = count;
  return2(stringValue(replaced), number(count));
  return replaced;
}

/** A replacement must be a string, number, table or function. */
export function checkReplacement(v: Value, line: i32): void {
  if (!isString(v) && !isNumber(v) && !isTable(v) && !isFunction(v)) raiseArgument("string/function/table expected", 3, "gsub", line);
}

/** The text of a replacement that is a string or number. */
export function replacedText(v: Value): Str {
  return isString(v) ? toStr(v) : isNumber(v) ? numberToString(toNumber(v)) : EMPTY;
}

// A match is described by the captures (`count` of them at `list`), where the subject starts, and the match itself.

/** Adds what a function or table gives for a match; the match itself for nil and false. */
export function replacementValue(builder: Builder, by: Value, list: usize, count: u32, origin: usize, from: usize, to: usize, line: i32): void {
  const key = captureAmong(list, count, 0, origin, from, to, line);
  const outside = enterC(),
    value = isTable(by) ? index(by, key, line, "") : callWithCaptures(by, key, list, count, origin, line);
  leaveC(outside);
  if (!truthy(value)) builder.addBytes(from, to - from);
  else if (isString(value)) builder.add(toStr(value));
  else if (isNumber(value)) builder.add(numberToString(toNumber(value)));
  else raise(message("invalid replacement value (a ", typeName(value), ")"), line);
}

function callWithCaptures(f: Value, first: Value, list: usize, count: u32, origin: usize, line: i32): Value {
  if (count < 2) return call1(f, first, 0, "");
  const second = capturedAt(list + 8, origin, line);
  if (count == 2) return call2(f, first, second, 0, "");
  if (count == 3) return call3(f, first, second, capturedAt(list + 16, origin, line), 0, "");
  let values = Values.create(count).add(first).add(second);
  for (let i: u32 = 2; i < count; i++) values = values.add(capturedAt(list + (<usize>i << 3), origin, line));
  return callMany(f, values, 0, "");
}

/** Adds the replacement text with `%0` to `%9` filled in. */
export function addTemplate(builder: Builder, text: Str, list: usize, count: u32, origin: usize, from: usize, to: usize, line: i32): void {
  const end = text.bytes + text.byteLength;
  for (let at = text.bytes; at < end; at += 2) {
    const found = seekByte(at, end, 37), percent = found ? found : end;
    if (percent > at) builder.addBytes(at, percent - at);
    if (percent == end) return;
    at = percent;
    const c: u32 = at + 1 < end ? load<u8>(at + 1) : 0;
    if (c - 48 > 9) builder.addByte(c);
    else if (c == 48) builder.addBytes(from, to - from);
    else builder.add(replacedText(captureAmong(list, count, c - 49, origin, from, to, line)));
  }
}
