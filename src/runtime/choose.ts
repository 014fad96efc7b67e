// What generated code asks for where AssemblyScript's own operators do not do: `and`, `or` on values of any type, and what is
// known to be there or not.
import { checkNumber, checkString, checkTable, raiseArgument } from "./check";
import { raiseText } from "./error";
import { Str } from "./str";
import { Table } from "./table";
import { absent, isNil, nil, number, optional, table, toNumber, truthy, Value } from "./value";
import { GENERATOR } from "./base";
import { callNamed } from "./call";
import { allocObject, OBJECT } from "./memory/heap";
import { results, return0, return1, Values } from "./values";

// @ts-ignore: decorator
@inline
export function and(a: Value, b: Value): Value {
  return truthy(a) ? b : a;
}

// @ts-ignore: decorator
@inline
export function or(a: Value, b: Value): Value {
  return truthy(a) ? a : b;
}

/** `v or n` for what is a number or nil. */
// @ts-ignore: decorator
@inline
export function numberOr(v: Value, n: f64): f64 {
  return isNil(v) ? n : toNumber(v);
}

/** NaN is nil: for functions whose result never is NaN. */
// @ts-ignore: decorator
@inline
export function numberOrNil(n: f64): Value {
  return n == n ? number(n) : nil;
}

/** What is not nil, or the error `text`. */
// @ts-ignore: decorator
@inline
export function need<T>(x: T | null, text: string, line: i32): T {
  if (!changetype<usize>(x)) raiseText(text, line);
  return changetype<T>(changetype<usize>(x));
}

/** The object of a value that is known to hold one. */
// @ts-ignore: decorator
@inline
export function toObject<T>(v: Value): T {
  return changetype<T>(<usize>v);
}

/** null for nil. */
// @ts-ignore: decorator
@inline
export function toOptionalObject<T>(v: Value): T | null {
  return changetype<T | null>(<usize>v);
}

/** null for nil. */
// @ts-ignore: decorator
@inline
export function toOptionalTable(v: Value): Table | null {
  return changetype<Table | null>(<usize>v);
}

/** An argument that a call may not give: nil stands for none there. */
export function checkPresent(v: Value, n: i32, name: string, line: i32): Value {
  if (isNil(v)) raiseArgument("value expected", n, name, line);
  return v;
}

/** nil as no argument at all. */
// @ts-ignore: decorator
@inline
export function valueOrAbsent(v: Value): Value {
  return isNil(v) ? absent : v;
}

export function checkStringOr(v: Value, otherwise: Str, n: i32, name: string, line: i32): Str {
  return isNil(v) ? otherwise : checkString(v, n, name, line);
}

export function checkNumberOr(v: Value, otherwise: f64, n: i32, name: string, line: i32): f64 {
  return isNil(v) ? otherwise : checkNumber(v, n, name, line);
}

export function checkTableOr(v: Value, otherwise: Table | null, n: i32, name: string, line: i32): Table | null {
  return isNil(v) ? otherwise : checkTable(v, n, name, line);
}

/** One value, or none for nil. */
// @ts-ignore: decorator
@inline
export function returnPresent(v: Value): Value {
  return isNil(v) ? return0() : return1(v);
}

/** A generic `for` with more than two variables. */
// @ts-ignore: decorator
@unmanaged
export class IterationOfMany {
  private f: Value;
  private state: Value;
  private values: Values;
  private line: i32;

  static create(f: Value, state: Value, first: Value, line: i32): IterationOfMany {
    const iteration = changetype<IterationOfMany>(allocObject(OBJECT, offsetof<IterationOfMany>()));
    iteration.f = f;
    iteration.state = state;
    iteration.values = Values.create(1).add(first);
    iteration.line = line;
    return iteration;
  }

  next(): bool {
    this.values = results(callNamed(this.f, GENERATOR, 2, this.state, this.values.at(1), nil, this.line));
    return this.values.at(1) != nil;
  }

  // @ts-ignore: decorator
  @inline
  at(i: u32): Value {
    return this.values.at(i);
  }
}

export function iterateMany(f: Value, state: Value, first: Value, line: i32): IterationOfMany {
  return IterationOfMany.create(f, state, first, line);
}

/** Any static type as a value. */
// @ts-ignore: decorator
@inline
export function boxed<T>(v: T): Value {
  if (isReference<T>()) {
    if (isDefined(changetype<NonNullable<T>>(0).byteLength)) return optional(changetype<Str | null>(v));
    return table(changetype<Table>(v));
  }
  return <Value>v;
}
