// `require` of the modules that were compiled in.
import { call1 } from "./call";
import { message, raise } from "./error";
import { allocPermanent } from "./memory/arena";
import { Str } from "./str";
import { nil, stringValue, True, truthy, Value } from "./value";

/** Modules that are being loaded, or whose loading raised an error. */
// @ts-ignore: decorator
@unmanaged
class Loading {
  name: Str;
  next: Loading | null;
}
// @ts-ignore: decorator
@lazy let loading: Loading | null = null;

/** What `require(name)` gives: `loaded`, or what the module's function returns, which the caller keeps. */
export function require(loaded: Value, loader: Value, name: Str, line: i32): Value {
  if (truthy(loaded)) return loaded;
  let other: Loading | null = loading;
  while (other) {
    if (other.name == name) raise(message("loop or previous error loading module '", name, "'"), line);
    other = other.next;
  }
  const module = changetype<Loading>(allocPermanent(offsetof<Loading>()));
  module.name = name;
  module.next = loading;
  loading = module;
  const result = call1(loader, stringValue(name), 0, "");
  loading = module.next;
  return result == nil ? True : result;
}
