import type { LuaSite } from "../manifest/lua-site.js";
import type { Place } from "./define-rule.js";

/** Where a filter's `@type` stands, next to the script when the filter's own path is not known. */
export function typePlace({ source }: LuaSite, filterPath: string | undefined): Place {
  const config = /^((?:.*?\.)?(?:typed_config|typedConfig|config))\b/.exec(source.path)?.[1];
  const holder = filterPath !== undefined && config?.startsWith(filterPath) !== true ? filterPath : config;
  return { path: holder === undefined ? source.path : `${holder}["@type"]` };
}
