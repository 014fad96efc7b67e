import type { LuaSite } from "../../manifest/lua-site.js";
import type { Direction } from "../tracking/value.js";
import { constantText, type HeaderWrite } from "./behaviour.js";
import { butForLogs, type Match, type NativeRule } from "./native-rule.js";
import { httpFilter, metadata, printResource, virtualService } from "./print-resource.js";

type Writes = Readonly<Record<Direction, readonly HeaderWrite[]>>;

/** Headers with constant values are added, set or removed on every message, and that is all. */
export const constantHeaders: NativeRule = ({ behaviour, site }) => {
  if (!behaviour) return undefined;
  const cases = [...(behaviour.request ?? []), ...(behaviour.response ?? [])];
  if ((behaviour.request?.length ?? 0) > 1 || (behaviour.response?.length ?? 0) > 1) return undefined;
  if (cases.some(({ answer }) => answer)) return undefined;
  const writes = { request: behaviour.request?.[0]?.writes ?? [], response: behaviour.response?.[0]?.writes ?? [] };
  const all = [...writes.request, ...writes.response];
  const [first] = all;
  if (!first || all.some(({ header, value }) => header.startsWith(":") || constantText(value) === undefined))
    return undefined;
  const feature = featureFor(site, writes);
  if (!feature) return undefined;
  const count = all.length === 1 ? "one header operation" : `${all.length} header operations`;
  const because = `${butForLogs(behaviour)}all it does is ${count} with constant values, on every message`;
  return { ...feature, because, range: first.range };
};

function featureFor(site: LuaSite, writes: Writes): Pick<Match, "feature" | "resource"> | undefined {
  if (isOrderFree(writes.request) && isOrderFree(writes.response)) {
    if (site.source.kind === "AmbassadorModule")
      return { feature: "header operations of a Mapping", resource: mapping(site, writes) };
    if (isOfEnvoyGateway(site)) return { feature: "HTTPRoute header modifiers", resource: httpRoute(site, writes) };
    const { patchContext } = site.filter;
    if (patchContext === "GATEWAY" || patchContext === "SIDECAR_OUTBOUND") {
      const headers = Object.fromEntries(sides(writes).map(([direction, own]) => [direction, operations(own)]));
      const comments = ["The headers change at the end of the filter chain, once the route is chosen."];
      return {
        feature: "VirtualService header operations",
        resource: virtualService(site, { headers }, { routes: true, comments }),
      };
    }
  }
  if (site.source.kind === "AmbassadorModule") return undefined;
  return { feature: "Envoy's header_mutation filter", resource: headerMutation(site, writes) };
}

/** In the policy itself, or in a ConfigMap to which a policy points. */
function isOfEnvoyGateway({ source, filter }: LuaSite): boolean {
  return source.kind === "EnvoyExtensionPolicy" || (source.kind === "ConfigMap" && filter.targetRefs !== undefined);
}

/** Removed, set and added by kind, not in the script's order: the same while no header is written twice. */
function isOrderFree(writes: readonly HeaderWrite[]): boolean {
  return new Set(writes.map(({ header }) => header)).size === writes.length;
}

function sides(writes: Writes): readonly (readonly [Direction, readonly HeaderWrite[]])[] {
  const both = (["request", "response"] as const).map((direction) => [direction, writes[direction]] as const);
  return both.filter(([, own]) => own.length > 0);
}

function constantValue({ value }: HeaderWrite): string {
  return constantText(value) ?? "";
}

function operations(writes: readonly HeaderWrite[]): object {
  const map = (operation: string) => writes.filter((write) => write.operation === operation);
  const [add, set, remove] = [map("add"), map("replace"), map("remove")];
  const values = (own: readonly HeaderWrite[]) =>
    Object.fromEntries(own.map((write) => [write.header, constantValue(write)]));
  return {
    ...(add.length > 0 && { add: values(add) }),
    ...(set.length > 0 && { set: values(set) }),
    ...(remove.length > 0 && { remove: remove.map(({ header }) => header) }),
  };
}

function httpRoute(site: LuaSite, writes: Writes): string {
  const filters = sides(writes).map(([direction, own]) => {
    const { add, set, remove } = operations(own) as Record<string, Record<string, string> & readonly string[]>;
    const list = (values: Readonly<Record<string, string>>) =>
      Object.entries(values).map(([name, value]) => ({ name, value }));
    const modifier = { ...(add && { add: list(add) }), ...(set && { set: list(set) }), ...(remove && { remove }) };
    return direction === "request"
      ? { type: "RequestHeaderModifier", requestHeaderModifier: modifier }
      : { type: "ResponseHeaderModifier", responseHeaderModifier: modifier };
  });
  const resource = {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: metadata(site),
    spec: { parentRefs: [{ name: "GATEWAY" }], rules: [{ filters, backendRefs: [{ name: "SERVICE", port: 80 }] }] },
  };
  return printResource(resource, ["GATEWAY, SERVICE: as in the HTTPRoute that you have; add `filters` to its rules."]);
}

/** What Emissary-ingress has in place of HTTP filters of one's own. */
function mapping(site: LuaSite, writes: Writes): string {
  const fields = sides(writes).flatMap(([direction, own]) => {
    const given = own.filter(({ operation }) => operation !== "remove");
    const removed = own.filter(({ operation }) => operation === "remove").map(({ header }) => header);
    const values = given.map((write) => [
      write.header,
      { value: constantValue(write), append: write.operation === "add" },
    ]);
    return [
      ...(given.length > 0 ? [[`add_${direction}_headers`, Object.fromEntries(values)]] : []),
      ...(removed.length > 0 ? [[`remove_${direction}_headers`, removed]] : []),
    ];
  });
  const resource = {
    apiVersion: "getambassador.io/v3alpha1",
    kind: "Mapping",
    metadata: metadata(site),
    spec: { hostname: "HOST", prefix: "/PREFIX/", service: "SERVICE", ...Object.fromEntries(fields) },
  };
  return printResource(resource, [
    "HOST, PREFIX, SERVICE: as in the Mappings that you have; the headers belong into each of them.",
    "The headers change once the route is chosen.",
  ]);
}

function headerMutation(site: LuaSite, writes: Writes): string {
  const mutation = (write: HeaderWrite): object => {
    if (write.operation === "remove") return { remove: write.header };
    const append_action = write.operation === "add" ? "APPEND_IF_EXISTS_OR_ADD" : "OVERWRITE_IF_EXISTS_OR_ADD";
    return { append: { header: { key: write.header, value: constantValue(write) }, append_action } };
  };
  const mutations = Object.fromEntries(
    sides(writes).map(([direction, own]) => [`${direction}_mutations`, own.map(mutation)]),
  );
  const comments =
    writes.request.length > 0
      ? ["Unlike the Lua filter, it does not choose the route again after a header changed."]
      : [];
  const config = {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation",
    mutations,
  };
  return httpFilter(site, "envoy.filters.http.header_mutation", config, comments);
}
