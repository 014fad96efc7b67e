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
  const byName = new Map<string, LuaSite>();
  for (const site of sites) {
    const key = configMapKey(site.source);
    if (site.source.kind === "ConfigMap" && !byName.has(key)) byName.set(key, site);
  }
  for (const reference of references) {
    const site = byName.get(configMapKey(reference.configMap));
    if (site === undefined) notes.push(missing(reference));
    else if (!uses.has(site)) uses.set(site, reference);
  }
  return { sites: sites.map((site) => used(site, uses.get(site))), notes };
}

function configMapKey({ namespace, name }: { readonly namespace?: string; readonly name?: string }): string {
  return `${namespace ?? "default"}/${name ?? ""}`;
}

function used(site: LuaSite, reference: LuaReference | undefined): LuaSite {
  if (reference === undefined) return site;
  return { ...site, filter: { ...site.filter, ...reference.filter, attachment: "inlineCode" } };
}

function missing({ source, configMap }: LuaReference): Note {
  const { file, line, column } = source;
  const message = `the script is in the ConfigMap ${configMapKey(configMap)}, which is not among the inputs or holds no Lua`;
  return { code: "elsewhere", file, line, column, message };
}
