import { defineRule, yaml } from "../define-rule.js";

export const waypointUnsupported = defineRule({
  id: "waypoint-unsupported",
  level: "note",
  group: "attachment",
  summary:
    "In ambient mode an EnvoyFilter may not reach the traffic: ztunnel has no HTTP filters and waypoints take few",
  why: `In Istio's ambient mode HTTP is seen by waypoints only, and Istio's documentation does not support EnvoyFilters on them; recent versions take patches whose \`context\` is \`WAYPOINT\`, older ones none or some, without a word. A patch for \`SIDECAR_INBOUND\` that is
attached to a service or a waypoint may do nothing. WasmPlugin and (from Istio 1.30) TrafficExtension are supported on waypoints.`,
  wrong: yaml`
    apiVersion: networking.istio.io/v1alpha3
    kind: EnvoyFilter
    metadata:
      name: tag
      namespace: shop
    spec:
      targetRefs: # <- here
      - group: ""
        kind: Service
        name: cart
      configPatches:
      - applyTo: HTTP_FILTER
        match:
          context: SIDECAR_INBOUND
          listener:
            filterChain:
              filter:
                name: envoy.filters.network.http_connection_manager
                subFilter:
                  name: envoy.filters.http.router
        patch:
          operation: INSERT_BEFORE
          value:
            name: envoy.filters.http.lua
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
              default_source_code:
                inline_string: |
                  function envoy_on_request(handle)
                    handle:headers():replace("x-seen", handle:streamInfo():protocol())
                  end
  `,
  right: yaml`
    apiVersion: extensions.istio.io/v1alpha1
    kind: TrafficExtension
    metadata:
      name: tag
      namespace: shop
    spec:
      targetRefs:
      - group: ""
        kind: Service
        name: cart
      lua:
        inlineCode: |
          function envoy_on_request(handle)
            handle:headers():replace("x-seen", handle:streamInfo():protocol())
          end
  `,
  fix: "Attach a TrafficExtension or a WasmPlugin to the waypoint.",
  check: {
    site(context) {
      const { source, filter } = context.site;
      if (source.kind !== "EnvoyFilter" || filter.patchContext === "WAYPOINT") return;
      const target = (filter.targetRefs ?? []).find(isForWaypoint) as TargetRef | undefined;
      if (target === undefined) return;
      context.report({
        at: { path: "spec.targetRefs" },
        message: `the ${target.kind} \`${target.name}\` is reached through a waypoint, to which this patch may not apply`,
      });
    },
  },
});

interface TargetRef {
  readonly kind?: unknown;
  readonly name?: unknown;
}

/** Services and their like are only served by waypoints; a gateway is one when it is called so, as `istioctl waypoint` does. */
function isForWaypoint(target: unknown): boolean {
  const { kind, name } = (target ?? {}) as TargetRef;
  if (kind === "Service" || kind === "ServiceEntry") return true;
  return (kind === "Gateway" || kind === "GatewayClass") && typeof name === "string" && /waypoint/.test(name);
}
