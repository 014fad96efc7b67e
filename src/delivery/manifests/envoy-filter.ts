import { type CompanionFilters, companionFilters, PUBLISHES } from "../../codegen/companion-filters.js";
import type { LuaSite } from "../../manifest/lua-site.js";
import { type Insertion, insertionOf, unusableAttachment } from "./insertion.js";
import { checksumNotes, type Manifest, type ModuleReference, metadata, printYaml, provenance } from "./manifest.js";
import { renamedNotes } from "./placement.js";
import { WASM_TYPE, wasmTypedConfig } from "./wasm-filter-config.js";

/**
 * Istio's EnvoyFilter with Envoy's Wasm filter where the Lua filter stood. A module that has to be fetched goes through the extension
 * discovery service (ECDS), where Istio's agent fetches it; Envoy opens a local file itself.
 */
export function envoyFilter(site: LuaSite, module: ModuleReference): Manifest {
  if (module.imagePullSecret !== undefined) {
    return {
      cannot:
        "An EnvoyFilter has no field for an image pull secret: Istio hands secrets to its agent for WasmPlugin and TrafficExtension only.",
    };
  }
  const insertions =
    site.source.kind === "TrafficExtension" ? trafficExtensionInsertions(site) : one(insertionOf(site));
  if ("cannot" in insertions) return insertions;
  const name = filterName(site, module);
  const beside = module.needs.companion && companionFilters(name, module.needs.companion);
  if (beside && insertions.some(({ operation }) => operation === "REPLACE")) {
    return {
      cannot: `The patch replaces another filter, and what hands the script's dynamic metadata on has to stand around it: change the chain by hand, as in http-filters.yaml.`,
    };
  }
  const companions = companionPatches(site, name);
  const overrides = site.filter.routeOverrides ?? [];
  if (overrides.length !== companions.switchedOff) {
    return {
      cannot: `A route switches the filter off (${overrides[0]?.path}) as LuaPerRoute, in a patch that belongs to another script: change it by hand.`,
    };
  }
  const resource = {
    apiVersion: "networking.istio.io/v1alpha3",
    kind: "EnvoyFilter",
    metadata: metadata(site),
    spec: {
      ...(priorityOf(site) === undefined ? {} : { priority: priorityOf(site) }),
      ...scope(site),
      configPatches: [...wasmPatches(site, module, insertions, name, beside), ...companions.patches],
    },
  };
  const comments: Record<string, string> = module.needs.allowOnHeadersStopIteration
    ? {
        allow_on_headers_stop_iteration:
          "The filter changes headers after it has waited; without this, requests would hang.",
      }
    : {};
  return {
    yaml: printYaml(provenance(site), resource, comments),
    notes: [
      ...insertions.flatMap(renamedNotes),
      ...companionNotes(site, companions.patches.length),
      ...checksumNotes(module),
    ],
  };
}

function one(insertion: ReturnType<typeof insertionOf>): Insertion[] | { readonly cannot: string } {
  return "cannot" in insertion ? insertion : [insertion];
}

function scope({ filter }: LuaSite): object {
  if (filter.targetRefs !== undefined) return { targetRefs: filter.targetRefs };
  return filter.selector === undefined ? {} : { workloadSelector: { labels: filter.selector } };
}

/** Plugins run from the highest priority down, patches are applied from the lowest up. */
function priorityOf({ source, filter }: LuaSite): number | undefined {
  if (filter.priority === undefined) return undefined;
  return source.kind === "TrafficExtension" ? 0 - filter.priority : filter.priority;
}

/**
 * The filter keeps its name, since other resources may stand next to it by that name; but names that every Lua filter has would collide in
 * the discovery service, which knows configurations by name.
 */
function filterName(site: LuaSite, module: ModuleReference): string {
  const { filterName: name } = site.filter;
  const isCommon = name === undefined || /^envoy\.(filters\.http\.)?lua$/.test(name);
  return isCommon && !(module.url.startsWith("file:") && name !== undefined) ? `${site.id}-wasm` : name;
}

function wasmPatches(
  site: LuaSite,
  module: ModuleReference,
  insertions: readonly Insertion[],
  name: string,
  beside: CompanionFilters | undefined,
): object[] {
  const disabled = site.filter.filterDisabled === true ? { disabled: true } : {};
  const typedConfig = { typed_config: wasmTypedConfig(site, beside ? publishing(module) : module) };
  const isLocal = module.url.startsWith("file:");
  const value = { name, ...disabled, ...(isLocal ? typedConfig : discovered()) };
  const chain = beside ? [...beside.before, value, ...beside.behind] : [value];
  const filters = insertions.flatMap(({ match, operation, spelled }) =>
    inOrderOfPatches(chain, operation).map((filter) => ({
      applyTo: "HTTP_FILTER",
      ...(match === undefined ? {} : { match }),
      patch: { operation: spelled ?? operation, value: filter },
    })),
  );
  if (isLocal) return filters;
  return [{ applyTo: "EXTENSION_CONFIG", patch: { operation: "ADD", value: { name, ...typedConfig } } }, ...filters];
}

/** Each patch that is not INSERT_BEFORE puts its filter in front of those of the patches before it. */
function inOrderOfPatches(chain: readonly object[], operation: Insertion["operation"]): readonly object[] {
  return operation === "INSERT_BEFORE" ? chain : chain.toReversed();
}

function publishing(module: ModuleReference): ModuleReference {
  return { ...module, pluginConfig: { ...module.pluginConfig, ...PUBLISHES } };
}

/** As istiod does it for a WasmPlugin; the RBAC filter is what the agent puts in place of a module that it could not fetch. */
function discovered(): object {
  return {
    config_discovery: {
      config_source: { ads: {}, initial_fetch_timeout: "0s", resource_api_version: "V3" },
      type_urls: [WASM_TYPE, "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC"],
    },
  };
}

/** Clusters and the like go with the first script of the resource. */
function companionPatches({ filter }: LuaSite, name: string): Companions {
  const renamed = { from: filter.filterName, to: name, count: 0 };
  const own = (filter.luaPatchesBefore ?? 0) > 0 ? [] : (filter.companionPatches ?? []);
  const patches = own.map((patch) => withFilterConfig(patch, renamed));
  return { patches, switchedOff: renamed.count };
}

interface Companions {
  readonly patches: readonly unknown[];
  /** Routes in them that switch the filter off. */
  readonly switchedOff: number;
}

/** `LuaPerRoute` says nothing to a Wasm filter; all it can say here is "disabled", which every filter understands as FilterConfig. */
function withFilterConfig(
  value: unknown,
  filter: { readonly from: string | undefined; readonly to: string; count: number },
): unknown {
  if (Array.isArray(value)) return value.map((item) => withFilterConfig(item, filter));
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([key, inner]) => {
    if (key !== filter.from || !isDisabled(inner)) return [key, withFilterConfig(inner, filter)];
    filter.count++;
    return [filter.to, { "@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig", disabled: true }];
  });
  return Object.fromEntries(entries);
}

function isDisabled(value: unknown): boolean {
  return typeof value === "object" && value !== null && (value as { readonly disabled?: unknown }).disabled === true;
}

function companionNotes({ filter }: LuaSite, kept: number): string[] {
  const total = filter.companionPatches?.length ?? 0;
  if (total === 0) return [];
  if (kept === 0)
    return ["The other patches of the EnvoyFilter stand in the manifest of its first script: apply both."];
  return [
    `${total === 1 ? "The other patch of the EnvoyFilter is" : `The ${total} other patches of the EnvoyFilter are`} kept: remove the old resource when you apply this one.`,
  ];
}

/** Whether a note is on the patches that come along with a resource of its own; in the old one's place they stay where they are. */
export function isOnCompanions(note: string): boolean {
  return /^The (?:\d+ )?other patch(?:es)? of the EnvoyFilter /.test(note);
}

interface TrafficMatch {
  readonly mode?: string;
  readonly ports?: readonly { readonly number: number }[];
}

const CONTEXTS: Readonly<Record<string, readonly Insertion["context"][]>> = {
  CLIENT: ["SIDECAR_OUTBOUND", "GATEWAY"],
  SERVER: ["SIDECAR_INBOUND"],
};

/** A TrafficExtension without phase stands in front of the gRPC statistics filter, which Istio puts into every chain. */
function trafficExtensionInsertions(site: LuaSite): Insertion[] | { readonly cannot: string } {
  const { filter } = site;
  const unusable = unusableAttachment(filter);
  if (unusable !== undefined) return { cannot: unusable };
  if (filter.phase === "AUTHN" || filter.phase === "AUTHZ") {
    return {
      cannot: `The Lua stands in phase ${filter.phase}; the filters that mark that place are not in every chain, so that a patch next to them may not apply.`,
    };
  }
  const matches = (filter.listenerMatch as readonly TrafficMatch[] | undefined) ?? [{}];
  return matches.flatMap(({ mode, ports }) =>
    (CONTEXTS[mode ?? ""] ?? (["ANY"] as const)).flatMap((context) =>
      (ports ?? [undefined]).map((port) => beforeGrpcStats(context, port?.number)),
    ),
  );
}

function beforeGrpcStats(context: Insertion["context"], port: number | undefined): Insertion {
  const nextTo = "envoy.filters.http.grpc_stats";
  const filter = { name: "envoy.filters.network.http_connection_manager", subFilter: { name: nextTo } };
  const portNumber = port === undefined ? {} : { portNumber: port };
  const match = { context, listener: { ...portNumber, filterChain: { filter } } };
  return { context, operation: "INSERT_BEFORE", nextTo, conditions: [], match, renamed: [] };
}
