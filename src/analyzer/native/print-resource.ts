import { stringify } from "yaml";
import type { LuaSite } from "../../manifest/lua-site.js";
import { withPresentNames } from "../present-names.js";

/** A resource as YAML, with what its reader has to know in comments above it. */
export function printResource(resource: object, comments: readonly string[] = []): string {
  const yaml = stringify(resource, { version: "1.1", lineWidth: 0, indentSeq: false, aliasDuplicateObjects: false });
  return `${comments.map((line) => `# ${line}\n`).join("")}${yaml}`;
}

export function metadata({ source }: LuaSite): { readonly name: string; readonly namespace: string } {
  return { name: `${source.name ?? "example"}-native`, namespace: source.namespace ?? "default" };
}

export function hasSelector({ filter }: LuaSite): boolean {
  return Object.keys(filter.selector ?? {}).length > 0;
}

/** `selector` as Istio's security and telemetry resources have it; nothing without labels. */
export function selector({ filter }: LuaSite): { readonly selector?: object } {
  const labels = filter.selector ?? {};
  return Object.keys(labels).length === 0 ? {} : { selector: { matchLabels: labels } };
}

/** An Envoy HTTP filter where the Lua filter stands: as an EnvoyFilter with the same match, or as an entry of `http_filters`. */
export function httpFilter(site: LuaSite, name: string, config: object, comments: readonly string[] = []): string {
  const { filter, source } = site;
  const value = { name, typed_config: config };
  const isExtension = source.kind === "TrafficExtension";
  const isInserted = filter.applyTo === "HTTP_FILTER" && filter.operation?.startsWith("INSERT");
  if (!isExtension && (source.kind !== "EnvoyFilter" || !isInserted)) {
    return printResource([value], ["An entry of `http_filters`, where the Lua filter stands.", ...comments]);
  }
  const labels = filter.selector ?? {};
  const resource = {
    apiVersion: "networking.istio.io/v1alpha3",
    kind: "EnvoyFilter",
    metadata: metadata(site),
    spec: {
      ...(Object.keys(labels).length > 0 && { workloadSelector: { labels } }),
      ...(filter.targetRefs && { targetRefs: filter.targetRefs }),
      ...(filter.priority !== undefined && { priority: filter.priority }),
      configPatches: [
        {
          applyTo: "HTTP_FILTER",
          ...(isExtension
            ? { match: BEFORE_ROUTER }
            : filter.match !== undefined && { match: withPresentNames(filter.match) }),
          patch: { operation: isExtension ? "INSERT_BEFORE" : filter.operation, value },
        },
      ],
    },
  };
  return printResource(resource, [...(isExtension ? [standsElsewhere(site)] : []), ...comments]);
}

const BEFORE_ROUTER = {
  listener: {
    filterChain: {
      filter: {
        name: "envoy.filters.network.http_connection_manager",
        subFilter: { name: "envoy.filters.http.router" },
      },
    },
  },
};

/** What of a TrafficExtension's place no EnvoyFilter says in the same words. */
function standsElsewhere({ filter }: LuaSite): string {
  const lost = [filter.phase && `\`phase: ${filter.phase}\``, filter.listenerMatch !== undefined && "`match`"].filter(
    Boolean,
  );
  const where =
    "A TrafficExtension carries Lua or Wasm only; this EnvoyFilter stands in front of the router, for inbound and outbound requests";
  return lost.length === 0
    ? `${where}.`
    : `${where}: what ${lost.join(" and ")} said has to be said by its own \`match\`.`;
}

/** A VirtualService with one rule; hosts, gateways and destinations are the user's own and marked. */
export function virtualService(
  site: LuaSite,
  { match, ...rule }: { readonly match?: readonly object[]; readonly [field: string]: unknown },
  { routes, comments = [] }: { readonly routes: boolean; readonly comments?: readonly string[] },
): string {
  const isGateway = site.filter.patchContext === "GATEWAY";
  const resource = {
    apiVersion: "networking.istio.io/v1",
    kind: "VirtualService",
    metadata: metadata(site),
    spec: {
      hosts: ["HOST"],
      ...(isGateway && { gateways: ["GATEWAY"] }),
      http: [
        { ...matchFrom(site, match), ...rule, ...(routes && { route: [{ destination: { host: "DESTINATION" } }] }) },
      ],
    },
  };
  const placeholders = ["HOST", ...(isGateway ? ["GATEWAY"] : []), ...(routes ? ["DESTINATION"] : [])].join(", ");
  return printResource(resource, [
    `${placeholders}: as in the VirtualService that you have; add \`http\` to it, one rule for each of its routes.`,
    ...comments,
  ]);
}

/** An outbound filter is for the requests of some workloads; a VirtualService without `sourceLabels` is for everybody's. */
function matchFrom({ filter, source }: LuaSite, match: readonly object[] | undefined): { readonly match?: object } {
  const labels = filter.selector ?? {};
  if (filter.patchContext !== "SIDECAR_OUTBOUND") return match ? { match } : {};
  const clients = {
    ...(Object.keys(labels).length > 0 && { sourceLabels: labels }),
    // In Istio's root namespace a filter is for all namespaces.
    ...(source.namespace !== undefined && source.namespace !== "istio-system" && { sourceNamespace: source.namespace }),
  };
  if (Object.keys(clients).length === 0) return match ? { match } : {};
  return { match: (match ?? [{}]).map((one) => ({ ...one, ...clients })) };
}
