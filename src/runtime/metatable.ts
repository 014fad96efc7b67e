// Looking up metamethods. Without metatables in the script (METATABLES=0) nothing of this is linked.
import { Str } from "./str";
import { Table } from "./table";
import { isTable, nil, toTable, Value } from "./value";

/** Tables only: the metatables of strings and userdata have nothing but `__index`, which `index.ts` knows. */
export function metatableOf(v: Value): Table | null {
  return METATABLES && isTable(v) ? toTable(v).metatable : null;
}

/** `name` (as `__add`) of the metatable of `v`; nil when there is none. */
export function metamethod(v: Value, name: Str): Value {
  if (!METATABLES || !isTable(v)) return nil;
  const metatable = toTable(v).metatable;
  return changetype<usize>(metatable) ? changetype<Table>(metatable).getString(name) : nil;
}

/** The metamethod of the first operand that has one. */
export function binaryMetamethod(a: Value, b: Value, name: Str): Value {
  const handler = metamethod(a, name);
  return handler != nil ? handler : metamethod(b, name);
}
