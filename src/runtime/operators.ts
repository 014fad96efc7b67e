// Operators on values of any type: numbers and strings at once, metamethods behind them.
import { callNamed, raiseOperand } from "./call";
import { latin1, message, raise } from "./error";
import { binaryMetamethod, metamethod } from "./metatable";
import { numberParsed, numberToString, parseNumber } from "./number";
import { concat2, concat4, EMPTY, Str, stringLess, stringLessEqual } from "./str";
import {
  isNumber,
  isString,
  isTable,
  isUserdata,
  nil,
  number,
  rawEquals,
  stringValue,
  toNumber,
  toStr,
  toTable,
  truthy,
  typeName,
  Value,
} from "./value";

// ---------------------------------------------------------------------------------------------------- arithmetic

/** A number, or a string that is one; raises `attempt to perform arithmetic on …`. */
// @ts-ignore: decorator
@inline
export function operand(v: Value, line: i32, what: string): f64 {
  return isNumber(v) ? toNumber(v) : convertedOperand(v, line, what);
}

/** `operand` of what is a number or nil. */
// @ts-ignore: decorator
@inline
export function numberOperand(v: Value, line: i32, what: string): f64 {
  if (!isNumber(v)) raiseOperand("perform arithmetic on", v, line, what);
  return toNumber(v);
}

function convertedOperand(v: Value, line: i32, what: string): f64 {
  if (isString(v)) {
    const n = parseNumber(toStr(v));
    if (numberParsed) return n;
  }
  raiseOperand("perform arithmetic on", v, line, what);
  return 0;
}

/** The operand of a string's arithmetic that is statically a string. */
export function stringOperand(s: Str, line: i32, what: string): f64 {
  return convertedOperand(stringValue(s), line, what);
}

/** Lua's `%`: the sign of the divisor. */
// @ts-ignore: decorator
@inline
export function modulo(a: f64, b: f64): f64 {
  return a - floor(a / b) * b;
}

/** Lua's `^`. */
export function power(a: f64, b: f64): f64 {
  if (b == 2) return a * a;
  if (a == 2 && b == floor(b) && abs(b) <= 1022) return reinterpret<f64>((<u64>(<i64>b + 1023)) << 52);
  // C's pow, unlike JavaScript's, to infinity and NaN.
  if (a == 1 || (a == -1 && abs(b) == Infinity)) return 1;
  return NativeMath.pow(a, b);
}

const ADD = Str.of("__add");
const SUB = Str.of("__sub");
const MUL = Str.of("__mul");
const DIV = Str.of("__div");
const MOD = Str.of("__mod");
const POW = Str.of("__pow");
const UNM = Str.of("__unm");
const CONCAT = Str.of("__concat");
const LEN = Str.of("__len");
const EQ = Str.of("__eq");
const LT = Str.of("__lt");
const LE = Str.of("__le");

// For scripts with metatables: operands of any type, what the metamethod returns as result.

export function add(a: Value, b: Value, line: i32, whatA: string, whatB: string): Value {
  if (isNumber(a) && isNumber(b)) return number(toNumber(a) + toNumber(b));
  if (!coerce(a, b)) return arithmetic(ADD, a, b, line, whatA, whatB);
  return number(left + right);
}

export function sub(a: Value, b: Value, line: i32, whatA: string, whatB: string): Value {
  if (isNumber(a) && isNumber(b)) return number(toNumber(a) - toNumber(b));
  if (!coerce(a, b)) return arithmetic(SUB, a, b, line, whatA, whatB);
  return number(left - right);
}

export function mul(a: Value, b: Value, line: i32, whatA: string, whatB: string): Value {
  if (isNumber(a) && isNumber(b)) return number(toNumber(a) * toNumber(b));
  if (!coerce(a, b)) return arithmetic(MUL, a, b, line, whatA, whatB);
  return number(left * right);
}

export function div(a: Value, b: Value, line: i32, whatA: string, whatB: string): Value {
  if (isNumber(a) && isNumber(b)) return number(toNumber(a) / toNumber(b));
  if (!coerce(a, b)) return arithmetic(DIV, a, b, line, whatA, whatB);
  return number(left / right);
}

export function mod(a: Value, b: Value, line: i32, whatA: string, whatB: string): Value {
  if (!coerce(a, b)) return arithmetic(MOD, a, b, line, whatA, whatB);
  return number(modulo(left, right));
}

export function pow(a: Value, b: Value, line: i32, whatA: string, whatB: string): Value {
  if (!coerce(a, b)) return arithmetic(POW, a, b, line, whatA, whatB);
  return number(power(left, right));
}

export function unm(a: Value, line: i32, what: string): Value {
  if (!coerce(a, a)) return arithmetic(UNM, a, a, line, what, what);
  return number(-left);
}

/** What `coerce` made of its operands. */
// @ts-ignore: decorator
@lazy let left: f64 = 0;
// @ts-ignore: decorator
@lazy let right: f64 = 0;

/** Whether both operands are numbers or numeric strings. */
function coerce(a: Value, b: Value): bool {
  if (!coercible(a)) return false;
  left = coerced;
  if (!coercible(b)) return false;
  right = coerced;
  return true;
}

// @ts-ignore: decorator
@lazy let coerced: f64 = 0;

function coercible(v: Value): bool {
  if (isNumber(v)) {
    coerced = toNumber(v);
    return true;
  }
  if (!isString(v)) return false;
  coerced = parseNumber(toStr(v));
  return numberParsed;
}

/** The metamethod, or the error of the operand that is at fault. */
function arithmetic(name: Str, a: Value, b: Value, line: i32, whatA: string, whatB: string): Value {
  const handler = binaryMetamethod(a, b, name);
  if (handler != nil) return callNamed(handler, name, 2, a, b, nil, line);
  if (coercible(a)) raiseOperand("perform arithmetic on", b, line, whatB);
  else raiseOperand("perform arithmetic on", a, line, whatA);
  return nil;
}

// ---------------------------------------------------------------------------------------------------- concatenation, length

/** A string, or a number as string; raises `attempt to concatenate …`. */
// @ts-ignore: decorator
@inline
export function concatOperand(v: Value, line: i32, what: string): Str {
  return isString(v) ? toStr(v) : convertedConcatOperand(v, line, what);
}

function convertedConcatOperand(v: Value, line: i32, what: string): Str {
  if (isNumber(v)) return numberToString(toNumber(v));
  raiseConcatenation(v, line, what);
  return toStr(v);
}

/** `concatOperand` of what is a string or nil. */
// @ts-ignore: decorator
@inline
export function presentOperand(s: Str | null, line: i32, what: string): Str {
  if (!changetype<usize>(s)) raiseConcatenation(nil, line, what);
  return changetype<Str>(s);
}

function raiseConcatenation(v: Value, line: i32, what: string): void {
  hasBlamed = false;
  raiseOperand("concatenate", v, line, what);
}

/** The operand that is to blame if none further right is. */
let hasBlamed: bool = false;
let blamed: Value = nil;
let blamedLine: i32 = 0;
let blamedName: string = "";

/** The same for an operand in front of others that may be to blame before it: `lastOperand` behind it raises. */
// @ts-ignore: decorator
@inline
export function leftOperand(v: Value, line: i32, what: string): Str {
  return isString(v) ? toStr(v) : convertedLeftOperand(v, line, what);
}

function convertedLeftOperand(v: Value, line: i32, what: string): Str {
  if (isNumber(v)) return numberToString(toNumber(v));
  hasBlamed = true;
  blamed = v;
  blamedLine = line;
  blamedName = what;
  return EMPTY;
}

/** `concatOperand` of the last operand that could raise, and raises what a `leftOperand` in front of it could not. */
// @ts-ignore: decorator
@inline
export function lastOperand(v: Value, line: i32, what: string): Str {
  const s = concatOperand(v, line, what);
  if (hasBlamed) convertedConcatOperand(blamed, blamedLine, blamedName);
  return s;
}

// @ts-ignore: decorator
@inline
function concatenable(v: Value): bool {
  return isString(v) || isNumber(v);
}

/** `a .. b`; of several, Lua concatenates the last two first. */
export function concat(a: Value, b: Value, line: i32, whatA: string, whatB: string): Value {
  if (concatenable(a) && concatenable(b)) return stringValue(concat2(concatOperand(a, 0, ""), concatOperand(b, 0, "")));
  const handler = binaryMetamethod(a, b, CONCAT);
  if (handler != nil) return callNamed(handler, CONCAT, 2, a, b, nil, line);
  if (concatenable(a)) raiseOperand("concatenate", b, line, whatB);
  else raiseOperand("concatenate", a, line, whatA);
  return nil;
}

/** `#v` without metatables; raises `attempt to get length of …`. */
export function len(v: Value, line: i32, what: string): f64 {
  if (isTable(v)) return toTable(v).length;
  if (isString(v)) return toStr(v).length;
  raiseOperand("get length of", v, line, what);
  return 0;
}

/** `#s` of what is a string or nil. */
export function lengthOf(s: Str | null, line: i32, what: string): f64 {
  if (!changetype<usize>(s)) raiseOperand("get length of", nil, line, what);
  return changetype<Str>(s).length;
}

/** `#v` with `__len`, whose result can be anything. */
export function length(v: Value, line: i32, what: string): Value {
  if (isString(v)) return number(toStr(v).length);
  const handler = metamethod(v, LEN);
  return handler != nil ? callNamed(handler, LEN, 2, v, v, nil, line) : number(len(v, line, what));
}

// ---------------------------------------------------------------------------------------------------- comparison

/** `a == b`. */
// @ts-ignore: decorator
@inline
export function equals(a: Value, b: Value, line: i32 = 0): bool {
  if (rawEquals(a, b)) return true;
  return METATABLES ? equalByMetamethod(a, b, line) : false;
}

function equalByMetamethod(a: Value, b: Value, line: i32): bool {
  if (!(isTable(a) && isTable(b)) && !(isUserdata(a) && isUserdata(b))) return false;
  const handler = metamethod(a, EQ);
  if (handler == nil || !rawEquals(handler, metamethod(b, EQ))) return false;
  return truthy(callNamed(handler, EQ, 2, a, b, nil, line));
}

/** `a < b`; raises `attempt to compare …`. */
export function less(a: Value, b: Value, line: i32): bool {
  if (isNumber(a) && isNumber(b)) return toNumber(a) < toNumber(b);
  if (isString(a) && isString(b)) return stringLess(toStr(a), toStr(b));
  if (METATABLES) {
    const handler = binaryMetamethod(a, b, LT);
    if (handler != nil) return truthy(callNamed(handler, LT, 2, a, b, nil, line));
  }
  raiseComparison(a, b, line);
  return false;
}

/** `a <= b`; without `__le`, `not (b < a)`, which is also what the error names. */
export function lessEqual(a: Value, b: Value, line: i32): bool {
  if (isNumber(a) && isNumber(b)) return toNumber(a) <= toNumber(b);
  if (isString(a) && isString(b)) return stringLessEqual(toStr(a), toStr(b));
  if (METATABLES) {
    const handler = binaryMetamethod(a, b, LE);
    if (handler != nil) return truthy(callNamed(handler, LE, 2, a, b, nil, line));
    return !less(b, a, line);
  }
  raiseComparison(b, a, line);
  return false;
}

function raiseComparison(a: Value, b: Value, line: i32): void {
  const first = typeName(a),
    second = typeName(b);
  if (first == second) raise(message("attempt to compare two ", first, " values"), line);
  raise(concat4(latin1("attempt to compare "), first, latin1(" with "), second), line);
}

// ---------------------------------------------------------------------------------------------------- numeric for

/** The initial value, limit or step (`part`: `"initial value"`, `"limit"`, `"step"`) of a numeric `for`. */
export function loopNumber(v: Value, line: i32, part: string): f64 {
  if (isNumber(v)) return toNumber(v);
  if (coercible(v)) return coerced;
  raise(message("'for' ", latin1(part), " must be a number"), line);
  return 0;
}

/** Whether a loop with this step goes up: the sign bit says so, as in LuaJIT (0 goes up, -0 down). */
// @ts-ignore: decorator
@inline
export function ascends(step: f64): bool {
  return step > 0 || reinterpret<u64>(step) == 0;
}
