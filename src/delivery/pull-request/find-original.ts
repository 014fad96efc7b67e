import type { LuaSite } from "../../manifest/lua-site.js";
import type { Delivery } from "./read-delivery.js";
import type { RepositoryFiles } from "./repository-files.js";

/**
 * Where a migrated filter's Lua stands in the repository: in a resource of its kind and name, letter for letter what was migrated. A resource
 * without namespace will do, since overlays and deployments set it.
 */
export function findOriginal(
  { verdict, lua }: Delivery,
  { sites, templates, texts }: RepositoryFiles,
): LuaSite | { readonly missing: string } {
  const { source } = verdict;
  const named = sites.filter((site) => isSameResource(site, source));
  const same = narrowed(
    named.filter(({ text }) => text === lua),
    source,
  );
  if (same.length === 1) return same[0]!;
  const resource = [source.kind, [source.namespace, source.name].filter(Boolean).join("/")].filter(Boolean).join(" ");
  if (same.length > 1) {
    const places = same.map((site) => `${site.source.file}:${site.source.line}`);
    return { missing: `the same script stands in ${places.join(" and ")}: which of them is meant cannot be told` };
  }
  if (named.length > 0)
    return {
      missing: `the Lua of ${resource} in ${named[0]!.source.file}:${named[0]!.source.line} is not what was migrated; migrate it again`,
    };
  const template = [...templates].find(([file]) => source.name !== undefined && texts.get(file)?.includes(source.name));
  if (template !== undefined)
    return {
      missing: `${resource} seems to come from ${template[0]}, which is not rendered yet (${template[1].split(";")[0]}); change that by hand`,
    };
  return { missing: `${resource} is not in the repository` };
}

function isSameResource({ source: own }: LuaSite, wanted: Delivery["verdict"]["source"]): boolean {
  const sameNamespace =
    own.namespace === undefined || own.namespace === wanted.namespace || wanted.namespace === undefined;
  return own.kind === wanted.kind && own.name === wanted.name && sameNamespace;
}

/** Of several equal ones, those in the file that was migrated, and there at the same place. */
function narrowed(sites: readonly LuaSite[], wanted: Delivery["verdict"]["source"]): readonly LuaSite[] {
  const tests: readonly ((site: LuaSite) => boolean)[] = [
    ({ source }) => isTail(wanted.file, source.file) || isTail(source.file, wanted.file),
    ({ source }) => source.path === wanted.path,
    ({ source }) => source.document === wanted.document,
  ];
  return tests.reduce((left, test) => {
    const fitting = left.length > 1 ? left.filter(test) : left;
    return fitting.length === 0 ? left : fitting;
  }, sites);
}

function isTail(path: string, end: string): boolean {
  return path === end || path.replaceAll("\\", "/").endsWith(`/${end}`);
}
