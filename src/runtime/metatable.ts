// Looking up metamethods. Without metatables in the script (METATABLES=0) nothing of this is linked.
import { Str } from "./str";
import { allocObject, OBJECT } from "./memory/heap";
import { Table } from "./table";
import { PROXY_MARK, Userdata } from "./userdata";
import { isTable, isUserdata, nil, table, toTable, toUserdata, typeName, Value } from "./value";

/** A function `(): Table` of the table: the metatables that all values of a type share, by the type's name; 0 when the script has no use for them. */
let shared: u32 = 0;

export function setSharedMetatables(index: u32): void {
  shared = index;
}

/** Without what the script has to do with shared metatables, those of strings and userdata have nothing but `__index`, which `index.ts` knows. */
export function metatableOf(v: Value): Table | null {
  if (!METATABLES) return null;
  return isTable(v) ? toTable(v).metatable : sharedMetatable(v);
}

function sharedMetatable(v: Value): Table | null {
  if (isUserdata(v)) return toUserdata(v).isProxy ? changetype<Proxy>(<usize>v).metatable : null;
  if (!shared) return null;
  const found = call_indirect<Table>(shared).getString(typeName(v));
  return found == nil ? null : toTable(found);
}

/** `debug.setmetatable`: for anything but tables, the metatable of all values of its type. */
export function changeMetatable(v: Value, metatable: Table | null): void {
  if (isTable(v)) toTable(v).metatable = metatable;
  else if (isUserdata(v)) {
    if (toUserdata(v).isProxy) changetype<Proxy>(<usize>v).metatable = metatable;
  }
  else call_indirect<Table>(shared).setString(typeName(v), changetype<usize>(metatable) ? table(changetype<Table>(metatable)) : nil);
}

/** What `newproxy` makes. */
// @ts-ignore: decorator
@unmanaged
export class Proxy extends Userdata {
  private mark: u32;
  metatable: Table | null;

  static create(metatable: Table | null): Proxy {
    const proxy = changetype<Proxy>(allocObject(OBJECT, offsetof<Proxy>()));
    proxy.mark = PROXY_MARK;
    proxy.metatable = metatable;
    return proxy;
  }
}

/** `name` (as `__add`) of the metatable of `v`; nil when there is none. */
export function metamethod(v: Value, name: Str): Value {
  if (!METATABLES) return nil;
  const metatable = isTable(v) ? toTable(v).metatable : sharedMetatable(v);
  return changetype<usize>(metatable) ? changetype<Table>(metatable).getString(name) : nil;
}

/** The metamethod of the first operand that has one. */
export function binaryMetamethod(a: Value, b: Value, name: Str): Value {
  const handler = metamethod(a, name);
  return handler != nil ? handler : metamethod(b, name);
}
