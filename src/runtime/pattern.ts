// The general matcher: for patterns that are not known when the script is compiled (those that are become code of their own).
// It runs the program of a pattern (`pattern/program.ts`), keeps what it may have to take back in a list of its own, so that no
// subject can exhaust the stack, and fails with `pattern too complex` exactly where LuaJIT's recursion would be too deep.
import { equal } from "./memory/copy";
import { raiseText } from "./error";
import {
  ENDS_WITH_PERCENT, INVALID_CAPTURE, INVALID_INDEX, MAX_CAPTURES, MAX_DEPTH, MISSING_BRACKET, MISSING_SET, TOO_MANY, UNBALANCED,
} from "./pattern/compile";
import {
  ANYTHING, BACK, BALANCE, BYTE, BYTES, CLOSE, COUNT, DEPTH, END, ERROR, FEW, FILTER, FILTER_OPERAND, FRONTIER, IN_SET, IN_SET_OR_END,
  LITERAL, MANY, MATCH, MAYBE, ONE, ONE_BYTE, OPEN, OPERAND, OPTION, POSITION, Program, RUN, SINGLE, STEP,
} from "./pattern/program";
import { has } from "./pattern/sets";
import { Str } from "./str";
import { number, stringValue, Value } from "./value";

export { programOf, Program, evictions } from "./pattern/program";

/** The subject of the latest match, and where that lies. */
let subject: usize = 0;
let subjectEnd: usize = 0;
export let matchStart: usize = 0;
export let matchEnd: usize = 0;

/** Captures of the latest match: where each starts, and its length or one of the marks. */
const CAPTURES: usize = memory.data(32 * 8, 8);
const UNFINISHED: i32 = -1;
export const IS_POSITION: i32 = -2;

/** What can be taken back: the step, where it stands now, and the least that it can be moved to. */
const CHOICES: usize = memory.data(201 * 12, 4);
const CHOICE: usize = 12;

/** The first match at or after the byte `init` (from 0) of the subject; leaves `matchStart`, `matchEnd` and the captures. */
export function search(program: Program, s: Str, init: u32, line: i32): bool {
  subject = s.bytes;
  subjectEnd = subject + s.byteLength;
  const kind = program.firstKind, operand = program.firstOperand, steps = program.steps;
  let at = subject + init;
  if (program.anchored) return tryAt(steps, at, line);
  for (; at <= subjectEnd; at++) {
    at = seek(at, kind, operand);
    if (!at) return false;
    if (tryAt(steps, at, line)) return true;
  }
  return false;
}

/** Whether the pattern matches at the byte `init` itself. */
export function matchesAt(program: Program, s: Str, init: u32, line: i32): bool {
  subject = s.bytes;
  subjectEnd = subject + s.byteLength;
  return tryAt(program.steps, subject + init, line);
}

// @ts-ignore: decorator
@inline function tryAt(steps: usize, at: usize, line: i32): bool {
  const end = run(steps, at, line);
  matchStart = at;
  matchEnd = end;
  return end != 0;
}

/** The first place from `at` on that passes the filter, 0 when there is none. */
function seek(at: usize, kind: u32, operand: u32): usize {
  switch (kind) {
    case ANYTHING:
      return at;
    case ONE_BYTE:
      return seekByte(at, subjectEnd, operand);
    default:
      while (at < subjectEnd && !has(operand, load<u8>(at))) at++;
      return at < subjectEnd || kind == IN_SET_OR_END ? at : 0;
  }
}

/** The first such byte in `[at, end)`, 0 when there is none. Eight at a time. */
export function seekByte(at: usize, end: usize, byte: u32): usize {
  const pattern = 0x0101010101010101 * <u64>byte;
  for (; at < end; at += 8) {
    const x = load<u64>(at) ^ pattern, zeros = (x - 0x0101010101010101) & ~x & 0x8080808080808080;
    if (zeros) {
      at += <usize>(ctz(zeros) >> 3);
      return at < end ? at : 0;
    }
  }
  return 0;
}

/** The first byte from `first` to `last`, both below 128, in `[at, end)`; 0 when there is none. Eight at a time. */
export function seekRange(at: usize, end: usize, first: u64, last: u64): usize {
  const fromFirst = (128 - first) * 0x0101010101010101, pastLast = (127 - last) * 0x0101010101010101;
  for (; at < end; at += 8) {
    const word = load<u64>(at), low = word & 0x7f7f7f7f7f7f7f7f;
    const found = ~word & ((low + fromFirst) ^ (low + pastLast)) & 0x8080808080808080;
    if (found) {
      at += <usize>(ctz(found) >> 3);
      return at < end ? at : 0;
    }
  }
  return 0;
}

/** `seekByte`, but the end when there is none. */
// @ts-ignore: decorator
@inline export function runToByte(at: usize, end: usize, byte: u64): usize {
  const pattern = 0x0101010101010101 * byte;
  for (; at < end; at += 8) {
    const x = load<u64>(at) ^ pattern, zeros = (x - 0x0101010101010101) & ~x & 0x8080808080808080;
    if (zeros) return min(at + <usize>(ctz(zeros) >> 3), end);
  }
  return end;
}

/** Whether going on at `at` can be of use. */
// @ts-ignore: decorator
@inline function passes(step: usize, at: usize): bool {
  const kind = load<u32>(step, FILTER);
  if (kind == ANYTHING) return true;
  if (at == subjectEnd) return kind == IN_SET_OR_END;
  const operand = load<u32>(step, FILTER_OPERAND);
  return kind == ONE_BYTE ? <u32>load<u8>(at) == operand : has(operand, load<u8>(at));
}

/** Whether the single byte that the step stands for is at `at`. */
// @ts-ignore: decorator
@inline function isOne(step: usize, at: usize): bool {
  if (at == subjectEnd) return false;
  const kind = <u32>load<u8>(step, SINGLE);
  if (kind == IN_SET) return has(load<u32>(step, OPERAND), load<u8>(at));
  return kind == ANYTHING || load<u8>(at) == load<u8>(step, BYTE);
}

/** Where the run of such bytes from `at` ends. */
function runEnd(step: usize, at: usize): usize {
  const end = subjectEnd, kind = <u32>load<u8>(step, SINGLE);
  if (kind == IN_SET) {
    const set = <usize>load<u32>(step, OPERAND);
    while (at < end && has(set, load<u8>(at))) at++;
    return at;
  }
  if (kind == ANYTHING) return end;
  const byte = load<u8>(step, BYTE);
  while (at < end && load<u8>(at) == byte) at++;
  return at;
}

/** The last place in `[least, at]` from which it can be of use to go on; 0 when there is none. */
function lastPassing(step: usize, least: usize, at: usize): usize {
  while (at >= least) {
    if (passes(step, at)) return at;
    at--;
  }
  return 0;
}

/** The next place from which it can be of use to go on, with only bytes of the step in between; 0 when there is none. */
function nextPassing(step: usize, at: usize): usize {
  if (load<u32>(step, FILTER) == ONE_BYTE && <u32>load<u8>(step, SINGLE) == ANYTHING)
    return seekByte(at, subjectEnd, load<u32>(step, FILTER_OPERAND));
  while (!passes(step, at)) {
    if (!isOne(step, at)) return 0;
    at++;
  }
  return at;
}

/** Runs the steps from place `at`; where the match ends, 0 when there is none. */
function run(step: usize, at: usize, line: i32): usize {
  const end = subjectEnd;
  let choice = CHOICES;
  for (;;) {
    switch (load<u8>(step)) {
      case LITERAL: {
        const count = <usize>load<u8>(step, COUNT);
        if (end - at >= count && (load<u64>(at) ^ load<u64>(step, BYTES)) << ((8 - count) << 3) == 0) {
          at += count;
          step += STEP;
          continue;
        }
        break;
      }
      case ONE:
        if (isOne(step, at)) {
          at++;
          step += STEP;
          continue;
        }
        break;
      case RUN:
        at = runEnd(step, at);
        step += STEP;
        continue;
      case MANY: {
        const longest = lastPassing(step, at, runEnd(step, at));
        if (!longest) break;
        if (longest > at) {
          putChoice(choice, step, longest, at);
          choice += CHOICE;
        }
        at = longest;
        step += STEP;
        continue;
      }
      case FEW: {
        const shortest = nextPassing(step, at);
        if (!shortest) break;
        putChoice(choice, step, shortest, at);
        choice += CHOICE;
        at = shortest;
        step += STEP;
        continue;
      }
      case MAYBE:
        if (isOne(step, at)) at++;
        step += STEP;
        continue;
      case OPTION:
        if (isOne(step, at)) {
          putChoice(choice, step, at, at);
          choice += CHOICE;
          at++;
        }
        step += STEP;
        continue;
      case OPEN:
        putCapture(load<u32>(step, OPERAND), at, UNFINISHED);
        step += STEP;
        continue;
      case POSITION:
        putCapture(load<u32>(step, OPERAND), at, IS_POSITION);
        step += STEP;
        continue;
      case CLOSE: {
        const capture = CAPTURES + (<usize>load<u32>(step, OPERAND) << 3);
        store<i32>(capture, <i32>(at - load<u32>(capture)), 4);
        step += STEP;
        continue;
      }
      case END:
        if (at != end) break;
        step += STEP;
        continue;
      case BALANCE: {
        const after = balanceEnd(at, end, load<u8>(step, BYTE), load<u8>(step, COUNT));
        if (!after) break;
        at = after;
        step += STEP;
        continue;
      }
      case FRONTIER: {
        const set = <usize>load<u32>(step, OPERAND);
        if (has(set, at == subject ? 0 : load<u8>(at - 1)) || !has(set, at == end ? 0 : load<u8>(at))) break;
        step += STEP;
        continue;
      }
      case BACK: {
        const capture = CAPTURES + (<usize>load<u32>(step, OPERAND) << 3), length = load<i32>(capture, 4);
        // a position capture counts as longer than anything, as its mark does in C
        if (length < 0 || end - at < <usize>length || !equal(load<u32>(capture), at, length)) break;
        at += length;
        step += STEP;
        continue;
      }
      case DEPTH:
        if (<i32>load<u32>(step, OPERAND) + optionsTaken(choice) > MAX_DEPTH) raiseText("pattern too complex", line);
        step += STEP;
        continue;
      case ERROR:
        raisePatternError(load<u32>(step, OPERAND), line);
        return 0;
      default:
        return at;
    }

    // what comes next did not match: take back the latest choice that can be taken back
    for (;;) {
      if (choice == CHOICES) return 0;
      const latest = choice - CHOICE;
      step = load<u32>(latest);
      at = load<u32>(latest, 4);
      const code = load<u8>(step);
      if (code == MANY) {
        const least = <usize>load<u32>(latest, 8);
        at = lastPassing(step, least, at - 1);
        if (at > least) {
          store<u32>(latest, <u32>at, 4);
          break;
        }
      } else if (code == FEW) {
        if (isOne(step, at)) {
          at = nextPassing(step, at + 1);
          if (at) {
            store<u32>(latest, <u32>at, 4);
            break;
          }
        } else at = 0;
      }
      choice = latest;
      if (at) break;
    }
    step += STEP;
  }
  return unreachable();
}

// @ts-ignore: decorator
@inline function putChoice(choice: usize, step: usize, at: usize, least: usize): void {
  store<u32>(choice, <u32>step);
  store<u32>(choice, <u32>at, 4);
  store<u32>(choice, <u32>least, 8);
}

// @ts-ignore: decorator
@inline function putCapture(number: u32, at: usize, length: i32): void {
  const capture = CAPTURES + (<usize>number << 3);
  store<u32>(capture, <u32>at);
  store<i32>(capture, length, 4);
}

/** Where the text that starts with `open` and ends with the matching `close` ends; 0 when there is none. */
export function balanceEnd(at: usize, end: usize, open: u8, close: u8): usize {
  if (at == end || load<u8>(at) != open) return 0;
  let nested = 1;
  while (++at < end) {
    const c = load<u8>(at);
    if (c == close) {
      if (--nested == 0) return at + 1;
    } else if (c == open) nested++;
  }
  return 0;
}

function optionsTaken(choice: usize): i32 {
  let count = 0;
  while (choice > CHOICES) {
    choice -= CHOICE;
    count += i32(load<u8>(load<u32>(choice)) == OPTION);
  }
  return count;
}

function raisePatternError(number: u32, line: i32): void {
  switch (number) {
    case ENDS_WITH_PERCENT: raiseText("malformed pattern (ends with '%')", line);
    case MISSING_BRACKET: raiseText("malformed pattern (missing ']')", line);
    case UNBALANCED: raiseText("unbalanced pattern", line);
    case MISSING_SET: raiseText("missing '[' after '%f' in pattern", line);
    case INVALID_CAPTURE: raiseText("invalid pattern capture", line);
    case INVALID_INDEX: raiseText("invalid capture index", line);
    default: raiseText("too many captures", line);
  }
}

// ---------------------------------------------------------------------------------------------------- captures

// A capture is described by where it starts and its length, or a mark: [start u32][length i32].

/** Address of the descriptions for the latest match. */
export const captures: usize = CAPTURES;

/** The value of the capture described at `capture`, of a subject that starts at `origin`. */
// @ts-ignore: decorator
@inline export function valueOfCapture(capture: usize, origin: usize): Value {
  const start = <usize>load<u32>(capture), length = load<i32>(capture, 4);
  return length == IS_POSITION ? number(<f64>(start - origin + 1)) : stringValue(Str.copyOf(start, length));
}

/** `valueOfCapture` for a capture that may have been left open: `unfinished capture`. */
export function capturedAt(capture: usize, origin: usize, line: i32): Value {
  if (load<i32>(capture, 4) == UNFINISHED) raiseText("unfinished capture", line);
  return valueOfCapture(capture, origin);
}

/** Capture `i` (from 0) of the latest match, a string or a position; the whole match when the pattern has none and i is 0. */
export function captured(program: Program, i: u32, line: i32): Value {
  return captureAmong(CAPTURES, program.captures, i, subject, matchStart, matchEnd, line);
}

/** Capture `i` (from 0) of `count` that are described at `list`; the whole match `[start, end)` when there are none and i is 0. */
export function captureAmong(list: usize, count: u32, i: u32, origin: usize, start: usize, end: usize, line: i32): Value {
  if (i < count) return capturedAt(list + (<usize>i << 3), origin, line);
  if (i) raiseText("invalid capture index", line);
  return stringValue(Str.copyOf(start, end - start));
}

/** Copies the descriptions of the captures away from those of later matches. */
export function saveCaptures(to: usize, count: u32): void {
  for (let i: usize = 0; i < <usize>count << 3; i += 8) store<u64>(to + i, load<u64>(CAPTURES + i));
}
