// Lua errors are Wasm exceptions without a payload; the value is in `caught`. AssemblyScript knows neither `throw` (a trap
// there) nor `try`: both are imports here, which the toolchain replaces after compilation.
import { barriers, depth, enter, setBarriers, setDepth } from "./depth";
import { cutLevels, levelCount } from "./levels";
import { concat2, concat3, concat4, Str } from "./str";
import { isNumber, isString, nil, stringValue, toNumber, toStr, Value } from "./value";

// @ts-ignore: decorator
@external("eh", "throw")
declare function throw_(): void;

/** Calls function `index` of the table with `argument`; 1 when it threw. */
// @ts-ignore: decorator
@external("eh", "try")
declare function try_(index: u32, argument: u32): i32;

/** The error that `protect` has caught last. */
export let caught: Value = nil;

/** As LuaJIT prints it, for example `[string "function envoy_on_request(request_handle)..."]`. */
let chunkName: Str = Str.of("?");

export function setChunkName(name: Str): void {
  chunkName = name;
}

/** Never returns. */
export function throwError(v: Value): void {
  caught = v;
  throw_();
}

/** Function `(n: f64): Str` of the table that prints a number; 0 while no error can be one, so that it need not be linked. */
let numberText: u32 = 0;

/** Raises a number, which Lua keeps as it is when no position is asked for. `text`: what prints it, a function of the table. */
export function throwNumber(v: Value, text: u32): void {
  numberText = text;
  throwError(v);
}

/** What Envoy logs of an error: strings and numbers; anything else is unspecified. */
export function errorText(e: Value): Str {
  if (isString(e)) return toStr(e);
  return numberText && isNumber(e) ? call_indirect<Str>(numberText, toNumber(e)) : UNSPECIFIED;
}
const UNSPECIFIED = Str.of("unspecified lua error");

/** Runs the function `(argument: usize): void` at `index` of the table; true when it raised, `caught` is the error then. */
export function protect(index: u32, argument: usize): bool {
  const before = depth,
    outside = COROUTINES ? barriers : 0,
    levels = levelCount();
  enter(0);
  const raised = try_(index, <u32>argument) != 0;
  setDepth(before);
  if (COROUTINES) setBarriers(outside);
  cutLevels(levels);
  if (raised && ended) throw_();
  return raised;
}

/** Whether the script was ended by `endScript`. */
let ended: bool = false;

/** Ends the script for good (`respond`): no `protect` stops it, only `protectScript`. Never returns. */
export function endScript(): void {
  ended = true;
  throw_();
}

let aborted: bool = false;

/** Ends the script for good with an error: no `protect` stops it, only `protectScript`. Never returns. */
export function abortScript(text: Str): void {
  caught = stringValue(text);
  aborted = true;
  endScript();
}

/** `protect` for the outermost function of a script; true when that raised, false when it returned or was ended. */
export function protectScript(index: u32, argument: usize): bool {
  const raised = try_(index, <u32>argument) != 0 && (!ended || (COROUTINES && aborted));
  ended = false;
  if (COROUTINES) aborted = false;
  return raised;
}

/** Raises a string as Lua does: with the position in front unless `line` is 0. Never returns. */
export function raise(message: Str, line: i32): void {
  throwError(stringValue(line ? concat2(position(line), message) : message));
}

/** `raise` for a text of this runtime. */
export function raiseText(text: string, line: i32): void {
  raise(latin1(text), line);
}

/** For an object of Envoy that has died. */
export function raiseDead(line: i32): Value {
  raiseText("object used outside of proper scope", line);
  return nil;
}

const NOT_ENOUGH_MEMORY = Str.of("not enough memory");

/** Without a position, as in LuaJIT: nothing can be allocated. */
export function raiseOutOfMemory(): void {
  throwError(stringValue(NOT_ENOUGH_MEMORY));
}

const COLON = Str.of(":");
const COLON_SPACE = Str.of(": ");

/** Lines of the modules that were compiled in for `require` begin at multiples of this. */
const LINES_PER_CHUNK: i32 = 1000000;

/** Set in the line of a call whose function is named by what its caller calls it (`check.ts`). */
export const NAMED: i32 = 1 << 30;
/** Never set in a script that calls no library function as a value: the compiler leaves out what depends on it. */
export let isNamed: bool = false;

export function setNamed(): void {
  isNamed = true;
}

/** A function `(module: i32): Str` of the table: the names of the modules, from 1. */
let moduleNames: u32 = 0;

export function setModuleNames(index: u32): void {
  moduleNames = index;
}

/** `[string "…"]:LINE: ` */
export function position(line: i32): Str {
  if (line < 0) line = -line;
  if (isNamed) line &= ~NAMED;
  const name = line < LINES_PER_CHUNK ? chunkName : call_indirect<Str>(moduleNames, line / LINES_PER_CHUNK);
  return concat4(name, COLON, decimal(line % LINES_PER_CHUNK), COLON_SPACE);
}

/** A text of this runtime as a byte string. */
export function latin1(text: string): Str {
  const length = <usize>text.length,
    s = Str.alloc(length);
  for (let i: usize = 0; i < length; i++) store<u8>(s.bytes + i, load<u8>(changetype<usize>(text) + (i << 1)));
  return s;
}

/** `before`, a text of this runtime, `after`. */
export function message(before: string, middle: Str, after: string): Str {
  return concat3(latin1(before), middle, latin1(after));
}

export function decimal(n: i32): Str {
  const negative = n < 0;
  let rest: u32 = negative ? <u32>-n : <u32>n,
    digits: u32 = 1;
  for (let power: u32 = 10; digits < 10 && rest >= power; power *= 10) digits++;
  const s = Str.alloc(digits + <u32>negative);
  for (let at = s.bytes + s.byteLength; digits; digits--) {
    store<u8>(--at, 48 + (rest % 10));
    rest /= 10;
  }
  if (negative) store<u8>(s.bytes, 45);
  return s;
}
