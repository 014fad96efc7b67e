import type { LuaSource } from "../manifest/lua-site.js";

/** The entry of an EnvoyFilter's `filters[]` that holds the script; such a list is not part of the resource any more, so the script runs nowhere. */
export function removedListEntry({ kind, path }: LuaSource): string | undefined {
  return kind === "EnvoyFilter" ? /^(.*?\bspec\.filters\[\d+\])/.exec(path)?.[1] : undefined;
}

export function isInRemovedList(source: LuaSource): boolean {
  return removedListEntry(source) !== undefined;
}
