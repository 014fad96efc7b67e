import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { migrateSites } from "../../../src/delivery/migration/migrate-sites.js";
import { collectSites } from "../../../src/manifest/collect-sites.js";
import { packageRoot } from "../../../src/support/package-root.js";

const MANIFEST = (name: string, script: string): string => `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: { name: ${name}, namespace: shop }
spec:
  configPatches:
    - applyTo: HTTP_FILTER
      match: { context: SIDECAR_INBOUND, listener: { filterChain: { filter: { name: envoy.filters.network.http_connection_manager } } } }
      patch:
        operation: INSERT_BEFORE
        value:
          name: envoy.filters.http.lua
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
            inline_code: |
              ${script}
`;

let folder: string;

/** Inside of the project, where the compiler's packages are found. */
beforeAll(() => {
  mkdirSync(join(packageRoot(), ".cache"), { recursive: true });
  folder = mkdtempSync(join(packageRoot(), ".cache", "bundle-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a bundle is one module for all filters, and its folder builds it again", { timeout: 240_000 }, async () => {
  const input = join(folder, "filters.yaml");
  const scripts = {
    region: `function envoy_on_request(h) h:headers():add("x-region", os.getenv("REGION") or "none") end`,
    length: `function envoy_on_response(h) h:logInfo(tostring(h:body():length())) end`,
    broken: `function envoy_on_request(h) h:connection():nothing() end function (`,
  };
  writeFileSync(
    input,
    Object.entries(scripts)
      .map(([name, text]) => MANIFEST(name, text))
      .join("---\n"),
  );
  const { sites } = await collectSites([input]);
  const out = join(folder, "out");
  const results = await migrateSites(sites, out, { target: "auto", bundle: true, say: () => {} });
  expect(results.map(({ id, verdict }) => [id, verdict === "refused"])).toEqual([
    ["shop.region", false],
    ["shop.length", false],
    ["shop.broken", true],
  ]);

  const module = readFileSync(join(out, "bundle", "filter.wasm"));
  for (const id of ["shop.region", "shop.length"]) {
    expect(readFileSync(join(out, id, "filter.wasm")).equals(module)).toBe(true);
    const plugin = parse(readFileSync(join(out, id, "manifests", "envoyfilter.yaml"), "utf8"));
    const text = JSON.stringify(plugin);
    expect(text).toContain(`"root_id":"${id}"`);
    // One VM has one environment: the first plugin's.
    expect(text).toContain('"host_env_keys":["REGION"]');
  }
  const vms = ["shop.region", "shop.length"].map(
    (id) => /vm_id: (\S+)/.exec(readFileSync(join(out, id, "manifests", "envoyfilter.yaml"), "utf8"))?.[1],
  );
  expect(new Set(vms).size).toBe(1);

  rmSync(join(out, "shop.length", "filter.wasm"));
  execFileSync(process.execPath, [join(out, "bundle", "build.mjs")]);
  for (const id of ["bundle", "shop.region", "shop.length"])
    expect(readFileSync(join(out, id, "filter.wasm")).equals(module)).toBe(true);
});
