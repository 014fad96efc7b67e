import type { LuaSite } from "../manifest/lua-site.js";

export interface MatchedFilter {
  readonly name?: string;
  readonly subFilter?: { readonly name?: string };
}

/** `match.listener.filterChain.filter` of an EnvoyFilter's patch, in either spelling. */
export function matchedFilter({ filter }: LuaSite): MatchedFilter | undefined {
  const listener = filter.listenerMatch as Record<string, unknown> | undefined;
  const chain = (listener?.filterChain ?? listener?.filter_chain) as Record<string, unknown> | undefined;
  const matched = chain?.filter as Record<string, unknown> | undefined;
  if (!matched) return undefined;
  const sub = (matched.subFilter ?? matched.sub_filter) as { readonly name?: string } | undefined;
  return { ...(typeof matched.name === "string" && { name: matched.name }), ...(sub && { subFilter: sub }) };
}
