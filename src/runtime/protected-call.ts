// `pcall` and `xpcall`. Wasm unwinds the stack before anyone learns of the error, Lua calls the handler of `xpcall` before that; what a script
// can see of it all the same is imitated here, as `lj_err_run` has it.
import { callForwarding, forwardFrom } from "./call";
import { checkFunction } from "./check";
import { enterC, handling, leaveC, overflows, setHandling } from "./depth";
import { caught, protect } from "./error";
import { Str } from "./str";
import { False, nil, stringValue, True, Value } from "./value";
import { result, return2, returnBefore, Values } from "./values";

/** What `pcall` hands to the function that it protects, and what that hands back. */
// @ts-ignore: decorator
@lazy let callee: Value = nil;
// @ts-ignore: decorator
@lazy let argumentCount: i32 = 0;
// @ts-ignore: decorator
@lazy let first: Value = nil;
// @ts-ignore: decorator
@lazy let second: Value = nil;
// @ts-ignore: decorator
@lazy let third: Value = nil;

function callProtected(_: usize): void {
  first = callForwarding(callee, argumentCount, first, second, third, 0);
}

/** Lua's `pcall` with up to three arguments for `f`: false if it raised. The further results are `result(2)` … */
export function pcall(f: Value, count: i32 = 0, a: Value = nil, b: Value = nil, c: Value = nil): bool {
  callee = f;
  argumentCount = count;
  first = a;
  second = b;
  third = c;
  if (protect(callProtected.index, 0)) {
    setHandling(false);
    return2(False, caught);
    return false;
  }
  returnBefore(True, first);
  return true;
}

/** `pcall` with any number of arguments. */
export function pcallMany(f: Value, list: Values): bool {
  forwardFrom(list);
  return pcall(f, list.count, list.at(1), list.at(2), list.at(3));
}

/** `pcall` as a function value. */
export function pcallValue(f: Value, list: Values): Value {
  return pcallMany(f, list) ? True : False;
}

/** `xpcall` as a function value. */
export function xpcallValue(f: Value, handler: Value, list: Values, line: i32): Value {
  return xpcall(f, handler, line, list) ? True : False;
}

/** `pcall` of the first of `list` with the others. */
export function pcallAll(list: Values): bool {
  return pcallMany(list.at(1), list.from(2));
}

/** Lua's `xpcall`: `handler` gets the error, after the stack is unwound (in Lua before). */
export function xpcall(f: Value, handler: Value, line: i32, list: Values | null = null): bool {
  checkFunction(handler, 2, "xpcall", line);
  if (list) forwardFrom(list);
  callee = f;
  argumentCount = list ? list.count : 0;
  first = list ? list.at(1) : nil;
  second = list ? list.at(2) : nil;
  third = list ? list.at(3) : nil;
  if (!protect(callProtected.index, 0)) {
    returnBefore(True, first);
    return true;
  }
  return2(False, handling ? failed(ERROR_IN_HANDLER) : handled(handler));
  return false;
}

const ERROR_IN_HANDLER = Str.of("error in error handling");
const OVERFLOW = Str.of("stack overflow");

/** As many calls of a handler, each for the error of the one before, fill LuaJIT's stack. */
const MOST_HANDLERS: i32 = 13_000;

/**
 * What the handler makes of `caught`. An error in it is one of error handling, unless the handler has caught another before: LuaJIT does not know
 * then any more that it is in a handler, and calls it again.
 */
function handled(handler: Value): Value {
  const outside = enterC(),
    overflowsBefore = overflows;
  for (let calls: i32 = 0; calls < MOST_HANDLERS; calls++) {
    setHandling(true);
    callee = handler;
    argumentCount = 1;
    first = caught;
    const raised = protect(callProtected.index, 0);
    leaveC(outside);
    if (!raised) {
      setHandling(false);
      return first;
    }
    if (handling) return failed(overflows == overflowsBefore ? ERROR_IN_HANDLER : OVERFLOW);
    enterC();
  }
  return failed(OVERFLOW);
}

function failed(text: Str): Value {
  setHandling(false);
  return stringValue(text);
}
