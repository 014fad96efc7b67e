import { PRESENT_NAMES, withPresentNames } from "../../analyzer/present-names.js";
import type { FilterContext, LuaSite } from "../../manifest/lua-site.js";

/** Where an EnvoyFilter puts the Lua filter, read from its patch (`configPatches[]` or the old `filters[]`). */
export interface Insertion {
  readonly context: PatchContext;
  readonly operation: "INSERT_FIRST" | "INSERT_BEFORE" | "INSERT_AFTER" | "REPLACE";
  /** The operation as the patch spells it, where that is another: `INSERT_BEFORE` next to nothing is `INSERT_FIRST`. */
  readonly spelled?: "INSERT_BEFORE";
  /** The HTTP filter that it is inserted next to, under its present name. */
  readonly nextTo?: string;
  readonly port?: number;
  /** Further conditions of the match, by path: only an EnvoyFilter can say these. */
  readonly conditions: readonly string[];
  /** The patch's `match` with present filter names, for an EnvoyFilter. */
  readonly match?: Readonly<Record<string, unknown>>;
  /** Old filter names that were replaced. */
  readonly renamed: readonly string[];
}

export type PatchContext = "ANY" | "SIDECAR_INBOUND" | "SIDECAR_OUTBOUND" | "GATEWAY" | "WAYPOINT";

/** The insertion, or why no Istio resource can stand in for the Lua. */
export function insertionOf(site: LuaSite): Insertion | { readonly cannot: string } {
  const { filter, source } = site;
  const unusable = unusableAttachment(filter);
  if (unusable !== undefined) return { cannot: unusable };
  if (source.kind !== "EnvoyFilter") {
    return {
      cannot: `The Lua stands in ${aKind(source.kind)}, which does not say which workloads of a mesh it runs in.`,
    };
  }
  if (/(^|\.)filters\[\d+\]\.filter_?[cC]onfig/.test(source.path)) return oldInsertion(filter, source.path);
  if (filter.applyTo !== "HTTP_FILTER" || filter.filterPath?.endsWith(".patch.value") !== true) {
    return {
      cannot: `The Lua stands inside a larger patch (applyTo ${filter.applyTo ?? "not given"}): change that patch by hand.`,
    };
  }
  return patchInsertion(filter);
}

function aKind(kind: LuaSite["source"]["kind"]): string {
  switch (kind) {
    case "LuaFile":
      return "a file of its own";
    case "EnvoyBootstrap":
      return "an Envoy configuration";
    case "EmbeddedScript":
      return "a resource that is not Istio's";
    case "ConfigMap":
      return "a ConfigMap";
    case "AmbassadorModule":
      return "an Ambassador Module";
    case "EnvoyExtensionPolicy":
      return "an EnvoyExtensionPolicy of Envoy Gateway";
    default:
      return `a ${kind}`;
  }
}

const NO_CODE_PER_ROUTE =
  "a Wasm filter has no code per route. Way out, by hand, in http-filters.yaml: a Wasm filter for each script, `disabled: true`, that the routes switch on in `typed_per_filter_config` " +
  "(envoy.config.route.v3.FilterConfig with an empty config); the route is looked at once, when the request arrives.";

/**
 * What routes have to do with a script: `chosen` runs only where a route or virtual host chooses it, `default` where none chooses another.
 * Undefined for a script that runs on all routes.
 */
export function routeRole({
  attachment,
  siblingSources,
  routeOverrides,
}: FilterContext): "chosen" | "default" | undefined {
  if (attachment === "perRoute" || attachment === "sourceCodes") return "chosen";
  const isOneOfSeveral = siblingSources !== undefined || routeOverrides?.some(({ name }) => name !== undefined);
  return isOneOfSeveral ? "default" : undefined;
}

/** Scripts that run only where a route names them, and filters whose routes choose among scripts. */
export function unusableAttachment({ attachment, siblingSources, routeOverrides }: FilterContext): string | undefined {
  if (attachment === "perRoute" || attachment === "sourceCodes") {
    return `The script runs only on routes that name it (LuaPerRoute); ${NO_CODE_PER_ROUTE}`;
  }
  if (siblingSources !== undefined) {
    return `Routes may choose another script of the same filter (${siblingSources.join(", ")}); ${NO_CODE_PER_ROUTE}`;
  }
  const chosen = routeOverrides?.find(({ name }) => name !== undefined);
  if (chosen !== undefined) return `A route chooses the script "${chosen.name}" (${chosen.path}); ${NO_CODE_PER_ROUTE}`;
  return undefined;
}

interface ListenerMatch {
  readonly portNumber?: number;
  readonly filterChain?: {
    readonly filter?: { readonly name?: string; readonly subFilter?: { readonly name?: string } };
  };
}

function patchInsertion(filter: FilterContext): Insertion | { readonly cannot: string } {
  const { operation = "not given" } = filter;
  if (operation === "ADD")
    return { cannot: "The patch says ADD, which puts the filter behind the router, where Envoy refuses it." };
  if (!isInsertion(operation))
    return { cannot: `The patch's operation is ${operation}: there is no one place where it inserts a filter.` };
  const renamed: string[] = [];
  const match = withPresentNames(filter.match, renamed) as Readonly<Record<string, unknown>> | undefined;
  const listener = (match?.listener ?? match?.waypoint) as
    | (ListenerMatch & { readonly filter?: FilterMatch })
    | undefined;
  if (listener?.portNumber !== undefined && !Number.isInteger(listener.portNumber)) {
    return { cannot: "The patch's portNumber is not a number; if a template fills it in, render it first." };
  }
  const subFilter = (listener?.filter ?? listener?.filterChain?.filter)?.subFilter?.name;
  // Without a filter to stand next to, Istio inserts at the head (INSERT_BEFORE) or behind the router (INSERT_AFTER).
  if (subFilter === undefined && (operation === "INSERT_AFTER" || operation === "REPLACE")) {
    return { cannot: `The patch says ${operation} without a subFilter, which leaves no working filter.` };
  }
  return {
    context: (filter.patchContext ?? "ANY") as PatchContext,
    operation: subFilter === undefined ? "INSERT_FIRST" : operation,
    ...(subFilter === undefined && operation === "INSERT_BEFORE" ? { spelled: operation } : {}),
    ...(subFilter === undefined ? {} : { nextTo: subFilter }),
    ...(listener?.portNumber === undefined ? {} : { port: listener.portNumber }),
    conditions: conditionsOf(match),
    ...(match === undefined ? {} : { match }),
    renamed,
  };
}

type FilterMatch = NonNullable<NonNullable<ListenerMatch["filterChain"]>["filter"]>;

function isInsertion(operation: string): operation is Insertion["operation"] {
  return ["INSERT_FIRST", "INSERT_BEFORE", "INSERT_AFTER", "REPLACE"].includes(operation);
}

const EXPRESSIBLE = new Set([
  "context",
  "listener.portNumber",
  "listener.filterChain.filter.name",
  "listener.filterChain.filter.subFilter.name",
  "waypoint.portNumber",
  "waypoint.filter.name",
  "waypoint.filter.subFilter.name",
]);

function conditionsOf(match: unknown, path = ""): string[] {
  if (match === null || typeof match !== "object") return EXPRESSIBLE.has(path) || path === "" ? [] : [path];
  return Object.entries(match).flatMap(([key, value]) => conditionsOf(value, path === "" ? key : `${path}.${key}`));
}

interface OldListenerMatch {
  readonly portNumber?: number;
  readonly listenerType?: string;
  readonly listenerProtocol?: string;
}

function oldInsertion(filter: FilterContext, path: string): Insertion | { readonly cannot: string } {
  const { index, relativeTo } = (filter.insertPosition ?? {}) as {
    readonly index?: string;
    readonly relativeTo?: string;
  };
  const {
    portNumber,
    listenerType = "ANY",
    listenerProtocol,
    ...others
  } = (filter.listenerMatch ?? {}) as OldListenerMatch;
  const isSimple = Object.keys(others).length === 0 && [undefined, "ALL", "HTTP"].includes(listenerProtocol);
  const operation = OLD_POSITIONS[index ?? ""];
  if (operation === undefined || !isSimple || filter.applyTo !== "HTTP_FILTER") {
    return {
      cannot: `The Lua stands in the old form of EnvoyFilter (${path}), whose place in the chain cannot be told: write it as configPatches first.`,
    };
  }
  const nextTo = operation === "INSERT_FIRST" ? undefined : (PRESENT_NAMES[relativeTo ?? ""] ?? relativeTo);
  const subFilter = nextTo === undefined ? {} : { subFilter: { name: nextTo } };
  const hcm = { filterChain: { filter: { name: "envoy.filters.network.http_connection_manager", ...subFilter } } };
  const port = portNumber === undefined ? {} : { portNumber };
  return {
    context: listenerType as PatchContext,
    operation,
    ...(nextTo === undefined ? {} : { nextTo }),
    ...(portNumber === undefined ? {} : { port: portNumber }),
    conditions: [],
    match: { context: listenerType, listener: { ...port, ...hcm } },
    renamed: [],
  };
}

const OLD_POSITIONS: Readonly<Record<string, Insertion["operation"]>> = {
  FIRST: "INSERT_FIRST",
  BEFORE: "INSERT_BEFORE",
  AFTER: "INSERT_AFTER",
};
