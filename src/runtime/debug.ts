// What there can be of Lua's `debug` without frames to look at.
import { raiseArgument } from "./check";
import { changeMetatable, metatableOf } from "./metatable";
import { concat2, Str } from "./str";
import { numberToString } from "./number";
import { isNumber, isString, isTable, isUserdata, nil, optionalTable, stringValue, toNumber, toStr, toTable, toUserdata, Value } from "./value";
import { Values } from "./values";

/** Lua's `debug.traceback([thread,] [message [, level]])`, without the lines that say where. What is no string is returned as it is. */
export function traceback(list: Values): Value {
  const first = list.at(1),
    at: u32 = isUserdata(first) && toUserdata(first).isThread ? 2 : 1;
  if (list.count < at) return stringValue(TRACEBACK);
  const given = list.at(at);
  if (isString(given)) return stringValue(concat2(toStr(given), BEHIND));
  return isNumber(given) ? stringValue(concat2(numberToString(toNumber(given)), BEHIND)) : given;
}
const TRACEBACK = Str.of("stack traceback:\n\t(a compiled module keeps none)");
const BEHIND = Str.of("\nstack traceback:\n\t(a compiled module keeps none)");

/** Lua's `debug.getmetatable`, whatever `__metatable` says. */
export function rawMetatable(v: Value): Value {
  return optionalTable(metatableOf(v));
}

/** Lua's `debug.setmetatable`: returns `v`. */
export function setRawMetatable(list: Values, line: i32): Value {
  const v = list.at(1),
    metatable = list.at(2);
  if (list.count < 2 || (metatable != nil && !isTable(metatable))) raiseArgument("nil or table expected", 2, "setmetatable", line);
  changeMetatable(v, metatable == nil ? null : toTable(metatable));
  return v;
}

/** Lua's `jit.on`, `jit.off` and `jit.flush`. */
export function switchCompiler(list: Values): void {}
