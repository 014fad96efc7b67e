import type { LuaSite } from "../../manifest/lua-site.js";
import { type Alternatives, alternatives, type Literal, union } from "./behaviour.js";
import { butForLogs, doesNothing, type NativeRule, statusOf } from "./native-rule.js";
import { hasSelector, httpFilter, metadata, printResource, selector } from "./print-resource.js";

const HARMLESS = new Set([":status", "content-type"]);
const DIFFERS = [
  "The answer is 403 as before; its body is `RBAC: access denied`.",
  "A header that a request has twice is tested value by value; the script sees the values joined by a comma.",
];

/** Requests are answered 403 for what their headers, method or path say, and that is all. */
export const refusedRequests: NativeRule = ({ behaviour, site }) => {
  if (!behaviour?.request || !doesNothing(behaviour.response)) return undefined;
  const refused = behaviour.request.filter(({ answer }) => answer);
  const [first] = refused;
  if (!first || refused.length === behaviour.request.length) return undefined;
  if (behaviour.request.some(({ writes }) => writes.length > 0)) return undefined;
  if (refused.some((one) => statusOf(one) !== "403")) return undefined;
  if (refused.some(({ answer }) => [...(answer?.headers.keys() ?? [])].some((name) => !HARMLESS.has(name))))
    return undefined;
  const each = refused.map(({ path }) => alternatives(path));
  if (each.some((one) => one === undefined)) return undefined;
  const denied = union(each as Alternatives[]);
  const range = first.answer && { range: first.answer.range };
  const tests = [...new Set(denied.flat().map(({ header }) => `\`${header}\``))].join(", ");
  const because = `${butForLogs(behaviour)}all it does is answer 403 for what ${tests} say${tests.includes(",") ? "" : "s"}`;
  if (canBePolicy(site, denied))
    return { feature: "AuthorizationPolicy", resource: authorizationPolicy(site, denied), because, ...range };
  return { feature: "Envoy's RBAC filter", resource: rbac(site, denied), because, ...range };
};

/** An AuthorizationPolicy stands before inbound requests; `*` at either end of a value has a meaning there. */
function canBePolicy(site: LuaSite, denied: Alternatives): boolean {
  const { filter, source } = site;
  if (source.kind !== "EnvoyFilter" || !hasSelector(site) || hasListenerMatch(site)) return false;
  if (filter.patchContext !== "GATEWAY" && filter.patchContext !== "SIDECAR_INBOUND") return false;
  return denied.flat().every(({ match, value }) => match !== "contains" && !value.includes("*"));
}

/** The filter stands on some listeners only. */
function hasListenerMatch({ filter }: LuaSite): boolean {
  const { listenerMatch } = filter;
  const only = typeof listenerMatch === "object" && listenerMatch !== null ? listenerMatch : {};
  const { filterChain, ...others } = only as { readonly filterChain?: object };
  return Object.keys(others).length > 0 || Object.keys(filterChain ?? {}).some((key) => key !== "filter");
}

function authorizationPolicy(site: LuaSite, denied: Alternatives): string {
  const resource = {
    apiVersion: "security.istio.io/v1",
    kind: "AuthorizationPolicy",
    metadata: metadata(site),
    spec: { ...selector(site), action: "DENY", rules: grouped(denied).map(rule) },
  };
  return printResource(resource, DIFFERS);
}

interface Group {
  readonly literal: Literal;
  readonly values: readonly string[];
}

/** Alternatives that are one positive test of the same header become one with several values. */
function grouped(denied: Alternatives): readonly (readonly Group[])[] {
  const groups: Group[][] = [];
  for (const literals of denied) {
    const [only] = literals;
    const same = groups.find(
      ([group, ...others]) =>
        literals.length === 1 &&
        only?.positive &&
        others.length === 0 &&
        group?.literal.positive &&
        group.literal.header === only.header,
    );
    if (same?.[0] && only) same[0] = { literal: same[0].literal, values: [...same[0].values, pattern(only)] };
    else groups.push(literals.map((literal) => ({ literal, values: [pattern(literal)] })));
  }
  return groups;
}

function pattern({ match, value }: Literal): string {
  return match === "exact" ? value : `${value}*`;
}

function rule(groups: readonly Group[]): object {
  const isMethod = ({ literal }: Group): boolean => literal.header === ":method" && literal.match === "exact";
  const operation = groups.filter(isMethod).map(({ literal, values }) => ({
    [literal.positive ? "methods" : "notMethods"]: values,
  }));
  const when = groups
    .filter((group) => !isMethod(group))
    .map(({ literal, values }) => ({
      key: `request.headers[${literal.header}]`,
      [literal.positive ? "values" : "notValues"]: values,
    }));
  return {
    ...(operation.length > 0 && { to: [{ operation: Object.assign({}, ...merged(operation)) }] }),
    ...(when.length > 0 && { when }),
  };
}

/** `notMethods` of several tests exclude all of them. */
function merged(operations: readonly Readonly<Record<string, readonly string[]>>[]): readonly object[] {
  const excluded = operations.flatMap(({ notMethods = [] }) => notMethods);
  return [...operations.filter(({ methods }) => methods), ...(excluded.length > 0 ? [{ notMethods: excluded }] : [])];
}

function rbac(site: LuaSite, denied: Alternatives): string {
  const config = {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC",
    rules: {
      action: "DENY",
      policies: {
        refused: {
          permissions: denied.map((literals) => {
            const [only] = literals;
            const rules = literals.map(permission);
            return literals.length === 1 && only ? permission(only) : { and_rules: { rules } };
          }),
          principals: [{ any: true }],
        },
      },
    },
  };
  return httpFilter(site, "envoy.filters.http.rbac", config, DIFFERS);
}

function permission({ header, match, value, positive }: Literal): object {
  const test = match === "present" ? { present_match: true } : { string_match: { [match]: value } };
  const matcher = { header: { name: header, ...test } };
  return positive ? matcher : { not_rule: matcher };
}
