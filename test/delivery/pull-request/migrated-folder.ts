import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { envoyFilter } from "../../../src/delivery/manifests/envoy-filter.js";
import { trafficExtension } from "../../../src/delivery/manifests/traffic-extension.js";
import { wasmPlugin } from "../../../src/delivery/manifests/wasm-plugin.js";
import { assignIds } from "../../../src/manifest/assign-ids.js";
import { findLuaSites } from "../../../src/manifest/find-lua-sites.js";

const FORMS = { envoyfilter: envoyFilter, wasmplugin: wasmPlugin, trafficextension: trafficExtension };

export interface FolderOptions {
  /** Tag of the published image; none: not published. */
  readonly tag?: string;
  readonly verdict?: "exact" | "refused";
}

/** What `migrate` (without compiling anything) and `publish` would leave for the Lua in these files. */
export function writeMigrated(
  dir: string,
  files: Readonly<Record<string, string>>,
  { tag, verdict = "exact" }: FolderOptions = {},
): void {
  const sites = assignIds(Object.entries(files).flatMap(([file, text]) => findLuaSites(file, text).sites));
  for (const site of sites) {
    const folder = join(dir, site.id);
    mkdirSync(join(folder, "manifests"), { recursive: true });
    writeFileSync(join(folder, "original.lua"), site.text);
    writeFileSync(join(folder, "verdict.json"), JSON.stringify(verdictOf(site.id, site.source, verdict)));
    const url = tag === undefined ? "oci://registry.example.com/x:1" : `oci://ghcr.io/acme/${site.id}:${tag}`;
    const digest = String(tag?.length ?? 0).repeat(64);
    const module = {
      sha256: "ab".repeat(32),
      url,
      imageDigest: digest,
      needs: { allowOnHeadersStopIteration: false, env: [] },
    };
    for (const [form, print] of Object.entries(FORMS)) {
      const manifest = print(site, module);
      if ("yaml" in manifest && verdict !== "refused")
        writeFileSync(join(folder, "manifests", `${form}.yaml`), manifest.yaml);
    }
    const published = {
      schemaVersion: 1,
      id: site.id,
      url,
      digest: `sha256:${digest}`,
      layout: "artifact",
      moduleSha256: module.sha256,
    };
    if (tag !== undefined) writeFileSync(join(folder, "published.json"), JSON.stringify(published));
  }
  const filters = sites.map(({ id }) => ({ id, folder: id }));
  writeFileSync(join(dir, "index.json"), JSON.stringify({ schemaVersion: 1, filters }));
}

/** What `migrate` would say in the README of the first script's EnvoyFilter. */
export function envoyFilterNotes(text: string): readonly string[] {
  const needs = { allowOnHeadersStopIteration: false, env: [] };
  const made = envoyFilter(findLuaSites("a.yaml", text).sites[0]!, { sha256: "", url: "oci://r/x:1", needs });
  return "notes" in made ? made.notes : [];
}

function verdictOf(id: string, source: object, verdict: string): object {
  const cost = { low: 1, likely: 2, high: 3 };
  return {
    schemaVersion: 1,
    id,
    source,
    verdict,
    deviations: [{ construct: "x", message: "logs <b> as @admin", locations: [{ startLine: 7 }] }],
    reasons: verdict === "refused" ? [{ construct: "y", message: "cannot", locations: [] }] : [],
    needs: { allowOnHeadersStopIteration: false, minEnvoy: "1.30", minIstio: "1.22" },
    recommendation: {
      outcome: "wasm",
      summary: "Move it.",
      path: [],
      predictedCost: { lua: cost, wasm: cost, basis: "the price list" },
    },
    module: { sizeBytes: 1_234, sha256: "ab".repeat(32) },
  };
}

export function luaFilter(
  name: string,
  { namespace = "shop", script = `handle:logInfo("${name}")`, extra = "" } = {},
): string {
  return `# ${name} is ours
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata:
  name: ${name}
  namespace: ${namespace}
  labels: {istio.io/rev: "1"}
spec:
  workloadSelector:
    labels:
      app: ${name}
  configPatches:
  - applyTo: HTTP_FILTER
    match:
      context: SIDECAR_INBOUND
      listener:
        filterChain:
          filter:
            name: envoy.filters.network.http_connection_manager
            subFilter:
              name: envoy.filters.http.router
    patch:
      operation: INSERT_BEFORE
      value:
        name: envoy.filters.http.lua
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
          inlineCode: |
            function envoy_on_request(handle)
              ${script}
            end
${extra}`;
}
