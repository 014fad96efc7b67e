/** Envoy's old filter names; Istio compares names letter by letter, so that a patch with one of these applies to nothing. */
export const PRESENT_NAMES: Readonly<Record<string, string>> = {
  "envoy.http_connection_manager": "envoy.filters.network.http_connection_manager",
  "envoy.router": "envoy.filters.http.router",
  "envoy.cors": "envoy.filters.http.cors",
  "envoy.fault": "envoy.filters.http.fault",
  "envoy.ext_authz": "envoy.filters.http.ext_authz",
  "envoy.csrf": "envoy.filters.http.csrf",
  "envoy.gzip": "envoy.filters.http.gzip",
  "envoy.health_check": "envoy.filters.http.health_check",
  "envoy.rate_limit": "envoy.filters.http.ratelimit",
  "envoy.grpc_web": "envoy.filters.http.grpc_web",
  "envoy.lua": "envoy.filters.http.lua",
};

/** Names in a patch's `match` that present versions of Istio match with nothing. */
export function oldNamesIn(match: unknown): readonly string[] {
  const renamed: string[] = [];
  withPresentNames(match, renamed);
  return [...new Set(renamed)];
}

/** The same `match` with the names that proxies have today; the old ones are added to `renamed`. */
export function withPresentNames(value: unknown, renamed: string[] = []): unknown {
  if (Array.isArray(value)) return value.map((item) => withPresentNames(item, renamed));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const present = key === "name" && typeof inner === "string" ? PRESENT_NAMES[inner] : undefined;
      if (present === undefined) return [key, withPresentNames(inner, renamed)];
      renamed.push(inner as string);
      return [key, present];
    }),
  );
}
