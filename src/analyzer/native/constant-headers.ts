import type { LuaSite } from "../../manifest/lua-site.js";
import type { MethodCall } from "../tracking/facts.js";
import type { Direction } from "../tracking/value.js";
import {
  constantArgument,
  effects,
  headerWrites,
  isSelfContained,
  metadataOf,
  type NativeRule,
  quote,
  selectorOf,
} from "./native-rule.js";

/** Headers with constant values are added, set or removed on every message, and that is all. */
export const constantHeaders: NativeRule = (subject) => {
  const writes = headerWrites(subject);
  if (writes.length === 0 || !isSelfContained(subject)) return undefined;
  if (effects(subject).length > writes.length) return undefined;
  if (writes.some((call) => !isConstant(call) || isPseudo(call) || call.where.guarded || call.where.loops > 0))
    return undefined;
  const { site } = subject;
  const [first] = writes;
  const logs = subject.facts.methodCalls.some(({ name }) => name.startsWith("log"));
  const because = `${logs ? "but for its log lines " : ""}all it does is ${writes.length === 1 ? "one header operation" : `${writes.length} header operations`} with constant values, on every message`;
  return { ...featureFor(site, writes), because, ...(first && { range: first.node.range }) };
};

function isConstant(call: MethodCall): boolean {
  return constantArgument(call, 0) !== undefined && (call.name === "remove" || constantArgument(call, 1) !== undefined);
}

function isPseudo(call: MethodCall): boolean {
  return constantArgument(call, 0)?.startsWith(":") ?? true;
}

function featureFor(
  site: LuaSite,
  writes: readonly MethodCall[],
): { readonly feature: string; readonly resource: string } {
  if (site.source.kind === "EnvoyExtensionPolicy")
    return { feature: "HTTPRoute header modifiers", resource: httpRoute(site, writes) };
  const { patchContext } = site.filter;
  if (patchContext === "GATEWAY" || patchContext === "SIDECAR_OUTBOUND") {
    return { feature: "VirtualService header operations", resource: virtualService(site, writes) };
  }
  return { feature: "Envoy's header_mutation filter", resource: headerMutation(site, writes) };
}

const OPERATION: Readonly<Record<string, "add" | "set" | "remove">> = { add: "add", replace: "set", remove: "remove" };

function grouped(
  writes: readonly MethodCall[],
  direction: Direction,
  operation: "add" | "set" | "remove",
): readonly (readonly [string, string])[] {
  return writes
    .filter((call) => call.object.direction === direction && OPERATION[call.name] === operation)
    .map((call) => [constantArgument(call, 0) ?? "", constantArgument(call, 1) ?? ""] as const);
}

function virtualService(site: LuaSite, writes: readonly MethodCall[]): string {
  const lines = [
    "apiVersion: networking.istio.io/v1",
    "kind: VirtualService",
    metadataOf(site),
    "spec:",
    "  # hosts, gateways and routes as in your VirtualService",
    "  http:",
    "  - headers:",
  ];
  for (const direction of ["request", "response"] as const) {
    const own = writes.filter((call) => call.object.direction === direction);
    if (own.length === 0) continue;
    lines.push(`      ${direction}:`);
    for (const operation of ["add", "set"] as const) {
      const entries = grouped(writes, direction, operation);
      if (entries.length > 0)
        lines.push(`        ${operation}:`, ...entries.map(([name, value]) => `          ${name}: ${quote(value)}`));
    }
    const removed = grouped(writes, direction, "remove");
    if (removed.length > 0) lines.push("        remove:", ...removed.map(([name]) => `        - ${name}`));
  }
  return `${lines.join("\n")}\n`;
}

function httpRoute(site: LuaSite, writes: readonly MethodCall[]): string {
  const lines = [
    "apiVersion: gateway.networking.k8s.io/v1",
    "kind: HTTPRoute",
    metadataOf(site),
    "spec:",
    "  rules:",
    "  - filters:",
  ];
  for (const direction of ["request", "response"] as const) {
    if (!writes.some((call) => call.object.direction === direction)) continue;
    const kind = direction === "request" ? "RequestHeaderModifier" : "ResponseHeaderModifier";
    lines.push(`    - type: ${kind}`, `      ${kind[0]?.toLowerCase()}${kind.slice(1)}:`);
    for (const operation of ["add", "set"] as const) {
      const entries = grouped(writes, direction, operation);
      if (entries.length > 0)
        lines.push(
          `        ${operation}:`,
          ...entries.map(([name, value]) => `        - {name: ${name}, value: ${quote(value)}}`),
        );
    }
    const removed = grouped(writes, direction, "remove");
    if (removed.length > 0) lines.push(`        remove: [${removed.map(([name]) => name).join(", ")}]`);
  }
  return `${lines.join("\n")}\n`;
}

function headerMutation(site: LuaSite, writes: readonly MethodCall[]): string {
  const mutations = (direction: Direction): string[] =>
    writes
      .filter((call) => call.object.direction === direction)
      .flatMap((call) => {
        const name = constantArgument(call, 0) ?? "";
        if (call.name === "remove") return [`            - remove: ${name}`];
        const action = call.name === "add" ? "APPEND_IF_EXISTS_OR_ADD" : "OVERWRITE_IF_EXISTS_OR_ADD";
        return [
          `            - append: {header: {key: ${name}, value: ${quote(constantArgument(call, 1) ?? "")}}, append_action: ${action}}`,
        ];
      });
  const parts = (["request", "response"] as const).flatMap((direction) => {
    const own = mutations(direction);
    return own.length === 0 ? [] : [`            ${direction}_mutations:`, ...own];
  });
  return [
    "apiVersion: networking.istio.io/v1alpha3",
    "kind: EnvoyFilter",
    metadataOf(site),
    "spec:",
    `${selectorOf(site, "workloadSelector")}  configPatches:`,
    "  - applyTo: HTTP_FILTER",
    `    match: {context: ${site.filter.patchContext ?? "ANY"}, listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manager, subFilter: {name: envoy.filters.http.router}}}}}`,
    "    patch:",
    "      operation: INSERT_BEFORE",
    "      value:",
    "        name: envoy.filters.http.header_mutation",
    "        typed_config:",
    '          "@type": type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation',
    "          mutations:",
    ...parts,
    "",
  ].join("\n");
}
