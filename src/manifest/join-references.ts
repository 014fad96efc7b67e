import type { LuaReference } from "./find-lua-sites.js";
import type { LuaSite, Note } from "./lua-site.js";

/**
 * Gives scripts in ConfigMaps what the policies that use them say (targets, filter context). A script that several policies use keeps the
 * first one's; a policy whose ConfigMap is not among the inputs becomes a note.
 */
export function joinReferences(
  sites: readonly LuaSite[],
  references: readonly LuaReference[],
): { readonly sites: readonly LuaSite[]; readonly notes: readonly Note[] } {
  const uses = new Map<LuaSite, LuaReference>();
  const notes: Note[] = [];
  const byName = Map.groupBy(
    sites.filter(({ source }) => source.kind === "ConfigMap"),
    ({ source }) => source.name,
  );
  for (const reference of references) {
    const site = (byName.get(reference.configMap.name) ?? []).find((candidate) => isMeant(candidate, reference));
    if (site === undefined) notes.push(missing(reference));
    else if (!uses.has(site)) uses.set(site, reference);
  }
  return { sites: sites.map((site) => used(site, uses.get(site))), notes };
}

function isMeant({ source }: LuaSite, { configMap }: LuaReference): boolean {
  return (source.namespace ?? "default") === (configMap.namespace ?? "default");
}

function used(site: LuaSite, reference: LuaReference | undefined): LuaSite {
  if (reference === undefined) return site;
  return { ...site, filter: { ...site.filter, ...reference.filter, attachment: "inlineCode" } };
}

function missing({ source, configMap }: LuaReference): Note {
  const { file, line, column } = source;
  const name = `${configMap.namespace ?? "default"}/${configMap.name}`;
  const message = `the script is in the ConfigMap ${name}, which is not among the inputs or holds no Lua`;
  return { code: "elsewhere", file, line, column, message };
}
