/** A kind of resource that is read from a cluster. */
export interface ReadKind {
  /** Empty for the core group. */
  readonly group: string;
  /** Read where the server does not say which one it prefers. */
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly clusterScoped?: boolean;
  /** Only its labels are of interest: they tell which workloads a selector hits. */
  readonly workload?: boolean;
}

/** Every kind that can hold Lua for an Envoy, and the workloads. */
export const KINDS: readonly ReadKind[] = [
  { group: "networking.istio.io", version: "v1alpha3", plural: "envoyfilters", kind: "EnvoyFilter" },
  { group: "extensions.istio.io", version: "v1alpha1", plural: "trafficextensions", kind: "TrafficExtension" },
  {
    group: "gateway.envoyproxy.io",
    version: "v1alpha1",
    plural: "envoyextensionpolicies",
    kind: "EnvoyExtensionPolicy",
  },
  { group: "gateway.envoyproxy.io", version: "v1alpha1", plural: "envoypatchpolicies", kind: "EnvoyPatchPolicy" },
  { group: "getambassador.io", version: "v2", plural: "modules", kind: "Module" },
  { group: "cilium.io", version: "v2", plural: "ciliumenvoyconfigs", kind: "CiliumEnvoyConfig" },
  {
    group: "cilium.io",
    version: "v2",
    plural: "ciliumclusterwideenvoyconfigs",
    kind: "CiliumClusterwideEnvoyConfig",
    clusterScoped: true,
  },
  { group: "", version: "v1", plural: "configmaps", kind: "ConfigMap" },
  // Emissary-ingress reads its configuration out of the annotations of services, too.
  { group: "", version: "v1", plural: "services", kind: "Service" },
  { group: "apps", version: "v1", plural: "deployments", kind: "Deployment", workload: true },
  { group: "apps", version: "v1", plural: "statefulsets", kind: "StatefulSet", workload: true },
  { group: "apps", version: "v1", plural: "daemonsets", kind: "DaemonSet", workload: true },
  { group: "", version: "v1", plural: "pods", kind: "Pod", workload: true },
];
