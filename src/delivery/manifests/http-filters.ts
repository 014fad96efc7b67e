import { companionFilters, PUBLISHES } from "../../codegen/companion-filters.js";
import type { LuaSite } from "../../manifest/lua-site.js";
import { routeRole } from "./insertion.js";
import { type ModuleReference, printYaml, provenance } from "./manifest.js";
import { wasmTypedConfig } from "./wasm-filter-config.js";

interface ByHand {
  readonly yaml: string;
  readonly notes: readonly string[];
}

/**
 * What to write by hand where no resource of Istio's can carry the filter:
 *
 *     http_filters:                in the Lua filter's place: the Wasm filter, between the filters that hand its dynamic metadata on
 *     where_routes_choose_it:      typed_per_filter_config of routes and virtual hosts whose LuaPerRoute chooses the script
 *     where_routes_choose_another: the same of all others that have a LuaPerRoute
 *
 * Undefined when the filter needs none of it.
 */
export function httpFilters(site: LuaSite, module: ModuleReference): ByHand | undefined {
  const { companion } = module.needs;
  const role = routeRole(site.filter);
  if (companion === undefined && role === undefined) return undefined;
  // Routes tell the filters of several scripts apart by their names.
  const name = role === "chosen" ? `${site.id}-wasm` : (site.filter.filterName ?? WASM_FILTER);
  const local = { ...module, url: "file://filter.wasm" };
  const publishing = { ...local, pluginConfig: { ...module.pluginConfig, ...PUBLISHES } };
  const disabled = role === "chosen" || site.filter.filterDisabled === true ? { disabled: true } : {};
  const wasm = { name, ...disabled, typed_config: wasmTypedConfig(site, companion ? publishing : local) };
  const { before, behind } = companion ? companionFilters(name, companion) : { before: [], behind: [] };
  const configuration = { http_filters: [...before, wasm, ...behind], ...routeEntries(name, role) };
  return {
    yaml: printYaml(provenance(site), configuration, COMMENTS),
    notes: [
      IN_ITS_PLACE,
      ...(companion ? ["The filters beside the Wasm filter hand its dynamic metadata on."] : []),
      ...(role ? [BY_ROUTE] : []),
    ],
  };
}

const WASM_FILTER = "envoy.filters.http.wasm";

const IN_ITS_PLACE =
  "What takes the Lua filter's place in `http_filters`, for a configuration that you write yourself.";

const BY_ROUTE =
  "The filters of all scripts of the Lua filter stand there, and each LuaPerRoute gives way to one entry for each of them: a route without an entry for a filter takes over that of its virtual host.";

const COMMENTS = {
  where_routes_choose_it: "For each route and virtual host whose LuaPerRoute chooses this script:",
  where_routes_choose_another: "For every other one that has a LuaPerRoute (another script, or disabled: true):",
};

function routeEntries(name: string, role: ReturnType<typeof routeRole>): object {
  if (role === undefined) return {};
  const entry = (says: object): object => ({
    typed_per_filter_config: { [name]: { "@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig", ...says } },
  });
  const chosen = role === "chosen" ? { where_routes_choose_it: entry({ config: {} }) } : {};
  return { ...chosen, where_routes_choose_another: entry({ disabled: true }) };
}
