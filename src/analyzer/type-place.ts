import type { LuaSite } from "../manifest/lua-site.js";
import type { Place } from "./define-rule.js";

/** Where a filter's `@type` stands, next to the script when the filter's own path is not known. */
export function typePlace({ source }: LuaSite, filterPath: string | undefined): Place {
  const inFilter = filterPath !== undefined && source.path.startsWith(`${filterPath}.`);
  const from = inFilter ? filterPath.length + 1 : 0;
  // The filter's own configuration: further out stand those of the connection manager and the listener.
  const config = /^(?:.*?\.)?(?:typed_config|typedConfig|config)\b/.exec(source.path.slice(from))?.[0];
  const holder = config === undefined ? filterPath : source.path.slice(0, from) + config;
  return { path: holder === undefined ? source.path : `${holder}["@type"]` };
}
