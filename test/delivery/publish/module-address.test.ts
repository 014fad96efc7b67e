import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { envoyFilter } from "../../../src/delivery/manifests/envoy-filter.js";
import type { Manifest, ModuleReference } from "../../../src/delivery/manifests/manifest.js";
import { trafficExtension } from "../../../src/delivery/manifests/traffic-extension.js";
import { wasmPlugin } from "../../../src/delivery/manifests/wasm-plugin.js";
import { withModuleAddress } from "../../../src/delivery/publish/module-address.js";
import { findLuaSites } from "../../../src/manifest/find-lua-sites.js";

const SAMPLES = join(import.meta.dirname, "..", "manifests", "samples");
const ADDRESS = { url: "oci://ghcr.io/acme/tag:1", sha256: "cd".repeat(32) };
const FORMS = { envoyFilter, trafficExtension, wasmPlugin };

function sampleSite(sample: string) {
  return findLuaSites("input.yaml", readFileSync(join(SAMPLES, sample, "input.yaml"), "utf8")).sites[0]!;
}

const before: ModuleReference = {
  sha256: "ab".repeat(32),
  url: "oci://registry.example.com/x:1",
  needs: { allowOnHeadersStopIteration: false, env: [] },
};

describe.each(Object.entries(FORMS))("%s", (_, form) => {
  test.each([
    "before-the-router",
    "waypoint",
    "traffic-extension",
    "with-companion-patches",
    "changes-headers-after-waiting",
  ])("%s: what stands there afterwards is what would be generated for the image", (sample) => {
    const site = sampleSite(sample);
    const needs = { allowOnHeadersStopIteration: sample === "changes-headers-after-waiting", env: [] };
    const generated = form(site, { ...before, needs });
    const expected = form(site, { ...before, needs, url: ADDRESS.url, imageDigest: ADDRESS.sha256 });
    if ("cannot" in generated) return expect(expected).toEqual(generated);
    expect(withModuleAddress(generated.yaml, ADDRESS, "m.yaml")).toBe(yamlOf(expected));
    // Again, with the checksum there.
    expect(withModuleAddress(yamlOf(expected), ADDRESS, "m.yaml")).toBe(yamlOf(expected));
    // To a file on the proxy, and back.
    const local = withModuleAddress(yamlOf(expected), { ...ADDRESS, url: "file:///var/lib/x.wasm" }, "m.yaml")!;
    expect(local).toMatch(/(filename: |url: file:\/\/)\/var\/lib\/x\.wasm$/m);
    expect(local).not.toContain("sha256");
    expect(withModuleAddress(local, ADDRESS, "m.yaml")).toBe(yamlOf(expected));
  });
});

function yamlOf(manifest: Manifest): string {
  return "cannot" in manifest ? manifest.cannot : manifest.yaml;
}

describe("a manifest that its owner has changed", () => {
  test("keeps his comments, order and line breaks", () => {
    const yaml =
      "kind: WasmPlugin\r\nspec:\r\n    phase: AUTHN # first\r\n    url:   'oci://a/b'   # here\r\n\r\n    # open\r\n    failStrategy: FAIL_OPEN\r\n";
    expect(withModuleAddress(yaml, ADDRESS, "m.yaml")).toBe(
      `kind: WasmPlugin\r\nspec:\r\n    phase: AUTHN # first\r\n    url:   ${ADDRESS.url}   # here\r\n    sha256: ${ADDRESS.sha256}\r\n\r\n    # open\r\n    failStrategy: FAIL_OPEN\r\n`,
    );
  });

  test("at the very end of the file", () => {
    expect(withModuleAddress("spec:\n  url: oci://a/b", ADDRESS, "m.yaml")).toBe(
      `spec:\n  url: ${ADDRESS.url}\n  sha256: ${ADDRESS.sha256}\n`,
    );
  });

  test("a digest that YAML 1.1 would read as a number is quoted", () => {
    const address = { ...ADDRESS, sha256: `1e${"7".repeat(62)}` };
    expect(withModuleAddress("spec:\n  url: oci://a/b\n", address, "m.yaml")).toContain(`sha256: "${address.sha256}"`);
  });

  test("in braces there is no room for a line: said, not broken", () => {
    expect(() => withModuleAddress("spec: {url: 'oci://a/b', phase: AUTHN}\n", ADDRESS, "m.yaml")).toThrow(
      /put the address in by hand/,
    );
  });

  test("one that loads a file fetches nothing", () => {
    const manifest = envoyFilter(sampleSite("before-the-router"), { ...before, url: "file:///var/local/filter.wasm" });
    expect(withModuleAddress(yamlOf(manifest), ADDRESS, "m.yaml")).toBeUndefined();
  });
});
