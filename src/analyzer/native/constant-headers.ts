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
  const count = all.length === 1 ? "one header operation" : `${all.length} header operations`;
  const because = `${butForLogs(behaviour)}all it does is ${count} with constant values, on every message`;
  return { ...featureFor(site, writes), because, range: first.range };
};

function featureFor(site: LuaSite, writes: Writes): Pick<Match, "feature" | "resource"> {
  if (isOrderFree(writes.request) && isOrderFree(writes.response)) {
    if (site.source.kind === "EnvoyExtensionPolicy")
      return { feature: "HTTPRoute header modifiers", resource: httpRoute(site, writes) };
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
  return { feature: "Envoy's header_mutation filter", resource: headerMutation(site, writes) };
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
