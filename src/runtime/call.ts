// Calls of function values. A function has the signature
// `(self: Closure, count: i32, a: Value, b: Value, c: Value): Value`: the first three arguments are parameters (nil beyond
// `count`), the others lie where `overflow` points until the next call. Its results: see `values.ts`.
import { depth, enter, setDepth } from "./depth";
import { Closure } from "./closure";
import { takeName } from "./check";
import { latin1, message, NAMED, raise } from "./error";
import { enterLevel, leaveLevel } from "./levels";
import { metamethod } from "./metatable";
import { method } from "./index";
import { concat4, Str } from "./str";
import { isFunction, isUserdata, nil, toClosure, typeName, Value } from "./value";
import { Values } from "./values";

/** The Lua line of the call in progress, 0 when the caller is C: what `error` with level 2 names. */
export let callLine: i32 = 0;

/** Address of the fourth argument. */
let overflow: usize = 0;

export function setCallLine(line: i32): void {
  callLine = line;
}

// ---------------------------------------------------------------------------------------------------- by what name

/** What the latest call names its function by, as error texts do: `local 'f'`; "": by nothing. */
let calledBy: string = changetype<string>(0);
/** The name of the method or metamethod, where `calledBy` is `BY_NAME`. */
let calledName: Str | null = null;
// @ts-ignore: decorator
@lazy const BY_NAME = "name";

/** `callLine` for the errors of a library function's arguments: they name it as its caller does. Before any other call. */
export function namedLine(): i32 {
  const isByName = changetype<usize>(calledBy) == changetype<usize>(BY_NAME);
  takeName(calledBy, isByName ? calledName : null);
  if (!callLine) return 0;
  const line = abs(callLine) | NAMED;
  return callLine < 0 || isMethod(calledBy) ? -line : line;
}

/** `method 'm'` is the only name of this letter. */
// @ts-ignore: decorator
@inline
function isMethod(by: string): bool {
  return load<u16>(changetype<usize>(by)) == 109;
}

/** The line for a library function that the script calls by a name of its own (`local f = string.format`). */
export function named(name: string, line: i32): i32 {
  takeName(name, null);
  return line > 0 ? line | NAMED : line;
}

// ---------------------------------------------------------------------------------------------------- in the called function

/** The `i`-th argument (from 1), `i` > 3 and not beyond `count`. Only before any other call. */
// @ts-ignore: decorator
@inline
export function argument(i: u32): Value {
  return load<u64>(overflow + ((i - 4) << 3));
}

/** Lua's `...` of a function with `fixed` named parameters. Only before any other call. */
export function varargs(fixed: u32, count: i32, a: Value, b: Value, c: Value): Values {
  const total = <u32>count,
    list = Values.create(total > fixed ? total - fixed : 0);
  if (fixed < 1 && total >= 1) list.add(a);
  if (fixed < 2 && total >= 2) list.add(b);
  if (fixed < 3 && total >= 3) list.add(c);
  const from = max<u32>(fixed, 3);
  if (total > from) list.addFrom(overflow + ((from - 3) << 3), total - from);
  return list;
}

// ---------------------------------------------------------------------------------------------------- in the caller

export function call0(f: Value, line: i32, what: string): Value {
  return isFunction(f) ? run(toClosure(f), 0, nil, nil, nil, line, what) : callObject(f, 0, nil, nil, nil, line, what);
}

export function call1(f: Value, a: Value, line: i32, what: string): Value {
  return isFunction(f) ? run(toClosure(f), 1, a, nil, nil, line, what) : callObject(f, 1, a, nil, nil, line, what);
}

export function call2(f: Value, a: Value, b: Value, line: i32, what: string): Value {
  return isFunction(f) ? run(toClosure(f), 2, a, b, nil, line, what) : callObject(f, 2, a, b, nil, line, what);
}

export function call3(f: Value, a: Value, b: Value, c: Value, line: i32, what: string): Value {
  return isFunction(f) ? run(toClosure(f), 3, a, b, c, line, what) : callObject(f, 3, a, b, c, line, what);
}

export function callMany(f: Value, list: Values, line: i32, what: string): Value {
  overflow = list.address(4);
  const a = list.at(1),
    b = list.at(2),
    c = list.at(3);
  return isFunction(f) ? run(toClosure(f), list.count, a, b, c, line, what) : callObject(f, list.count, a, b, c, line, what);
}

// `return f(x)` in a plain function, which is gone by then: its own caller, at line `outer`, is who calls `f`, and by the name `by`.

export function callLast0(f: Value, line: i32, what: string, outer: i32, by: string): Value {
  return isFunction(f) ? run(toClosure(f), 0, nil, nil, nil, outer, by) : callObject(f, 0, nil, nil, nil, line, what);
}

export function callLast1(f: Value, a: Value, line: i32, what: string, outer: i32, by: string): Value {
  return isFunction(f) ? run(toClosure(f), 1, a, nil, nil, outer, by) : callObject(f, 1, a, nil, nil, line, what);
}

export function callLast2(f: Value, a: Value, b: Value, line: i32, what: string, outer: i32, by: string): Value {
  return isFunction(f) ? run(toClosure(f), 2, a, b, nil, outer, by) : callObject(f, 2, a, b, nil, line, what);
}

export function callLast3(f: Value, a: Value, b: Value, c: Value, line: i32, what: string, outer: i32, by: string): Value {
  return isFunction(f) ? run(toClosure(f), 3, a, b, c, outer, by) : callObject(f, 3, a, b, c, line, what);
}

export function callLastMany(f: Value, list: Values, line: i32, what: string, outer: i32, by: string): Value {
  overflow = list.address(4);
  const a = list.at(1),
    b = list.at(2),
    c = list.at(3);
  return isFunction(f) ? run(toClosure(f), list.count, a, b, c, outer, by) : callObject(f, list.count, a, b, c, line, what);
}

/** Makes the arguments from the fourth on of the next `callForwarding` those of `list`. */
export function forwardFrom(list: Values): void {
  overflow = list.address(4);
}

/** With `count` arguments, those from the fourth on being those of the current function. */
export function callForwarding(f: Value, count: i32, a: Value, b: Value, c: Value, line: i32): Value {
  return isFunction(f) ? run(toClosure(f), count, a, b, c, line, "") : callObject(f, count, a, b, c, line, "");
}

/** A call that is none of the script: that of a metamethod or of a loop's iterator, with up to three arguments. */
export function callNamed(f: Value, name: Str, count: i32, a: Value, b: Value, c: Value, line: i32): Value {
  calledName = name;
  return isFunction(f)
    ? run(toClosure(f), count, a, b, c, line, BY_NAME)
    : callObject(f, count, a, b, c, line, "");
}

// @ts-ignore: decorator
@inline
function run(f: Closure, count: i32, a: Value, b: Value, c: Value, line: i32, what: string): Value {
  const before = depth;
  enter(line);
  callLine = line;
  calledBy = what;
  enterLevel(line);
  let first = call_indirect<Value>(f.index, f, count, a, b, c);
  if (changetype<usize>(next)) first = runNext(before, line, what);
  leaveLevel();
  setDepth(before);
  return first;
}

/** `__call`, or the error. */
function callObject(f: Value, count: i32, a: Value, b: Value, c: Value, line: i32, what: string): Value {
  if (METATABLES) {
    const handler = metamethod(f, CALL);
    if (isFunction(handler)) {
      if (count < 3) return run(toClosure(handler), count + 1, f, a, b, line, what);
      const list = Values.create(count + 1).add(f).add(a).add(b).add(c);
      return callMany(handler, list.addFrom(overflow, count - 3), line, what);
    }
  }
  raiseOperand("call", f, line, what);
  return nil;
}

const CALL = Str.of("__call");

// ---------------------------------------------------------------------------------------------------- calls in tail position

// `return f(x)` in a function value leaves the call to whoever called that function, and so takes nothing of the stack.

/** The function that is still to be called, and with what. */
let next: Closure = changetype<Closure>(0);
let nextCount: i32 = 0;
let nextFirst: Value = nil;
let nextSecond: Value = nil;
let nextThird: Value = nil;

/** The function that called the one that ended with a tail call is, for LuaJIT, the caller of what that calls. */
function runNext(before: i32, line: i32, what: string): Value {
  let first: Value = nil;
  do {
    const f = next;
    next = changetype<Closure>(0);
    setDepth(before);
    enter(line);
    callLine = line;
    calledBy = what;
    first = call_indirect<Value>(f.index, f, nextCount, nextFirst, nextSecond, nextThird);
  } while (changetype<usize>(next));
  return first;
}

/** @returns what the function that ends with this call has to return at once */
function tail(f: Value, count: i32, a: Value, b: Value, c: Value, line: i32, what: string): Value {
  if (!isFunction(f)) return callObject(f, count, a, b, c, line, what);
  next = toClosure(f);
  nextCount = count;
  nextFirst = a;
  nextSecond = b;
  nextThird = c;
  return nil;
}

export function tail0(f: Value, line: i32, what: string): Value {
  return tail(f, 0, nil, nil, nil, line, what);
}

export function tail1(f: Value, a: Value, line: i32, what: string): Value {
  return tail(f, 1, a, nil, nil, line, what);
}

export function tail2(f: Value, a: Value, b: Value, line: i32, what: string): Value {
  return tail(f, 2, a, b, nil, line, what);
}

export function tail3(f: Value, a: Value, b: Value, c: Value, line: i32, what: string): Value {
  return tail(f, 3, a, b, c, line, what);
}

export function tailMany(f: Value, list: Values, line: i32, what: string): Value {
  overflow = list.address(4);
  return tail(f, list.count, list.at(1), list.at(2), list.at(3), line, what);
}

export function tailInvoke0(object: Value, name: Str, line: i32, what: string): Value {
  return tail1(methodOf(object, name, line, what), object, methodLine(object, line), BY_NAME);
}

export function tailInvoke1(object: Value, name: Str, a: Value, line: i32, what: string): Value {
  return tail2(methodOf(object, name, line, what), object, a, methodLine(object, line), BY_NAME);
}

export function tailInvoke2(object: Value, name: Str, a: Value, b: Value, line: i32, what: string): Value {
  return tail3(methodOf(object, name, line, what), object, a, b, methodLine(object, line), BY_NAME);
}

/** Raises `attempt to OPERATION WHAT (a TYPE value)`, or without `what` `attempt to OPERATION a TYPE value`. */
export function raiseOperand(operation: string, v: Value, line: i32, what: string): void {
  raiseOperandNamed(operation, v, line, latin1(what));
}

function raiseOperandNamed(operation: string, v: Value, line: i32, what: Str): void {
  const type = message("a ", typeName(v), " value");
  const operand = what.byteLength ? concat4(what, latin1(" ("), type, latin1(")")) : type;
  raise(concat4(latin1("attempt to "), latin1(operation), latin1(" "), operand), line);
}

// ---------------------------------------------------------------------------------------------------- object:name(…)

/** Raises `attempt to index …` for `object` or `attempt to call method 'name' …`. */
function methodOf(object: Value, name: Str, line: i32, what: string): Value {
  const f = method(object, name, line, what);
  calledName = name;
  if (isFunction(f) || (METATABLES && metamethod(f, CALL) != nil)) return f;
  raiseOperandNamed("call", f, line, message("method '", name, "'"));
  return nil;
}

/** The line as `raiseArgument` takes it: negative where the object is not counted among the arguments. */
// @ts-ignore: decorator
@inline
function methodLine(object: Value, line: i32): i32 {
  return isUserdata(object) ? line : -line;
}

export function invoke0(object: Value, name: Str, line: i32, what: string): Value {
  return call1(methodOf(object, name, line, what), object, methodLine(object, line), BY_NAME);
}

export function invoke1(object: Value, name: Str, a: Value, line: i32, what: string): Value {
  return call2(methodOf(object, name, line, what), object, a, methodLine(object, line), BY_NAME);
}

export function invoke2(object: Value, name: Str, a: Value, b: Value, line: i32, what: string): Value {
  return call3(methodOf(object, name, line, what), object, a, b, methodLine(object, line), BY_NAME);
}

/** `list` begins with the object itself. */
export function invokeMany(object: Value, name: Str, list: Values, line: i32, what: string): Value {
  return callMany(methodOf(object, name, line, what), list, methodLine(object, line), BY_NAME);
}
