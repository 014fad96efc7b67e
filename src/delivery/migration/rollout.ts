import { readFileSync } from "node:fs";
import { join } from "node:path";
import Handlebars from "handlebars";
import { parse } from "yaml";
import { packageRoot } from "../../support/package-root.js";
import type { ManifestFiles } from "./manifest-files.js";
import type { MigratedSite } from "./migrated-filter.js";

/** The part of a filter's README on bringing it into the cluster: what to watch, by the names that this filter has there, and the way back. */
export function rollout({ site }: MigratedSite, { files }: ManifestFiles): string {
  const plugin = resourceOf(files.get("wasmplugin.yaml"));
  const envoyFilter = resourceOf(files.get("envoyfilter.yaml"));
  return template()({
    id: site.id,
    namespace: site.source.namespace ?? "default",
    ...(plugin === undefined ? {} : { plugin: plugin.metadata.name }),
    ...(envoyFilter === undefined ? {} : { envoyFilter: envoyFilter.metadata.name, ...discovered(envoyFilter) }),
  });
}

interface Resource {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly configPatches?: readonly Patch[] };
}

interface Patch {
  readonly applyTo: string;
  readonly patch: { readonly value: { readonly name: string; readonly typed_config: object } };
}

function resourceOf(yaml: string | undefined): Resource | undefined {
  return yaml === undefined ? undefined : (parse(yaml) as Resource);
}

/** The filter's name in the discovery service, and where its module stands in the resource, as a JSON patch says it. */
function discovered({ spec }: Resource): { readonly filter?: string; readonly remote?: string } {
  const patches = spec.configPatches ?? [];
  const index = patches.findIndex(({ applyTo }) => applyTo === "EXTENSION_CONFIG");
  const value = patches[index]?.patch.value;
  if (value === undefined) return {};
  const config = "value" in value.typed_config ? "typed_config/value/config" : "typed_config/config";
  return { filter: value.name, remote: `/spec/configPatches/${index}/patch/value/${config}/vm_config/code/remote` };
}

function template(): Handlebars.TemplateDelegate {
  const path = join(packageRoot(), "src", "delivery", "migration", "templates", "rollout.md.hbs");
  return Handlebars.compile(readFileSync(path, "utf8"), { noEscape: true });
}
