// Arguments of library functions. What does not fit raises `bad argument #N to 'f' (string expected, got nil)`. Numbers are
// taken for strings and numeric strings for numbers. `missing`: the call has fewer arguments (`got no value`).
import { decimal, isNamed, latin1, message, NAMED, raise, setNamed } from "./error";
import { numberParsed, numberToString, parseNumber, toInt } from "./number";
import { concat2, concat3, concat5, Str } from "./str";
import { Table } from "./table";
import {
  isBoolean, isFunction, isNumber, isString, isTable, isUserdata, toBoolean, toNumber, toStr, toTable, toUserdata, typeName, Value,
} from "./value";

/** The object of a method that is called as a plain function; bit `k` of `kinds` stands for kind `k` of Envoy's objects. */
export function checkReceiver(v: Value, kinds: u32, name: string, line: i32, missing: bool): void {
  if (!isUserdata(v) || !((kinds >> toUserdata(v).kind) & 1)) raiseExpected("object", v, 1, name, line, missing);
}

export function checkString(v: Value, n: i32, name: string, line: i32, missing: bool = false): Str {
  if (isString(v)) return toStr(v);
  if (isNumber(v)) return numberToString(toNumber(v));
  raiseExpected("string", v, n, name, line, missing);
  return toStr(v);
}

/** For an argument that is statically a string or nil. */
export function checkOptionalString(v: Str | null, n: i32, name: string, line: i32): Str {
  if (!changetype<usize>(v)) raiseArgument("string expected, got nil", n, name, line);
  return changetype<Str>(v);
}

// @ts-ignore: decorator
@inline
export function checkNumber(v: Value, n: i32, name: string, line: i32, missing: bool = false): f64 {
  return isNumber(v) ? toNumber(v) : convertedNumber(v, n, name, line, missing);
}

function convertedNumber(v: Value, n: i32, name: string, line: i32, missing: bool): f64 {
  if (isString(v)) {
    const parsed = parseNumber(toStr(v));
    if (numberParsed) return parsed;
  }
  raiseExpected("number", v, n, name, line, missing);
  return 0;
}

/** `checkNumber` as C's int: `toInt`. */
export function checkInteger(v: Value, n: i32, name: string, line: i32, missing: bool = false): i32 {
  return toInt(checkNumber(v, n, name, line, missing));
}

export function checkTable(v: Value, n: i32, name: string, line: i32, missing: bool = false): Table {
  if (!isTable(v)) raiseExpected("table", v, n, name, line, missing);
  return toTable(v);
}

export function checkFunction(v: Value, n: i32, name: string, line: i32, missing: bool = false): Value {
  if (!isFunction(v)) raiseExpected("function", v, n, name, line, missing);
  return v;
}

export function checkThread(v: Value, n: i32, name: string, line: i32, missing: bool = false): Value {
  if (!isUserdata(v) || !toUserdata(v).isThread) raiseArgument("coroutine expected", n, name, line);
  return v;
}

export function checkBoolean(v: Value, n: i32, name: string, line: i32, missing: bool = false): bool {
  if (!isBoolean(v)) raiseExpected("boolean", v, n, name, line, missing);
  return toBoolean(v);
}

/** Anything, but not nothing. */
export function checkAny(v: Value, n: i32, name: string, line: i32, missing: bool = false): Value {
  if (missing) raiseArgument("value expected", n, name, line);
  return v;
}

function raiseExpected(type: string, v: Value, n: i32, name: string, line: i32, missing: bool): void {
  const got = missing ? latin1("no value") : typeName(v);
  raiseArgumentText(concat3(latin1(type), latin1(" expected, got "), got), n, name, line);
}

/**
 * Raises `bad argument #N to 'NAME' (PROBLEM)`. A negative `line` says that a string function was called as a method
 * (`s:rep(…)`): the string is not counted then, as in LuaJIT.
 */
export function raiseArgument(problem: string, n: i32, name: string, line: i32): void {
  raiseArgumentText(latin1(problem), n, name, line);
}

/** `raiseArgument` with a problem made at run time. */
export function raiseArgumentText(problem: Str, n: i32, name: string, line: i32): void {
  const counted = line < 0 ? n - 1 : n;
  // Called from C, as by `pcall`, the function has no name.
  const called = !line ? latin1("?") : isNamed && abs(line) & NAMED ? nameTaken() : latin1(name);
  const where = counted
    ? concat5(latin1("bad argument #"), decimal(counted), latin1(" to '"), called, latin1("' ("))
    : message("calling '", called, "' on bad self (");
  raise(concat2(concat2(where, problem), latin1(")")), line < 0 ? -line : line);
}

/** What the library function in progress is called by; see `namedLine`. */
let takenBy: string = changetype<string>(0);
let takenName: Str | null = null;

/** @param by as error texts name it: `local 'f'`; @param name in its place for a method or metamethod */
export function takeName(by: string, name: Str | null): void {
  setNamed();
  takenBy = by;
  takenName = name;
}

const QUOTE: u32 = 39;

/** `f` of `local 'f'`. */
function nameTaken(): Str {
  if (takenName) return changetype<Str>(takenName);
  const by = latin1(takenBy),
    end = <u32>by.byteLength;
  if (!end) return latin1("?");
  if (by.at(end - 1) != QUOTE) return by;
  let from: u32 = 0;
  while (by.at(from) != QUOTE) from++;
  return by.slice(from + 1, end - from - 2);
}
