// Functions as values, and what they capture.
import { allocObject, OBJECT, retain, retainString } from "./memory/heap";
import { Str } from "./str";
import { fn, Value } from "./value";

/**
 * A function value. `index` is its place in the module's function table; its signature is
 * `(self: Closure, count: i32, a: Value, b: Value, c: Value): Value`, see `call.ts`. Captured variables are fields of a subclass.
 */
// @ts-ignore: decorator
@unmanaged
export class Closure {
  index: u32;

  static create(index: u32): Closure {
    const f = changetype<Closure>(allocObject(OBJECT, max<usize>(offsetof<Closure>(), 8)));
    f.index = index;
    return f;
  }
}

/** The one function value of function `index` of the table, in the 8 static bytes at `at`: what the library is made of. */
export function builtin(at: usize, index: u32): Value {
  store<u32>(at, index);
  return fn(changetype<Closure>(at));
}

/** A function value with captured variables, which the caller sets (`retain` strings and values). */
export function closure<T extends Closure>(index: u32): T {
  const f = changetype<T>(allocObject(OBJECT, (offsetof<T>() + 7) & ~7));
  f.index = index;
  return f;
}

/** A captured variable that is assigned to. */
// @ts-ignore: decorator
@unmanaged
export class Box<T> {
  private held: T;

  // @ts-ignore: decorator
  @inline
  get value(): T {
    return this.held;
  }
  // @ts-ignore: decorator
  @inline
  set value(v: T) {
    this.held = retained<T>(v);
  }
}

export function box<T>(value: T): Box<T> {
  const b = changetype<Box<T>>(allocObject(OBJECT, 8));
  b.value = value;
  return b;
}

/** `v` for storing it where it outlives the stream: `retain` or `retainString`, whichever its static type asks for. */
// @ts-ignore: decorator
@inline
export function retained<T>(v: T): T {
  if (isReference<T>()) {
    if (isDefined(changetype<NonNullable<T>>(0).byteLength)) {
      return changetype<usize>(v) ? changetype<T>(retainString(changetype<Str>(v))) : v;
    }
    return v;
  }
  if (isInteger<T>() && sizeof<T>() == 8) return <T>retain(<Value>v);
  return v;
}
