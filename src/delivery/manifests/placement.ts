import type { LuaSite } from "../../manifest/lua-site.js";
import { type Insertion, insertionOf, type PatchContext, unusableAttachment } from "./insertion.js";
import { checksumNotes, companionNote, type ModuleReference, type Phase } from "./manifest.js";

/** The fields that WasmPlugin and TrafficExtension share: which workloads, which traffic, where in the chain. */
export interface Placement {
  readonly phase: Phase | undefined;
  readonly priority: number | undefined;
  readonly selector: { readonly matchLabels: Readonly<Record<string, string>> } | undefined;
  readonly targetRefs: readonly unknown[] | undefined;
  readonly match: readonly unknown[] | undefined;
  readonly notes: readonly string[];
}

const HOLDS_HEADERS =
  "The filter changes headers after it has waited (for the body or for a call). That needs allow_on_headers_stop_iteration, which only an EnvoyFilter can set: " +
  "without it requests would hang until they time out.";

const GIVEN_PHASE = "The phase was given with --phase: it need not be where the Lua stood.";

/** Where a WasmPlugin or TrafficExtension puts the filter so that it stands where the Lua stood, or why none can. */
export function placementOf(site: LuaSite, module: ModuleReference): Placement | { readonly cannot: string } {
  if (module.needs.allowOnHeadersStopIteration) return { cannot: HOLDS_HEADERS };
  if (site.source.kind === "TrafficExtension") return samePlacement(site, module);
  const insertion = insertionOf(site);
  if ("cannot" in insertion) return insertion;
  const obstacle = obstacleOf(site, insertion);
  if (obstacle !== undefined) return { cannot: obstacle };
  const slot = module.phase === undefined ? slotOf(site, insertion) : { phase: module.phase, notes: [GIVEN_PHASE] };
  if (typeof slot === "string") return { cannot: slot };
  const { selector, targetRefs } = site.filter;
  return {
    phase: slot.phase,
    priority: module.priority ?? priorityOf(site, insertion),
    selector: selector === undefined ? undefined : { matchLabels: selector },
    targetRefs,
    match: matchOf(insertion),
    notes: [
      ...slot.notes,
      ...companionNotes(site),
      ...renamedNotes(insertion),
      ...companionNote(module),
      ...checksumNotes(module),
    ],
  };
}

function samePlacement({ filter }: LuaSite, module: ModuleReference): Placement | { readonly cannot: string } {
  const unusable = unusableAttachment(filter);
  if (unusable !== undefined) return { cannot: unusable };
  return {
    phase: module.phase ?? (filter.phase as Phase | undefined),
    priority: module.priority ?? filter.priority,
    selector: filter.selector === undefined ? undefined : { matchLabels: filter.selector },
    targetRefs: filter.targetRefs,
    match: filter.listenerMatch as readonly unknown[] | undefined,
    notes: [...companionNote(module), ...checksumNotes(module)],
  };
}

/** What these resources have no field for. */
function obstacleOf(site: LuaSite, insertion: Insertion): string | undefined {
  const { filter } = site;
  const { context, conditions, operation, port } = insertion;
  if (operation === "REPLACE") return "The patch replaces another filter, which no phase can express.";
  if (filter.filterDisabled === true)
    return "The filter is disabled until a route enables it, which only an EnvoyFilter can express.";
  if (filter.routeOverrides !== undefined)
    return `A route switches the filter off (${filter.routeOverrides[0]!.path}), which only an EnvoyFilter can express.`;
  if (conditions.length > 0)
    return `The patch matches on ${conditions.join(", ")}, which only an EnvoyFilter can express.`;
  const everywhere = filter.selector === undefined && filter.targetRefs === undefined;
  if (everywhere && context === "GATEWAY") {
    return "The patch is for gateways only and selects no workload: mode CLIENT would take in the outbound traffic of all sidecars too. Add a selector for the gateway.";
  }
  if (everywhere && context === "SIDECAR_OUTBOUND") {
    return "The patch is for the outbound traffic of all sidecars: mode CLIENT would take in the gateways too. Add a selector.";
  }
  if (port !== undefined && isWaypoint(site, insertion)) {
    return "The patch matches on a port of a waypoint, where Istio does not look at the ports of this resource.";
  }
  return undefined;
}

interface Slot {
  readonly phase: Phase;
  readonly notes: readonly string[];
}

type Link = string | { readonly phase: Phase };

/** The HTTP filters of a sidecar or gateway and the phases between them, in order (buildHTTPConnectionManager in istiod, 1.31). */
const CHAIN: readonly Link[] = [
  "istio.metadata_exchange",
  "envoy.filters.http.ext_authz",
  { phase: "AUTHN" },
  "envoy.filters.http.jwt_authn",
  { phase: "AUTHZ" },
  "envoy.filters.http.rbac",
  { phase: "STATS" },
  { phase: "UNSPECIFIED" },
  "envoy.filters.http.grpc_web",
  "envoy.filters.http.grpc_stats",
  "istio.alpn",
  "envoy.filters.http.fault",
  "envoy.filters.http.cors",
  "istio.stats",
  "envoy.filters.http.router",
];

/** The same of a waypoint (buildWaypointHTTPFilters). */
const WAYPOINT_CHAIN: readonly Link[] = [
  "envoy.filters.http.ext_authz",
  { phase: "AUTHN" },
  "envoy.filters.http.jwt_authn",
  { phase: "AUTHZ" },
  "envoy.filters.http.rbac",
  "envoy.filters.http.grpc_web",
  "envoy.filters.http.grpc_stats",
  "envoy.filters.http.fault",
  "envoy.filters.http.cors",
  { phase: "STATS" },
  { phase: "UNSPECIFIED" },
  "waypoint_upstream_peer_metadata",
  "istio.stats",
  "envoy.filters.http.router",
];

/** Waypoints are named by targetRefs; older filters say SIDECAR_INBOUND for them, as gateways never do. */
function isWaypoint({ filter }: LuaSite, { context }: Insertion): boolean {
  return context === "WAYPOINT" || (filter.targetRefs !== undefined && context !== "GATEWAY");
}

/** The phase nearest to where the Lua stood, and the filters that change sides with it. */
function slotOf(site: LuaSite, insertion: Insertion): Slot | string {
  const { operation, nextTo } = insertion;
  const chain = isWaypoint(site, insertion) ? WAYPOINT_CHAIN : CHAIN;
  const neighbour = nextTo === undefined ? 0 : chain.indexOf(nextTo);
  if (neighbour === -1)
    return `The Lua stands next to ${nextTo}, which is none of Istio's own filters: no phase says where that is.`;
  if (nextTo === ROUTER && operation === "INSERT_AFTER")
    return "The Lua stands behind the router, where no filter runs.";
  const place = operation === "INSERT_AFTER" ? neighbour + 1 : neighbour;
  const candidates = chain.flatMap((link, index) =>
    typeof link === "string" ? [] : [{ ...link, index, passed: filtersBetween(chain, place, index) }],
  );
  // Of two phases equally near, the later one, unless the Lua stands right in front of it: then STATS, right behind authorization.
  const nearest = candidates.reduce((best, slot) =>
    slot.passed.length < best.passed.length || (slot.passed.length === best.passed.length && slot.index <= place)
      ? slot
      : best,
  );
  const { phase, index, passed } = nearest;
  const [then, now] = index < place ? ["before", "after"] : ["after", "before"];
  const note = `${listed(passed)} ran ${then} the Lua and ${passed.length === 1 ? "runs" : "run"} ${now} the plugin, where Istio has put them in the chain: no phase lies nearer.`;
  return { phase, notes: passed.length === 0 ? [] : [note] };
}

const ROUTER = "envoy.filters.http.router";

function filtersBetween(chain: readonly Link[], one: number, other: number): string[] {
  return chain.slice(Math.min(one, other), Math.max(one, other)).filter((link) => typeof link === "string");
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

const PATCHES_PER_RESOURCE = 100;

/**
 * Plugins of a phase run from the highest priority down, patches are applied from the lowest up. Always given: Istio puts a plugin
 * without one behind all that have one.
 */
function priorityOf({ filter }: LuaSite, { operation }: Insertion): number {
  const order = (filter.priority ?? 0) * PATCHES_PER_RESOURCE + (filter.luaPatchesBefore ?? 0);
  // Next to the same filter, a later patch stands behind the earlier ones with INSERT_BEFORE, in front of them otherwise.
  return operation === "INSERT_BEFORE" ? 0 - order : order;
}

const MODES: Readonly<Record<PatchContext, "CLIENT" | "SERVER" | undefined>> = {
  ANY: undefined,
  SIDECAR_INBOUND: "SERVER",
  SIDECAR_OUTBOUND: "CLIENT",
  // To Istio a gateway is a client.
  GATEWAY: "CLIENT",
  WAYPOINT: undefined,
};

function matchOf({ context, port }: Insertion): readonly unknown[] | undefined {
  const mode = MODES[context];
  if (mode === undefined && port === undefined) return undefined;
  return [{ ...(mode === undefined ? {} : { mode }), ...(port === undefined ? {} : { ports: [{ number: port }] }) }];
}

function companionNotes({ filter }: LuaSite): string[] {
  const count = filter.companionPatches?.length ?? 0;
  if (count === 0) return [];
  return [
    `The EnvoyFilter has ${count === 1 ? "another patch" : `${count} other patches`} without Lua: keep it in place with ${count === 1 ? "that patch" : "those"}.`,
  ];
}

/** For the README: what happened to old filter names. */
export function renamedNotes({ renamed }: Insertion): string[] {
  if (renamed.length === 0) return [];
  return [
    `The EnvoyFilter uses the old filter name${renamed.length === 1 ? "" : "s"} ${listed([...new Set(renamed)])}, which present versions of Istio match with nothing: there the Lua does not run at all.`,
  ];
}
