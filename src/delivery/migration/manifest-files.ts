import type { MigratedSite } from "./migrated-filter.js";

/** The manifests of a filter, and why a form is missing. */
export interface ManifestFiles {
  readonly files: ReadonlyMap<string, string>;
  readonly missing: readonly { readonly form: string; readonly because: string }[];
}

export function manifestFiles(_migrated: MigratedSite, _target: string): ManifestFiles {
  return { files: new Map(), missing: [] };
}
