// Arguments of the Envoy methods, in whatever static type the caller has them: `Str`, `Str | null`, `f64`, `bool`, `Table`, `Value`. Only what the
// type leaves open is checked, and only here: the binding looks at some other things first. Arguments are numbered without the object, but
// with it where C calls the method as a plain function (`pcall(headers.add, headers, …)`, line 0).
import { checkInteger, checkNumber, checkOptionalString, checkString } from "../check";
import { numberToString, toInt, toLong } from "../number";
import { Str } from "../str";
import { Table } from "../table";
import { absent, boolean, nil, number, optional, table, Value } from "../value";

/** A string; a number is taken as `tostring` shows it. */
// @ts-ignore: decorator
@inline
export function stringArgument<T>(v: T, n: i32, name: string, line: i32): Str {
  if (isReference<T>()) {
    if (isDefined(changetype<NonNullable<T>>(0).byteLength)) {
      if (isNullable<T>()) return checkOptionalString(changetype<Str | null>(v), numbered(n, line), name, line);
      return changetype<Str>(v);
    }
  }
  if (isNumber<T>()) return numberToString(<f64>v);
  const value = boxed<T>(v);
  return checkString(value, numbered(n, line), name, line, value == absent);
}

// @ts-ignore: decorator
@inline
export function numbered(n: i32, line: i32): i32 {
  return line ? n : n + 1;
}

/** A number made C's int (`toInt`). */
// @ts-ignore: decorator
@inline
export function integerArgument<T>(v: T, n: i32, name: string, line: i32): i32 {
  if (isNumber<T>()) return toInt(<f64>v);
  const value = boxed<T>(v);
  return checkInteger(value, numbered(n, line), name, line, value == absent);
}

/** What `luaL_checkint` gives: the lower half of a `lua_Integer`. */
// @ts-ignore: decorator
@inline
export function checkedInt<T>(v: T, n: i32, name: string, line: i32): i32 {
  return <i32>longArgument<T>(v, n, name, line);
}

/** A number cut to 64 bits, as a `lua_Integer`; what does not fit becomes -2^63, as on x64. */
// @ts-ignore: decorator
@inline
export function longArgument<T>(v: T, n: i32, name: string, line: i32): i64 {
  if (isNumber<T>()) return toLong(<f64>v);
  const value = boxed<T>(v);
  return toLong(checkNumber(value, numbered(n, line), name, line, value == absent));
}

/** Any static type as a `Value`. */
// @ts-ignore: decorator
@inline
export function boxed<T>(v: T): Value {
  if (isReference<T>()) {
    if (isDefined(changetype<NonNullable<T>>(0).byteLength)) return optional(changetype<Str | null>(v));
    return changetype<usize>(v) ? table(changetype<Table>(v)) : nil;
  }
  if (isNumber<T>()) return number(<f64>v);
  if (isBoolean<T>()) return boolean(<bool>v);
  return <Value>v;
}

/** Whether the static type is a number's: f64, or what AssemblyScript makes of a literal. */
// @ts-ignore: decorator
@inline
function isNumber<T>(): bool {
  return isFloat<T>() || (isInteger<T>() && !isBoolean<T>() && (isSigned<T>() || sizeof<T>() < sizeof<Value>()));
}
