import type { LuaSite } from "../../manifest/lua-site.js";
import { alternatives, type Case, constantText, union } from "./behaviour.js";
import { butForLogs, doesNothing, type NativeRule, statusOf } from "./native-rule.js";
import { printResource, virtualService } from "./print-resource.js";

const FEATURE = "CORS policy of a VirtualService";
const PREFLIGHT = new Set([
  ":status",
  "content-length",
  "content-type",
  "vary",
  "access-control-allow-origin",
  "access-control-allow-methods",
  "access-control-allow-headers",
  "access-control-allow-credentials",
  "access-control-expose-headers",
  "access-control-max-age",
]);

/** Preflight requests are answered, and responses get `access-control-…` headers, all constant; and that is all. */
export const cors: NativeRule = ({ behaviour, site, facts }) => {
  const preflight = behaviour && preflightOf(behaviour.request ?? []);
  const response = behaviour?.response?.length === 1 ? behaviour.response[0] : undefined;
  const answer = preflight?.answer && constants([...preflight.answer.headers]);
  const onResponses = response && constants(response.writes.map(({ header, value }) => [header, value] as const));
  if (!behaviour || !preflight || !answer || !onResponses || response?.writes.some(isRemoval)) {
    const write = facts.methodCalls.find(
      ({ object, name, arguments: args }) =>
        object.name === "Headers" &&
        (name === "add" || name === "replace") &&
        /^access-control-allow-origin$/i.test(String(args[0]?.value.constant)),
    );
    return write && { may: FEATURE, because: "it sets `access-control-allow-origin`", range: write.node.range };
  }
  const origin = answer.get("access-control-allow-origin");
  if (origin === undefined || onResponses.get("access-control-allow-origin") !== origin) return undefined;
  const credentials = onResponses.get("access-control-allow-credentials");
  if (credentials !== answer.get("access-control-allow-credentials")) return undefined;
  // Browsers refuse this pair, but not what Envoy would make of it: the asking origin, with credentials.
  if (origin === "*" && credentials !== undefined) return undefined;
  const policy = policyOf(origin, answer, onResponses);
  return {
    feature: isRouted(site) ? FEATURE : "Envoy's CORS filter",
    because: `${butForLogs(behaviour)}all it does is answer preflight requests and allow ${origin === "*" ? "every origin" : `\`${origin}\``}`,
    resource: isRouted(site)
      ? virtualService(site, { corsPolicy: policy }, { routes: true, comments: DIFFERS })
      : route(policy),
    ...(preflight.answer && { range: preflight.answer.range }),
  };
};

const DIFFERS = [
  "Envoy names the origin that asks, and answers only what is a preflight (OPTIONS with `origin` and `access-control-request-method`).",
  "To a browser it is the same.",
];

/** VirtualServices apply where requests are routed, not where they come in. */
function isRouted({ source, filter }: LuaSite): boolean {
  return (
    source.kind === "EnvoyFilter" && (filter.patchContext === "GATEWAY" || filter.patchContext === "SIDECAR_OUTBOUND")
  );
}

function isRemoval({ operation }: { readonly operation: string }): boolean {
  return operation === "remove";
}

/** The case that answers OPTIONS, when the others change nothing. */
function preflightOf(cases: readonly Case[]): Case | undefined {
  const [preflight, ...more] = cases.filter(({ answer }) => answer);
  if (!preflight || more.length > 0 || !doesNothing(cases.filter((one) => one !== preflight))) return undefined;
  if (preflight.writes.length > 0 || !/^20[04]$/.test(statusOf(preflight) ?? "")) return undefined;
  const when = alternatives(preflight.path);
  const [literals, ...others] = when ? union([when]) : [];
  if (!literals || others.length > 0) return undefined;
  const names = literals.map(({ header, match, value, positive }) => `${positive}${header}${match}${value}`);
  const rest = new Set(["trueoriginpresent", "trueaccess-control-request-methodpresent"]);
  const isOptions = names.includes("true:methodexactOPTIONS");
  return isOptions && names.every((name) => name === "true:methodexactOPTIONS" || rest.has(name))
    ? preflight
    : undefined;
}

/** Undefined when a header is not one of CORS, or not constant, or given twice. */
function constants(
  headers: readonly (readonly [string, Parameters<typeof constantText>[0]])[],
): ReadonlyMap<string, string> | undefined {
  const fixed = new Map<string, string>();
  for (const [name, text] of headers) {
    const value = constantText(text);
    if (!PREFLIGHT.has(name) || value === undefined || fixed.has(name)) return undefined;
    fixed.set(name, value);
  }
  return fixed;
}

type Headers = ReadonlyMap<string, string>;

/** In the words of Istio's `CorsPolicy`. */
function policyOf(origin: string, preflight: Headers, responses: Headers): Policy {
  const list = (headers: Headers, name: string): readonly string[] | undefined =>
    headers.get(`access-control-${name}`)?.split(/\s*,\s*/);
  const [allowMethods, allowHeaders] = [list(preflight, "allow-methods"), list(preflight, "allow-headers")];
  const exposeHeaders = list(responses, "expose-headers");
  const maxAge = preflight.get("access-control-max-age");
  return {
    allowOrigins: [{ exact: origin }],
    ...(allowMethods && { allowMethods }),
    ...(allowHeaders && { allowHeaders }),
    ...(exposeHeaders && { exposeHeaders }),
    ...(maxAge !== undefined && { maxAge: `${maxAge}s` }),
    ...(responses.get("access-control-allow-credentials") === "true" && { allowCredentials: true }),
  };
}

interface Policy {
  readonly allowOrigins: readonly { readonly exact: string }[];
  readonly allowMethods?: readonly string[];
  readonly allowHeaders?: readonly string[];
  readonly exposeHeaders?: readonly string[];
  readonly maxAge?: string;
  readonly allowCredentials?: boolean;
}

function route({ allowOrigins, allowMethods, allowHeaders, exposeHeaders, maxAge, allowCredentials }: Policy): string {
  const policy = {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy",
    allow_origin_string_match: allowOrigins,
    ...(allowMethods && { allow_methods: allowMethods.join(",") }),
    ...(allowHeaders && { allow_headers: allowHeaders.join(",") }),
    ...(exposeHeaders && { expose_headers: exposeHeaders.join(",") }),
    ...(maxAge !== undefined && { max_age: maxAge.slice(0, -1) }),
    ...(allowCredentials && { allow_credentials: true }),
  };
  return printResource({ typed_per_filter_config: { "envoy.filters.http.cors": policy } }, [
    "On the route or the virtual host; the filter `envoy.filters.http.cors` stands in the chain (Istio puts it there).",
    ...DIFFERS,
  ]);
}
