import type { LuaSite } from "../../manifest/lua-site.js";
import { type Manifest, type ModuleReference, metadata, printYaml, provenance } from "./manifest.js";
import { placementOf } from "./placement.js";
import { given, pluginFields, scope } from "./wasm-plugin.js";

/** Istio's TrafficExtension (extensions.istio.io/v1alpha1) with a Wasm module. */
export function trafficExtension(site: LuaSite, module: ModuleReference): Manifest {
  const placement = placementOf(site, module);
  if ("cannot" in placement) return placement;
  const resource = {
    apiVersion: "extensions.istio.io/v1alpha1",
    kind: "TrafficExtension",
    metadata: metadata(site),
    spec: given({
      ...scope(placement),
      wasm: given(pluginFields(site, module)),
    }),
  };
  return { yaml: printYaml(provenance(site), resource), notes: placement.notes };
}
