// Pattern text → program. What is wrong with a pattern is raised by the matcher when it gets there, as in LuaJIT: an ERROR step.
import {
  ANYTHING, BACK, BALANCE, BYTE, BYTES, CLOSE, COUNT, DEPTH, END, ERROR, FEW, FILTER, FRONTIER, IN_SET, IN_SET_OR_END,
  LITERAL, LONG, MANY, MATCH, MAYBE, ONE, ONE_BYTE, OPEN, OPERAND, OPTION, POSITION, Program, RUN, SINGLE, STEP,
} from "./program";
import { addByte, addRange, addSet, classOf, disjoint, fill, invert, least, SET_BYTES, size } from "./sets";

export const MAX_CAPTURES: u32 = 32;
/** How deep LuaJIT's matcher may recurse. */
export const MAX_DEPTH: i32 = 200;

/** Numbers of errors; their texts are in `../pattern.ts`. */
export const ENDS_WITH_PERCENT: u32 = 0;
export const MISSING_BRACKET: u32 = 1;
export const UNBALANCED: u32 = 2;
export const MISSING_SET: u32 = 3;
export const INVALID_CAPTURE: u32 = 4;
export const INVALID_INDEX: u32 = 5;
export const TOO_MANY: u32 = 6;

/** What is read next, and where the text ends (a NUL ends it, as in C). */
let at: usize = 0;
let end: usize = 0;
/** Where the first step is, and where the next step and the next set go. */
let start: usize = 0;
let step: usize = 0;
let sets: usize = 0;
/** Captures so far; bit i: number i is open. */
let captures: u32 = 0;
let open: u32 = 0;
/** LuaJIT's recursion at this place, without and with the optional items before it. */
let depth: i32 = 0;
let optional: i32 = 0;

export function compile(program: Program, literalCaret: bool): void {
  at = program.text;
  end = at;
  for (const last = at + program.textLength; end < last && load<u8>(end); ) end++;
  start = program.steps;
  step = start;
  sets = start + STEP * (program.textLength + 2) * (program.textLength >= LONG ? 2 : 1);
  captures = 0;
  open = 0;
  depth = 1;
  optional = 0;
  program.anchored = !literalCaret && peek(0) == 94;
  if (program.anchored) at++;
  while (at < end && readItem()) continue;
  put(MATCH);
  program.captures = captures;
  narrow(program);
}

// @ts-ignore: decorator
@inline function peek(ahead: usize): u32 {
  return at + ahead < end ? <u32>load<u8>(at + ahead) : 0;
}

/** A new step, all of whose fields are zero. */
function put(code: u8): usize {
  const address = step;
  store<u64>(address, code);
  store<u64>(address, 0, 8);
  step += STEP;
  return address;
}

function putNumber(code: u8, n: u32): bool {
  store<u32>(put(code), n, OPERAND);
  return true;
}

/** Nothing after it is reached. */
function putError(n: u32): bool {
  putNumber(ERROR, n);
  return false;
}

/** After an item for which LuaJIT's matcher recurses. */
function deeper(): void {
  depth++;
  if (depth + optional > MAX_DEPTH) putNumber(DEPTH, depth);
}

function newSet(): usize {
  const set = sets;
  fill(set, 0);
  sets += SET_BYTES;
  return set;
}

/** The next item with its quantifier; false after an error. */
function readItem(): bool {
  const c = peek(0);
  if (c == 40) return readOpen();
  if (c == 41) return readClose();
  if (c == 36 && at + 1 == end) {
    at++;
    put(END);
    return true;
  }
  if (c == 37) {
    const next = peek(1);
    if (next == 98) return readBalance();
    if (next == 102) return readFrontier();
    if (next - 48 < 10) return readBack(next);
  }
  return readSingle();
}

function readOpen(): bool {
  const position = peek(1) == 41;
  at += position ? 2 : 1;
  if (captures == MAX_CAPTURES) return putError(TOO_MANY);
  if (!position) open |= (<u32>1) << captures;
  putNumber(position ? POSITION : OPEN, captures++);
  deeper();
  return true;
}

function readClose(): bool {
  at++;
  if (!open) return putError(INVALID_CAPTURE);
  const number = 31 - <u32>clz(open);
  open ^= (<u32>1) << number;
  putNumber(CLOSE, number);
  deeper();
  return true;
}

function readBalance(): bool {
  const first = peek(2), last = peek(3);
  if (!first || !last) return putError(UNBALANCED);
  at += 4;
  const address = put(BALANCE);
  store<u8>(address, first, BYTE);
  store<u8>(address, last, COUNT);
  return true;
}

function readFrontier(): bool {
  at += 2;
  if (peek(0) != 91) return putError(MISSING_SET);
  const set = readSet();
  return set ? putNumber(FRONTIER, <u32>set) : putError(MISSING_BRACKET);
}

function readBack(digit: u32): bool {
  const number = digit - 49;
  at += 2;
  return number < captures && !((open >> number) & 1) ? putNumber(BACK, number) : putError(INVALID_INDEX);
}

/** `[…]` as a set; 0 when it has no end. */
function readSet(): usize {
  const inverted = peek(1) == 94;
  let p = at + (inverted ? 2 : 1), close = p;
  do {
    if (close >= end) return 0;
    if (load<u8>(close++) == 37 && close < end) close++;
  } while (close >= end || load<u8>(close) != 93);
  const set = newSet();
  for (; p < close; p++) {
    const c = <u32>load<u8>(p);
    if (c == 37) addClass(set, load<u8>(++p));
    else if (load<u8>(p + 1) == 45 && p + 2 < close) {
      addRange(set, c, load<u8>(p + 2));
      p += 2;
    } else addByte(set, c);
  }
  if (inverted) invert(set);
  at = close + 1;
  return set;
}

/** What `%` and this byte stand for. */
function addClass(set: usize, letter: u32): void {
  const known = classOf(letter);
  if (known) addSet(set, known, letter < 97);
  else addByte(set, letter);
}

/** A single byte of some kind, and its quantifier. */
function readSingle(): bool {
  let kind = IN_SET, operand: usize = 0;
  const c = peek(0);
  if (c == 91) {
    operand = readSet();
    if (!operand) return putError(MISSING_BRACKET);
  } else if (c == 46) {
    at++;
    kind = ANYTHING;
  } else if (c == 37) {
    const letter = peek(1);
    if (!letter) return putError(ENDS_WITH_PERCENT);
    at += 2;
    operand = classOf(letter);
    if (!operand) {
      kind = ONE_BYTE;
      operand = letter;
    } else if (letter < 97) {
      operand = newSet();
      addClass(operand, letter);
    }
  } else {
    at++;
    kind = ONE_BYTE;
    operand = c;
  }
  putQuantified(kind, <u32>operand);
  return true;
}

function putQuantified(kind: u32, operand: u32): void {
  switch (peek(0)) {
    case 43: // +
      putSingle(ONE, kind, operand);
    case 42: // *
      putSingle(MANY, kind, operand);
      break;
    case 45: // -
      putSingle(FEW, kind, operand);
      break;
    case 63: // ?
      at++;
      putSingle(OPTION, kind, operand);
      optional++;
      if (depth + optional > MAX_DEPTH) putNumber(DEPTH, depth);
      return;
    default:
      if (kind == ONE_BYTE) putLiteral(operand);
      else putSingle(ONE, kind, operand);
      return;
  }
  at++;
  deeper();
}

function putSingle(code: u8, kind: u32, operand: u32): void {
  const address = put(code);
  store<u8>(address, <u8>operand, BYTE);
  store<u8>(address, <u8>kind, SINGLE);
  store<u32>(address, operand, OPERAND);
}

/** Joins a byte to the literal before it. */
function putLiteral(byte: u32): void {
  let address = step - STEP;
  if (step == start || load<u8>(address) != LITERAL || load<u8>(address, COUNT) == 8) {
    address = put(LITERAL);
    store<u8>(address, byte, BYTE);
  }
  const count = <u32>load<u8>(address, COUNT);
  store<u8>(address + count, byte, BYTES);
  store<u8>(address, count + 1, COUNT);
}

/** The bytes that can follow the place looked at, whether the subject can end there, and whether the rest matches in any case. */
const FOLLOWING: usize = memory.data(32, 8);
let canEnd: bool = false;
let accepts: bool = false;

/** Set of a single byte that is not in a set. */
const SINGLE_SET: usize = memory.data(32, 8);

/**
 * From the last step to the first: repetitions that can never be taken back become RUN and MAYBE, the others get a filter for
 * the places at which it is worth going on.
 */
function narrow(program: Program): void {
  const canBeTooDeep = depth + optional > MAX_DEPTH;
  for (let address = step - STEP; address >= start; address -= STEP) {
    const code = load<u8>(address);
    switch (code) {
      case MATCH:
        anythingFollows();
        accepts = true;
        break;
      case OPEN:
      case CLOSE:
      case POSITION:
        break;
      case END:
        fill(FOLLOWING, 0);
        canEnd = true;
        accepts = false;
        break;
      case BALANCE:
      case LITERAL:
        fill(FOLLOWING, 0);
        addByte(FOLLOWING, load<u8>(address, BYTE));
        oneMustFollow();
        break;
      case ONE: {
        const set = singleSet(address);
        fill(FOLLOWING, 0);
        addSet(FOLLOWING, set, false);
        oneMustFollow();
        break;
      }
      case MANY:
      case FEW:
      case OPTION: {
        const set = singleSet(address), certain = disjoint(set, FOLLOWING) || (accepts && code != FEW);
        if (code == OPTION) {
          if (certain && !canBeTooDeep) store<u8>(address, MAYBE);
        } else if (certain) store<u8>(address, RUN);
        else putFilter(address + FILTER);
        addSet(FOLLOWING, set, false);
        break;
      }
      default:
        anythingFollows();
    }
  }
  putFilter(changetype<usize>(program) + offsetof<Program>("firstKind"));
}

function anythingFollows(): void {
  fill(FOLLOWING, -1);
  canEnd = true;
  accepts = false;
}

function oneMustFollow(): void {
  canEnd = false;
  accepts = false;
}

/** The bytes that a ONE, MANY, FEW or OPTION takes. */
function singleSet(address: usize): usize {
  const kind = <u32>load<u8>(address, SINGLE);
  if (kind == IN_SET) return load<u32>(address, OPERAND);
  if (kind == ANYTHING) fill(SINGLE_SET, -1);
  else {
    fill(SINGLE_SET, 0);
    addByte(SINGLE_SET, load<u32>(address, OPERAND));
  }
  return SINGLE_SET;
}

/** Kind and operand of the filter for what can follow. */
function putFilter(address: usize): void {
  const count = size(FOLLOWING);
  let kind = canEnd ? IN_SET_OR_END : IN_SET, operand: u32 = 0;
  if (count == 256 && canEnd) kind = ANYTHING;
  else if (count == 1 && !canEnd) {
    kind = ONE_BYTE;
    operand = least(FOLLOWING);
  } else {
    const set = newSet();
    addSet(set, FOLLOWING, false);
    operand = <u32>set;
  }
  store<u32>(address, kind);
  store<u32>(address, operand, 4);
}
