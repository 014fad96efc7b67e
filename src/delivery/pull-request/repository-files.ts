import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { findLuaSites } from "../../manifest/find-lua-sites.js";
import type { LuaSite } from "../../manifest/lua-site.js";
import { readInputs } from "../../manifest/read-inputs.js";

/** The YAML of a repository, by path in it. */
export interface RepositoryFiles {
  readonly folder: string;
  /** Texts without byte order marks taken off; every `*.yaml`, `*.yml` and `*.json`. */
  readonly texts: ReadonlyMap<string, string>;
  /** Scripts in them; `source.file` is the path in the repository. */
  readonly sites: readonly LuaSite[];
  /** Files with Lua that a template renders, and what to call them. */
  readonly templates: ReadonlyMap<string, string>;
}

export async function readRepository(folder: string): Promise<RepositoryFiles> {
  const texts = new Map<string, string>();
  const sites: LuaSite[] = [];
  const templates = new Map<string, string>();
  for await (const input of readInputs([folder])) {
    if (input.type === "problem" || /\.lua$/i.test(input.file)) continue;
    const file = relative(folder, input.file);
    texts.set(file, input.text);
    const found = findLuaSites(file, input.text);
    sites.push(...found.sites);
    const marker = found.notes.find(({ code }) => code === "template");
    if (marker !== undefined) templates.set(file, marker.message);
  }
  // Kustomize takes this name too, which no search for YAML finds.
  for (const name of new Set([...texts.keys()].map((file) => beside(file, "Kustomization")))) {
    if (existsSync(join(folder, name))) texts.set(name, readFileSync(join(folder, name), "utf8"));
  }
  return { folder, texts, sites, templates };
}

/** Path of `name` beside a file of the repository. */
export function beside(file: string, name: string): string {
  return join(dirname(file), name);
}
