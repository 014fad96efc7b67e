// A Lua value as a NaN-boxed u64. A number is its own bits; everything else sits above the highest NaN that arithmetic
// gives (0xFFF8…), with its type in the top 16 bits and, for objects, the address in the low 32.
import { Closure } from "./closure";
import { Str } from "./str";
import { Table } from "./table";
import { Userdata } from "./userdata";

export type Value = u64;

export const nil: Value = 0xfff9000000000000;
export const False: Value = 0xfffa000000000000;
export const True: Value = 0xfffb000000000000;
/** In place of an argument that was not passed, where that is not the same as nil. Never a Lua value. */
export const absent: Value = nil + 2;

export const NIL_TAG: u64 = 0xfff9;
export const FALSE_TAG: u64 = 0xfffa;
export const TRUE_TAG: u64 = 0xfffb;
export const STRING_TAG: u64 = 0xfffc;
export const TABLE_TAG: u64 = 0xfffd;
export const FUNCTION_TAG: u64 = 0xfffe;
export const USERDATA_TAG: u64 = 0xffff;

// @ts-ignore: decorator
@inline
export function tagOf(v: Value): u64 {
  return v >> 48;
}

// @ts-ignore: decorator
@inline
export function isNil(v: Value): bool {
  return v == nil;
}
// @ts-ignore: decorator
@inline
export function isNumber(v: Value): bool {
  return v < nil;
}
// @ts-ignore: decorator
@inline
export function isString(v: Value): bool {
  return v >> 48 == STRING_TAG;
}
// @ts-ignore: decorator
@inline
export function isTable(v: Value): bool {
  return v >> 48 == TABLE_TAG;
}
// @ts-ignore: decorator
@inline
export function isFunction(v: Value): bool {
  return v >> 48 == FUNCTION_TAG;
}
// @ts-ignore: decorator
@inline
export function isUserdata(v: Value): bool {
  return v >> 48 == USERDATA_TAG;
}
// @ts-ignore: decorator
@inline
export function isBoolean(v: Value): bool {
  return v == True || v == False;
}
/** Whether the low 32 bits are an address. */
// @ts-ignore: decorator
@inline
export function isObject(v: Value): bool {
  return v >> 48 >= STRING_TAG;
}
// @ts-ignore: decorator
@inline
export function truthy(v: Value): bool {
  return v != nil && v != False;
}

// @ts-ignore: decorator
@inline
export function number(n: f64): Value {
  return reinterpret<u64>(n);
}
// @ts-ignore: decorator
@inline
export function boolean(b: bool): Value {
  return b ? True : False;
}
// @ts-ignore: decorator
@inline
export function stringValue(s: Str): Value {
  return (STRING_TAG << 48) | <u64>changetype<usize>(s);
}
// `string` is a type's name too: what declares parameters of that type takes the function under its other name.
export { stringValue as string };
/** nil for null. */
// @ts-ignore: decorator
@inline
export function optional(s: Str | null): Value {
  return changetype<usize>(s) ? (STRING_TAG << 48) | <u64>changetype<usize>(s) : nil;
}
/** `absent` for null: the last argument of a call, when it is a call that gives no value at all where it gives no string. */
// @ts-ignore: decorator
@inline
export function orAbsent(s: Str | null): Value {
  return changetype<usize>(s) ? (STRING_TAG << 48) | <u64>changetype<usize>(s) : absent;
}
// @ts-ignore: decorator
@inline
export function table(t: Table): Value {
  return (TABLE_TAG << 48) | <u64>changetype<usize>(t);
}
// @ts-ignore: decorator
@inline
export function optionalTable(t: Table | null): Value {
  return changetype<usize>(t) ? (TABLE_TAG << 48) | <u64>changetype<usize>(t) : nil;
}
// @ts-ignore: decorator
@inline
export function fn(f: Closure): Value {
  return (FUNCTION_TAG << 48) | <u64>changetype<usize>(f);
}
/** nil for null. */
// @ts-ignore: decorator
@inline
export function userdata(u: Userdata | null): Value {
  return changetype<usize>(u) ? (USERDATA_TAG << 48) | <u64>changetype<usize>(u) : nil;
}

// Without a check: for values whose type is known.

// @ts-ignore: decorator
@inline
export function toNumber(v: Value): f64 {
  return reinterpret<f64>(v);
}
// @ts-ignore: decorator
@inline
export function toBoolean(v: Value): bool {
  return v == True;
}
// @ts-ignore: decorator
@inline
export function toStr(v: Value): Str {
  return changetype<Str>(<usize>v);
}
/** null for nil. */
// @ts-ignore: decorator
@inline
export function toOptional(v: Value): Str | null {
  return changetype<Str | null>(<usize>v);
}
// @ts-ignore: decorator
@inline
export function toTable(v: Value): Table {
  return changetype<Table>(<usize>v);
}
// @ts-ignore: decorator
@inline
export function toClosure(v: Value): Closure {
  return changetype<Closure>(<usize>v);
}
// @ts-ignore: decorator
@inline
export function toUserdata(v: Value): Userdata {
  return changetype<Userdata>(<usize>v);
}

/** Equality without metamethods. */
// @ts-ignore: decorator
@inline
export function rawEquals(a: Value, b: Value): bool {
  return a == b ? !isNumber(a) || toNumber(a) == toNumber(b) : equalButNotIdentical(a, b);
}

function equalButNotIdentical(a: Value, b: Value): bool {
  if (isNumber(a)) return isNumber(b) && toNumber(a) == toNumber(b);
  return isString(a) && isString(b) && toStr(a) == toStr(b);
}

const NIL = Str.of("nil");
const BOOLEAN = Str.of("boolean");
const NUMBER = Str.of("number");
const STRING = Str.of("string");
const TABLE = Str.of("table");
const FUNCTION = Str.of("function");
const USERDATA = Str.of("userdata");
const THREAD = Str.of("thread");

/** As Lua's `type`. A coroutine is a userdata of kind `THREAD_KIND`. */
export function typeName(v: Value): Str {
  if (isNumber(v)) return NUMBER;
  switch (<u32>tagOf(v)) {
    case <u32>NIL_TAG:
      return NIL;
    case <u32>STRING_TAG:
      return STRING;
    case <u32>TABLE_TAG:
      return TABLE;
    case <u32>FUNCTION_TAG:
      return FUNCTION;
    case <u32>USERDATA_TAG:
      return toUserdata(v).isThread ? THREAD : USERDATA;
    default:
      return BOOLEAN;
  }
}
