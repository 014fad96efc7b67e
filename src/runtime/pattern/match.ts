// What the code of a constant pattern (`patterns.ts` of a filter) is built on: one class for each pattern, derived from `Match`,
// whose `search` looks for the pattern and notes where it and its captures are.
import { alloc } from "../memory/arena";
import { allocObject, OBJECT, retainString } from "../memory/heap";
import { Builder } from "../builder";
import { ABSENT, isAbsent, toLong } from "../number";
import { IS_POSITION, valueOfCapture } from "../pattern";
import { addTemplate, checkReplacement, replacedText, replacementValue, startOf } from "../string";
import { Str } from "../str";
import { isFunction, isTable, nil, number, stringValue, Value } from "../value";
import { return1, return2, return3, returnMany, Values } from "../values";

export { seekByte, seekRange, runToByte, balanceEnd } from "../pattern";
export { has } from "./sets";
export { equal } from "../memory/copy";

// @ts-ignore: decorator
@unmanaged
export class Match {
  subject: Str;
  subjectEnd: usize;
  /** Where `next` goes on. */
  at: usize;
  matchStart: usize;
  matchEnd: usize;
  private unused: u32;
  // the captures of a derived class follow: start1, length1, start2 …

  /** The whole match. */
  get matched(): Str {
    return Str.copyOf(this.matchStart, this.matchEnd - this.matchStart);
  }

  /** Of the first byte, as `string.find` gives it. */
  get first(): f64 {
    return <f64>(this.matchStart - this.subject.bytes + 1);
  }

  /** Of the last byte. */
  get last(): f64 {
    return <f64>(this.matchEnd - this.subject.bytes);
  }

  // @ts-ignore: decorator
  @inline
  protected found(start: usize, end: usize): bool {
    this.matchStart = start;
    this.matchEnd = end;
    return true;
  }

  /** Where the next search starts: after an empty match one byte on. */
  protected advance(found: bool): bool {
    this.at = found ? this.matchEnd + usize(this.matchEnd == this.matchStart) : this.subjectEnd + 1;
    return found;
  }

  protected text(start: usize, length: i32): Str {
    return Str.copyOf(start, length);
  }

  protected position(start: usize): f64 {
    return <f64>(start - this.subject.bytes + 1);
  }

  /** Address of the descriptions of the captures. */
  get captures(): usize {
    return changetype<usize>(this) + offsetof<Match>();
  }
}

/** `length` of a position capture. */
export const POSITION: i32 = IS_POSITION;

function begin<T extends Match>(s: Str, kept: bool): T {
  const m = changetype<T>(kept ? allocObject(OBJECT, (offsetof<T>() + 7) & ~7) : alloc(offsetof<T>()));
  const subject = kept ? retainString<Str>(s) : s;
  m.subject = subject;
  m.at = subject.bytes;
  m.subjectEnd = subject.bytes + subject.byteLength;
  return m;
}

/** The first match from the Lua position `init` on, null when there is none: for `string.match` and `string.find`. */
export function firstMatch<T extends Match>(s: Str, init: f64 = 1): T | null {
  const start = startOf(s, init);
  if (start < 0) return null;
  const m = begin<T>(s, false);
  return m.search(s.bytes + start) ? m : null;
}

/** `for (const pair = eachMatch<Pair>(s); pair.next(); ) { pair.capture1 … }` */
export function eachMatch<T extends Match>(s: Str): T {
  // suspended in the middle of a loop it is seen by the collector, which knows nothing of arenas
  return begin<T>(s, STATEFUL && YIELDS);
}

/** Capture `i` from 1; the whole match when there are none and i is 1. */
export function captureOf<T extends Match>(m: T, i: u32): Value {
  if (i > m.count) return i == 1 ? stringValue(m.matched) : nil;
  return valueOfCapture(m.captures + ((i - 1) << 3), m.subject.bytes);
}

/** What `string.match` returns: the captures, or the whole match; nil when there is no match. */
export function matchValues<T extends Match>(s: Str, init: f64 = 1): Value {
  const found = firstMatch<T>(s, init);
  if (!found) return return1(nil);
  const m = changetype<T>(found), first = captureOf<T>(m, 1);
  if (m.count < 2) return return1(first);
  if (m.count == 2) return return2(first, captureOf<T>(m, 2));
  if (m.count == 3) return return3(first, captureOf<T>(m, 2), captureOf<T>(m, 3));
  return returnMany(addCaptures<T>(Values.create(m.count), m));
}

/** What `string.find` returns: first and last position, then the captures; nil when there is no match. */
export function findValues<T extends Match>(s: Str, init: f64 = 1): Value {
  const found = firstMatch<T>(s, init);
  if (!found) return return1(nil);
  const m = changetype<T>(found), first = number(m.first), last = number(m.last);
  if (m.count == 0) return return2(first, last);
  if (m.count == 1) return return3(first, last, captureOf<T>(m, 1));
  return returnMany(addCaptures<T>(Values.create(m.count + 2).add(first).add(last), m));
}

function addCaptures<T extends Match>(list: Values, m: T): Values {
  for (let i: u32 = 1; i <= m.count; i++) list = list.add(captureOf<T>(m, i));
  return list;
}

/** How many matches the latest `replace` or `replaceText` replaced. */
export let lastCount: f64 = 0;

function result(replaced: Str, count: i32): Str {
  lastCount = count;
  return2(stringValue(replaced), number(count));
  return replaced;
}

/** `string.gsub` with a string, number, table or function; the number of replacements is the second result. */
export function replace<T extends Match>(s: Str, replacement: Value, limit: f64, line: i32): Str {
  const most = isAbsent(limit) ? i32.MAX_VALUE : <i32>toLong(limit);
  checkReplacement(replacement, line);
  const text = replacedText(replacement), byText = !isFunction(replacement) && !isTable(replacement);
  const m = begin<T>(s, false);
  let builder = changetype<Builder>(0), count = 0, copied = s.bytes;
  line = abs(line);
  while (count < most && m.at <= m.subjectEnd && m.search(m.at)) {
    if (!changetype<usize>(builder)) builder = Builder.create(s.byteLength + 16);
    builder.addBytes(copied, m.matchStart - copied);
    const from = m.matchStart, to = m.matchEnd;
    if (byText) addTemplate(builder, text, m.captures, m.count, s.bytes, from, to, line);
    else replacementValue(builder, replacement, m.captures, m.count, s.bytes, from, to, line);
    count++;
    copied = to;
    m.at = to + usize(to == from);
    if (m.anchored) break;
  }
  return count ? finish(builder, s, copied, count) : result(s, 0);
}

/** `string.gsub` with a text in which `%` stands for nothing else. */
export function replaceText<T extends Match>(s: Str, text: Str, limit: f64 = ABSENT): Str {
  const most = isAbsent(limit) ? i32.MAX_VALUE : <i32>toLong(limit);
  const m = begin<T>(s, false);
  let builder = changetype<Builder>(0), count = 0, copied = s.bytes;
  while (count < most && m.at <= m.subjectEnd && m.search(m.at)) {
    if (!changetype<usize>(builder)) builder = Builder.create(s.byteLength + 16);
    builder.addBytes(copied, m.matchStart - copied);
    builder.add(text);
    count++;
    copied = m.matchEnd;
    m.at = copied + usize(m.matchEnd == m.matchStart);
    if (m.anchored) break;
  }
  return count ? finish(builder, s, copied, count) : result(s, 0);
}

function finish(builder: Builder, s: Str, copied: usize, count: i32): Str {
  builder.addBytes(copied, s.bytes + s.byteLength - copied);
  return result(builder.finish(), count);
}
