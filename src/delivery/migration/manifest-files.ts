import { callArguments, isCall } from "../../lua/ast.js";
import { libraryPath, stringValue } from "../../lua/callee.js";
import type { Script } from "../../lua/script.js";
import { walk } from "../../lua/walk.js";
import { envoyFilter } from "../manifests/envoy-filter.js";
import { httpFilters } from "../manifests/http-filters.js";
import type { Manifest, ModuleReference, ResourceChoices } from "../manifests/manifest.js";
import { trafficExtension } from "../manifests/traffic-extension.js";
import { wasmPlugin } from "../manifests/wasm-plugin.js";
import type { MigratedSite } from "./migrated-filter.js";

/** The manifests of a filter, what to know of them, and why a form is missing. */
export interface ManifestFiles {
  readonly files: ReadonlyMap<string, string>;
  readonly notes: readonly { readonly file: string; readonly note: string }[];
  readonly missing: readonly { readonly form: string; readonly because: string }[];
}

export const NO_MANIFESTS: ManifestFiles = { files: new Map(), notes: [], missing: [] };

/** Forms by what `--target` calls them. */
const FORMS = { wasmplugin: wasmPlugin, trafficextension: trafficExtension, envoyfilter: envoyFilter } as const;

export const TARGETS: readonly string[] = ["auto", ...Object.keys(FORMS)];

/** Every resource form that can carry the filter; with a target other than `auto`, that one only. */
export function manifestFiles(migrated: MigratedSite, target: string, choices: ResourceChoices = {}): ManifestFiles {
  const reference = { ...moduleReference(migrated), ...choices };
  const files = new Map<string, string>();
  const notes: { file: string; note: string }[] = [];
  const missing: { form: string; because: string }[] = [];
  for (const [form, print] of Object.entries(FORMS)) {
    if (target !== "auto" && target !== form) continue;
    const manifest: Manifest = print(migrated.site, reference);
    const file = `${form}.yaml`;
    if ("cannot" in manifest) missing.push({ form: file, because: manifest.cannot });
    else {
      files.set(file, manifest.yaml);
      notes.push(...manifest.notes.map((note) => ({ file, note })));
    }
  }
  const byHand = missing.some(({ form }) => form === "envoyfilter.yaml") && httpFilters(migrated.site, reference);
  if (byHand) {
    files.set("http-filters.yaml", byHand.yaml);
    notes.push(...byHand.notes.map((note) => ({ file: "http-filters.yaml", note })));
  }
  return { files, notes, missing };
}

/** Names of environment variables that the scripts read; they have to be passed into the VM. */
export function environmentOf(programs: readonly { readonly script: Script }[]): readonly string[] {
  return [...new Set(programs.flatMap(({ script }) => environmentNames(script)))].sort();
}

/** Until `moonshift publish` has put the module somewhere, the address is an example. */
function moduleReference({ site, program, module, bundle }: MigratedSite): ModuleReference {
  const sha256 = module?.sha256 ?? "";
  return {
    sha256,
    url: `oci://registry.example.com/moonshift/${site.id.toLowerCase().replace(/[^a-z0-9._-]+/g, "-")}:${sha256.slice(0, 12)}`,
    needs: {
      allowOnHeadersStopIteration: program?.needs.allowOnHeadersStopIteration ?? false,
      env: bundle?.env ?? environmentOf(program ? [program] : []),
      ...(program?.companion && { companion: program.companion }),
    },
    ...(bundle && { vmId: `moonshift-bundle-${sha256.slice(0, 12)}` }),
  };
}

function environmentNames(script: Script): readonly string[] {
  const names = new Set<string>();
  walk(script.chunk, (node) => {
    if (!isCall(node)) return;
    const [name] = callArguments(node);
    const value = name && stringValue(name);
    if (value !== undefined && libraryPath(script, node.base) === "os.getenv") names.add(value);
  });
  return [...names];
}
