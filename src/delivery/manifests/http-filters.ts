import { companionFilters, PUBLISHES } from "../../codegen/companion-filters.js";
import type { LuaSite } from "../../manifest/lua-site.js";
import { type ModuleReference, printYaml, provenance } from "./manifest.js";
import { wasmTypedConfig } from "./wasm-filter-config.js";

/**
 * `http_filters` to put in the Lua filter's place by hand, where no resource of Istio's can: the Wasm filter between the filters that hand its
 * dynamic metadata on. Undefined when it has none to hand on.
 */
export function httpFilters(site: LuaSite, module: ModuleReference): string | undefined {
  const { companion } = module.needs;
  if (companion === undefined) return undefined;
  const name = site.filter.filterName ?? WASM_FILTER;
  const { before, behind } = companionFilters(name, companion);
  const local = { ...module, url: "file://filter.wasm", pluginConfig: { ...module.pluginConfig, ...PUBLISHES } };
  const disabled = site.filter.filterDisabled === true ? { disabled: true } : {};
  const wasm = { name, ...disabled, typed_config: wasmTypedConfig(site, local) };
  return printYaml(provenance(site), { http_filters: [...before, wasm, ...behind] });
}

const WASM_FILTER = "envoy.filters.http.wasm";
