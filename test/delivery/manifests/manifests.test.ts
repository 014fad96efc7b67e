import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { envoyFilter } from "../../../src/delivery/manifests/envoy-filter.js";
import type { Manifest, ModuleReference } from "../../../src/delivery/manifests/manifest.js";
import { trafficExtension } from "../../../src/delivery/manifests/traffic-extension.js";
import { wasmPlugin } from "../../../src/delivery/manifests/wasm-plugin.js";
import { findLuaSites } from "../../../src/manifest/find-lua-sites.js";
import type { LuaSite } from "../../../src/manifest/lua-site.js";

const shared = join(import.meta.dirname, "../../../../shared");
const samples = join(import.meta.dirname, "samples");

const forms = {
  wasmplugin: { make: wasmPlugin, validate: validator("wasmplugin-extensions.istio.io-v1alpha1.json") },
  trafficextension: {
    make: trafficExtension,
    validate: validator("trafficextension-extensions.istio.io-v1alpha1.json"),
  },
  envoyfilter: { make: envoyFilter, validate: validator("envoyfilter-networking.istio.io-v1alpha3.json") },
};

function validator(schema: string) {
  // The CRDs use formats and extensions of Kubernetes, which a validator of plain JSON Schema passes over.
  const ajv = new Ajv({ strict: false, formats: { int32: true, int64: true, "date-time": true } });
  return ajv.compile(JSON.parse(readFileSync(join(shared, "schemas", schema), "utf8")));
}

function expectValid(form: keyof typeof forms, yaml: string): void {
  const resource: unknown = parse(yaml);
  const { validate } = forms[form];
  expect(validate(resource) ? [] : validate.errors).toEqual([]);
  // What quotes are for: a reader of YAML 1.1 (Kubernetes, Envoy) gets the same.
  expect(parse(yaml, { version: "1.1" })).toEqual(resource);
  const { spec } = resource as { spec: Record<string, unknown> };
  expect(["selector", "workloadSelector", "targetRefs"].filter((key) => key in spec).length).toBeLessThan(2);
}

describe("samples", () => {
  for (const name of readdirSync(samples)) {
    it(name, () => {
      const folder = join(samples, name);
      const module = JSON.parse(readFileSync(join(folder, "module.json"), "utf8")) as ModuleReference;
      const { sites } = findLuaSites("input.yaml", readFileSync(join(folder, "input.yaml"), "utf8"));
      expect(sites).not.toEqual([]);
      for (const [form, { make }] of Object.entries(forms)) {
        const manifests = sites.map((site) => make(site, module));
        for (const made of manifests) if ("yaml" in made) expectValid(form as keyof typeof forms, made.yaml);
        expectSnapshot(join(folder, `${form}.txt`), manifests.map(shown).join("---\n"));
      }
    });
  }
});

function shown(manifest: Manifest): string {
  if ("cannot" in manifest) return `CANNOT ${manifest.cannot}\n`;
  return manifest.yaml + manifest.notes.map((note) => `NOTE ${note}\n`).join("");
}

function expectSnapshot(path: string, actual: string): void {
  if (process.env.UPDATE_SNAPSHOTS === "1" || !existsSync(path)) {
    rmSync(path, { force: true });
    writeFileSync(path, actual);
  }
  expect(actual).toBe(readFileSync(path, "utf8"));
}

describe("the corpus", () => {
  const documents = join(shared, "corpus/documents");
  const sites = readdirSync(documents).flatMap(
    (file) => findLuaSites(file, readFileSync(join(documents, file), "utf8")).sites,
  );
  const modules: readonly ModuleReference[] = [
    "oci://r.example.com/f:1",
    "https://r.example.com/f.wasm",
    "file:///f.wasm",
  ].flatMap((url) =>
    [true, false].map((allowOnHeadersStopIteration) => ({
      sha256: "0123456789abcdef".repeat(4),
      url,
      needs: { allowOnHeadersStopIteration, env: ["API_KEY"] },
    })),
  );

  it("each script gets a valid resource or a reason, in each form", () => {
    for (const site of sites) {
      for (const module of modules) {
        for (const [form, { make }] of Object.entries(forms)) {
          const made = make(site, module);
          if ("yaml" in made) expectValid(form as keyof typeof forms, made.yaml);
          else expect(made.cannot).toMatch(/^[A-Z].*\.$/s);
        }
      }
    }
  });

  it("no form without the field carries a filter that needs it", () => {
    for (const site of sites) {
      for (const module of modules.filter(({ needs }) => needs.allowOnHeadersStopIteration)) {
        expect(wasmPlugin(site, module)).toHaveProperty("cannot");
        expect(trafficExtension(site, module)).toHaveProperty("cannot");
        const made = envoyFilter(site, module);
        if ("yaml" in made) expect(made.yaml).toContain("allow_on_headers_stop_iteration: true");
      }
    }
  });

  it("an EnvoyFilter carries the Lua of every EnvoyFilter in configPatches form", () => {
    const whole = sites.filter(
      ({ source }) => source.kind === "EnvoyFilter" && source.path.startsWith("spec.configPatches"),
    );
    expect(whole.length).toBeGreaterThan(30);
    const refused = whole.flatMap((site) => {
      const made = envoyFilter(site, modules[0]!);
      return "cannot" in made ? [`${site.source.file}: ${made.cannot}`] : [];
    });
    expect(refused).toEqual([
      "174.yaml: The patch's portNumber is not a number; if a template fills it in, render it first.",
    ]);
  });
});

describe("names", () => {
  const site = (id: string, name: string): LuaSite => ({
    id,
    text: "",
    positions: { segments: [] },
    source: { file: "f", document: 0, kind: "TrafficExtension", name, path: "spec.lua.inlineCode", line: 1, column: 1 },
    filter: { attachment: "inlineCode" },
  });
  const module = { sha256: "0".repeat(64), url: "oci://r/f:1", needs: { allowOnHeadersStopIteration: false, env: [] } };

  it.each([
    ["default.tag", "tag-wasm"],
    ["default.tag.2", "tag.2-wasm"],
    ["ns.A_b.-c-", "a-b.c-wasm"],
    ["ns.---", "filter-wasm"],
  ])("%s gives %s, a DNS-1123 subdomain", (id, expected) => {
    const made = wasmPlugin(site(id, "x"), module);
    expect("yaml" in made && parse(made.yaml).metadata.name).toBe(expected);
    expect(expected).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
  });
});
