import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const PLURALS: Readonly<Record<string, readonly [kind: string, plural: string]>> = {
  envoyfilter: ["EnvoyFilter", "envoyfilters"],
  trafficextension: ["TrafficExtension", "trafficextensions"],
  wasmplugin: ["WasmPlugin", "wasmplugins"],
};

/** Istio's custom resources, made of the schemas in a folder (`<kind>-<group>-<version>.json`), and where each is served. */
export function customResources(folder: string): readonly { readonly definition: unknown; readonly path: string }[] {
  return readdirSync(folder).flatMap((file) => {
    const [, singular = "", group = "", version = ""] = /^(\w+?)-([\w.]+)-(\w+)\.json$/.exec(file) ?? [];
    const [kind, plural] = PLURALS[singular] ?? [];
    if (kind === undefined || plural === undefined) return [];
    const schema = JSON.parse(readFileSync(join(folder, file), "utf8")) as { properties: Record<string, unknown> };
    const { apiVersion: _, kind: __, metadata: ___, ...properties } = schema.properties;
    const openAPIV3Schema = { type: "object", properties: structural(properties) };
    const definition = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: `${plural}.${group}` },
      spec: {
        group,
        scope: "Namespaced",
        names: { kind, plural, singular },
        versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema } }],
      },
    };
    return [{ definition, path: `/apis/${group}/${version}/${plural}` }];
  });
}

/** `additionalProperties: false` beside properties is for editors; an API server prunes what is unknown anyway. */
function structural(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(structural);
  if (typeof node !== "object" || node === null) return node;
  const kept = Object.entries(node).filter(([key, value]) => key !== "additionalProperties" || value !== false);
  return Object.fromEntries(kept.map(([key, value]) => [key, structural(value)]));
}
