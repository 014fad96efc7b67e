// `v[key]` and `v[key] = value` for values of any type, with `__index` and `__newindex`.
import { callNamed, raiseOperand } from "./call";
import { raiseText } from "./error";
import { metatableOf } from "./metatable";
import { Str } from "./str";
import { Table } from "./table";
import { PROXY_KIND, Userdata } from "./userdata";
import { isFunction, isString, isTable, isUserdata, nil, stringValue, toStr, toTable, toUserdata, Value } from "./value";

/** Longest chain of `__index` or `__newindex`, as LuaJIT's. */
const MAX_CHAIN: i32 = 100;

const INDEX = Str.of("__index");
const NEWINDEX = Str.of("__newindex");

/** Functions `(kind: u32, name: Str): Value` that find the methods of strings (`kind` 0) and of userdata. */
let stringMethods: u32 = 0;
let userdataMethods: u32 = 0;

export function setStringMethods(index: u32): void {
  stringMethods = index;
}
export function setUserdataMethods(index: u32): void {
  userdataMethods = index;
}

/** Before another script's methods are installed (bundles). */
export function forgetMethods(): void {
  stringMethods = 0;
  userdataMethods = 0;
}

/** Raises `attempt to index WHAT (a TYPE value)`. */
export function index(v: Value, key: Value, line: i32, what: string): Value {
  if (isTable(v)) {
    const found = toTable(v).get(key);
    return !METATABLES || found != nil || !hasMetatable(v) ? found : indexByMetatable(v, key, line);
  }
  return indexOther(v, key, line, what);
}

/** `index` with a string as key. */
export function indexString(v: Value, key: Str, line: i32, what: string): Value {
  if (isTable(v)) {
    const found = toTable(v).getString(key);
    return !METATABLES || found != nil || !hasMetatable(v) ? found : indexByMetatable(v, stringValue(key), line);
  }
  return indexOther(v, stringValue(key), line, what);
}

/**
 * The function that `object:name(…)` calls. Lua looks it up before it evaluates the arguments. What is found may be nil:
 * pass it on to a call with `what` = `method 'name'`.
 */
// @ts-ignore: decorator
@inline
export function method(object: Value, name: Str, line: i32, what: string): Value {
  return indexString(object, name, line, what);
}

export function setIndex(v: Value, key: Value, value: Value, line: i32, what: string): void {
  if (isTable(v) && (!METATABLES || !hasMetatable(v))) toTable(v).set(key, value, line);
  else setIndexSlowly(v, key, value, line, what);
}

/** `setIndex` with a string as key. */
export function setIndexString(v: Value, key: Str, value: Value, line: i32, what: string): void {
  if (isTable(v) && (!METATABLES || !hasMetatable(v))) toTable(v).setString(key, value);
  else setIndexSlowly(v, stringValue(key), value, line, what);
}

// @ts-ignore: decorator
@inline
function hasMetatable(v: Value): bool {
  return changetype<usize>(toTable(v).metatable) != 0;
}

/** `v` is a table without `key`, but with a metatable. */
function indexByMetatable(v: Value, key: Value, line: i32): Value {
  for (let i = 0; i < MAX_CHAIN; i++) {
    const handler = changetype<Table>(toTable(v).metatable).getString(INDEX);
    if (handler == nil) return nil;
    if (isFunction(handler)) return callNamed(handler, INDEX, 2, v, key, nil, line);
    if (!isTable(handler)) return indexOther(handler, key, line, "");
    const found = toTable(handler).get(key);
    if (found != nil || !hasMetatable(handler)) return found;
    v = handler;
  }
  raiseText("loop in gettable", line);
  return nil;
}

// @ts-ignore: decorator
@inline
export function hasMethods(u: Userdata): bool {
  return u.kind < PROXY_KIND;
}

function indexOther(v: Value, key: Value, line: i32, what: string): Value {
  if (isString(v) && stringMethods) return isString(key) ? call_indirect<Value>(stringMethods, <u32>0, toStr(key)) : nil;
  if (isUserdata(v) && hasMethods(toUserdata(v)))
    return isString(key) && userdataMethods ? call_indirect<Value>(userdataMethods, toUserdata(v).kind, toStr(key)) : nil;
  const metatable = metatableOf(v);
  if (changetype<usize>(metatable)) {
    const handler = changetype<Table>(metatable).getString(INDEX);
    if (isFunction(handler)) return callNamed(handler, INDEX, 2, v, key, nil, line);
    if (handler != nil) return index(handler, key, line, "");
  }
  if (!isString(v)) raiseOperand("index", v, line, what);
  return nil;
}

function setIndexSlowly(v: Value, key: Value, value: Value, line: i32, what: string): void {
  for (let i = 0; i < MAX_CHAIN; i++) {
    const metatable = metatableOf(v),
      handler =
        changetype<usize>(metatable) && !(isTable(v) && toTable(v).get(key) != nil)
          ? changetype<Table>(metatable).getString(NEWINDEX)
          : nil;
    if (handler == nil) {
      if (isTable(v)) toTable(v).set(key, value, line);
      else raiseOperand("index", v, line, what);
      return;
    }
    if (isFunction(handler)) {
      callNamed(handler, NEWINDEX, 3, v, key, value, line);
      return;
    }
    v = handler;
    what = "";
  }
  raiseText("loop in settable", line);
}
