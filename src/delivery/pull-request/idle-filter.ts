import { oldNamesIn } from "../../analyzer/present-names.js";
import type { LuaSite } from "../../manifest/lua-site.js";

const LUA_FILTER = "envoy.extensions.filters.http.lua.v3.Lua";

/**
 * Why Istio and Envoy do nothing with the Lua as it stands; undefined where it runs. In its place a module would begin to work, which is no
 * change to make in passing.
 */
export function idleBecause({ source, filter }: LuaSite): string | undefined {
  if (source.kind !== "EnvoyFilter") return undefined;
  if (/(?:^|\.)filters\[\d+\]\.filter_?[cC]onfig/.test(source.path))
    return "`spec.filters` is no longer read; write it as `configPatches`, and see what it does, first";
  const old = oldNamesIn(filter.match);
  if (old.length > 0)
    return `its match names ${old.join(" and ")}, which ${old.length === 1 ? "is an old name" : "are old names"} that nothing has any more; write the present ${old.length === 1 ? "name" : "names"}, and see what it does, first`;
  if (filter.filterPath?.endsWith(".patch.value") !== true || filter.typeUrl?.endsWith(`/${LUA_FILTER}`) === true)
    return undefined;
  const type = filter.typeUrl === undefined ? "it has no @type" : `its @type is ${filter.typeUrl.split("/").at(-1)}`;
  return `${type}, which is refused as a filter; write ${LUA_FILTER} first`;
}
