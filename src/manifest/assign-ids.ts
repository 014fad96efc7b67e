import { basename } from "node:path";
import type { LuaSite, LuaSource } from "./lua-site.js";

/**
 * Gives each site of a run the id that its folder is named by: `<namespace>.<name>`, then `.2`, `.3`… where that is taken. Depends on the
 * order of the sites and nothing else. Two ids never differ by case only.
 */
export function assignIds(sites: readonly LuaSite[]): LuaSite[] {
  const natural = sites.map((site) => naturalId(site.source));
  const reserved = new Set(natural.map((id) => id.toLowerCase()));
  const taken = new Set<string>();
  const next = new Map<string, number>();
  return sites.map((site, index) => {
    const base = natural[index]!;
    const key = base.toLowerCase();
    let id = base;
    let number = next.get(key) ?? 1;
    while (taken.has(id.toLowerCase()) || (number > 1 && reserved.has(id.toLowerCase()))) id = `${base}.${++number}`;
    next.set(key, number);
    taken.add(id.toLowerCase());
    return { ...site, id };
  });
}

/** What the id would be if no other site had it. */
function naturalId({ namespace, name, file }: LuaSource): string {
  return `${folderName(namespace ?? "default")}.${folderName(name ?? fileStem(file))}`;
}

function fileStem(file: string): string {
  return basename(file).replace(/\.(ya?ml|json|lua)$/i, "");
}

const MAX_LENGTH = 100;

/** Letters, digits, `.`, `_` and `-`, and no dot at either end: safe on every file system, and never a path. */
function folderName(name: string): string {
  const safe = name
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .slice(0, MAX_LENGTH)
    .replace(/^[.-]+|[.-]+$/g, "");
  return safe === "" ? "unnamed" : safe;
}
