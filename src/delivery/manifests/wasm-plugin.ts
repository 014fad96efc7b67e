import type { LuaSite } from "../../manifest/lua-site.js";
import {
  checksum,
  type Manifest,
  type ModuleReference,
  metadata,
  pluginName,
  printYaml,
  provenance,
} from "./manifest.js";
import { type Placement, placementOf } from "./placement.js";

/** Istio's WasmPlugin (extensions.istio.io/v1alpha1). */
export function wasmPlugin(site: LuaSite, module: ModuleReference): Manifest {
  const placement = placementOf(site, module);
  if ("cannot" in placement) return placement;
  const resource = {
    apiVersion: "extensions.istio.io/v1alpha1",
    kind: "WasmPlugin",
    metadata: metadata(site),
    spec: given({
      ...scope(placement),
      ...pluginFields(site, module),
    }),
  };
  return { yaml: printYaml(provenance(site), resource), notes: placement.notes };
}

/** Which workloads, which traffic, where in the chain. */
export function scope({ selector, targetRefs, match, phase, priority }: Placement): object {
  const inPhase = phase === "UNSPECIFIED" ? undefined : phase;
  return { selector: targetRefs === undefined ? selector : undefined, targetRefs, match, phase: inPhase, priority };
}

/** What WasmPlugin has in its `spec` and TrafficExtension in `spec.wasm`. */
export function pluginFields(site: LuaSite, module: ModuleReference): object {
  const { needs, pluginConfig, imagePullPolicy, imagePullSecret, failStrategy, url } = module;
  const env = needs.env.map((name) => ({ name, valueFrom: "HOST" }));
  return {
    url,
    sha256: checksum(module),
    imagePullPolicy,
    imagePullSecret,
    pluginName: pluginName(site, module),
    pluginConfig,
    failStrategy: failStrategy ?? "FAIL_OPEN",
    vmConfig: env.length === 0 ? undefined : { env },
  };
}

/** Without the fields that are undefined. */
export function given(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
