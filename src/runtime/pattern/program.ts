// A pattern as the matcher runs it: a header, then steps of 16 bytes, then the sets that they refer to, then the text.
import { allocPermanent, alloc } from "../memory/arena";
import { copyExactly, equal } from "../memory/copy";
import { hashOf, Str } from "../str";
import { compile } from "./compile";
import { SET_BYTES } from "./sets";

// @ts-ignore: decorator
@unmanaged
export class Program {
  /** Of the text; what the program is found by. */
  hash: u32;
  textLength: u32;
  text: usize;
  /** As allocated, in bytes: a power of two. */
  capacity: u32;
  captures: u32;
  /** Whether it may match at one place only. */
  anchored: bool;
  /** Filter for the places at which it may match. */
  firstKind: u32;
  firstOperand: u32;

  // @ts-ignore: decorator
  @inline get steps(): usize {
    return changetype<usize>(this) + HEADER;
  }
}
const HEADER: usize = 40;

// A filter says what the byte at some place must be for the steps that follow to have a chance: its kind, and as operand the
// byte or the address of the set.
/** Kinds of filters: no condition; this byte; a byte of the set; a byte of the set or the end of the subject. */
export const ANYTHING: u32 = 0;
export const ONE_BYTE: u32 = 1;
export const IN_SET: u32 = 2;
export const IN_SET_OR_END: u32 = 3;

// A step: [code u8][byte u8][count u8][kind u8][operand u32][filter kind u32][filter operand u32]
// Single bytes are described by `kind` (of a filter; ANYTHING is any byte) and `operand`.
export const STEP: usize = 16;
export const BYTE: usize = 1;
export const COUNT: usize = 2;
export const SINGLE: usize = 3;
export const OPERAND: usize = 4;
export const FILTER: usize = 8;
export const FILTER_OPERAND: usize = 12;
/** The bytes of `LITERAL`, `COUNT` of them. */
export const BYTES: usize = 8;

/** The pattern is done. */
export const MATCH: u8 = 0;
/** Raises error number `OPERAND`. */
export const ERROR: u8 = 1;
/** Raises `pattern too complex` if LuaJIT's recursion would be too deep here: `OPERAND` levels and one for each optional item taken. */
export const DEPTH: u8 = 2;
/** Captures: number `OPERAND`. */
export const OPEN: u8 = 3;
export const CLOSE: u8 = 4;
export const POSITION: u8 = 5;
/** `$` */
export const END: u8 = 6;
/** `%bxy`: x is `BYTE`, y `COUNT`. */
export const BALANCE: u8 = 7;
export const FRONTIER: u8 = 8;
/** `%1` */
export const BACK: u8 = 9;
/** One to eight bytes. */
export const LITERAL: u8 = 10;
/** One byte of a set, or any byte. */
export const ONE: u8 = 11;
/** As many as there are, never fewer: nothing that follows could match one of them. */
export const RUN: u8 = 12;
/** As many as possible; fewer when what follows fails. */
export const MANY: u8 = 13;
/** As few as possible; more when what follows fails. */
export const FEW: u8 = 14;
/** One if there is one. */
export const MAYBE: u8 = 15;
/** One if there is one; none when what follows fails. */
export const OPTION: u8 = 16;

/** Two programs for each remainder of the hash. */
const SLOTS: usize = memory.data(128 * 4, 4);
/** Programs that were thrown out of a slot, by the logarithm of their capacity. */
const FREED: usize = memory.data(32 * 4, 4);
const LARGEST_CACHED: u32 = 8192;

/** Shorter patterns cannot nest LuaJIT's matcher too deeply. */
export const LONG: u32 = 199;

/** Counts the programs that were thrown out: whoever holds one across a call of a function looks it up again when this has changed. */
export let evictions: u32 = 0;

/** The program of a pattern. `literalCaret`: `^` at the start stands for itself, as in `gmatch`. */
export function programOf(pattern: Str, literalCaret: bool): Program {
  const caret = literalCaret && pattern.byteLength != 0 && pattern.at(0) == 94;
  const hash = hashOf(pattern) ^ u32(caret), slot = SLOTS + (((hash >> 1) & 63) << 3); // the lowest bit of a hash is always set
  let program = changetype<Program>(load<usize>(slot));
  if (isProgramOf(program, pattern, hash)) return program;
  program = changetype<Program>(load<usize>(slot, 4));
  if (!isProgramOf(program, pattern, hash)) program = compiled(pattern, caret, hash, slot);
  return program;
}

function isProgramOf(program: Program, pattern: Str, hash: u32): bool {
  return changetype<usize>(program) != 0 && program.hash == hash && program.textLength == pattern.byteLength &&
    equal(program.text, pattern.bytes, pattern.byteLength);
}

function compiled(pattern: Str, caret: bool, hash: u32, slot: usize): Program {
  const length = pattern.byteLength, needed = bytesFor(pattern);
  const program = needed <= LARGEST_CACHED ? takeSlot(slot, needed) : changetype<Program>(alloc(needed));
  program.hash = hash;
  program.textLength = length;
  program.text = changetype<usize>(program) + needed - ((length + 7) & ~7);
  copyExactly(program.text, pattern.bytes, length);
  compile(program, caret);
  return program;
}

/** At most one step for a byte and one at the end, twice that for patterns that can be too complex; one set for each byte that can ask for one. */
function bytesFor(pattern: Str): u32 {
  const length = pattern.byteLength;
  let sets: u32 = 1;
  for (let i: u32 = 0; i < length; i++) {
    const c = pattern.at(i);
    sets += u32(c == 37 || c == 91 || c == 42 || c == 43 || c == 45); // % [ * + -
  }
  return <u32>HEADER + <u32>STEP * (length + 2) * (length >= LONG ? 2 : 1) + <u32>SET_BYTES * sets + ((length + 7) & ~7);
}

/** Memory for a program, in the place of the older one of the two that share the slot. */
function takeSlot(slot: usize, needed: u32): Program {
  const size: u32 = 32 - <u32>clz(needed - 1), free = FREED + (<usize>size << 2);
  let program = changetype<Program>(load<usize>(free));
  if (changetype<usize>(program)) store<u32>(free, load<u32>(changetype<usize>(program)));
  else program = changetype<Program>(allocPermanent((<usize>1) << size));
  const old = changetype<Program>(load<usize>(slot, 4));
  if (changetype<usize>(old)) {
    const freed = FREED + (<usize>(31 - clz(old.capacity)) << 2);
    old.hash = load<u32>(freed);
    store<u32>(freed, <u32>changetype<usize>(old));
    evictions++;
  }
  program.capacity = (<u32>1) << size;
  store<usize>(slot, load<usize>(slot), 4);
  store<usize>(slot, changetype<usize>(program));
  return program;
}
