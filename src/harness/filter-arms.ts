import { renderConfig } from "./render-config.js";

export const DEFAULT_FILTER_NAME = "envoy.filters.http.lua";

/** One listener: its HTTP filter is the script, the module, or (neither given) none. */
export interface FilterArm {
  /** Name of the listener and prefix of its statistics. */
  readonly name: string;
  /** Name of the HTTP filter in the chain: `metadata()` looks under it. Default `envoy.filters.http.lua`. */
  readonly filterName?: string;
  readonly lua?: { readonly text: string; readonly clearRouteCache?: boolean };
  readonly wasm?: WasmArm;
  /** `typed_per_filter_config` of the route, as written in Envoy's JSON. */
  readonly perRoute?: Readonly<Record<string, unknown>>;
  /** HTTP filters in front of the arm's own, as written in Envoy's JSON. */
  readonly filtersBefore?: readonly unknown[];
  /** The same behind it. */
  readonly filtersBehind?: readonly unknown[];
  /** `filter_metadata` of this arm's route, instead of the one for all arms; and of its virtual host. */
  readonly routeMetadata?: Readonly<Record<string, unknown>>;
  readonly virtualHostMetadata?: Readonly<Record<string, unknown>>;
  /** Default `all`. */
  readonly routeName?: string;
  /** `response_headers_to_add` of the arm's route: they come to local replies too. */
  readonly responseHeadersToAdd?: Readonly<Record<string, string>>;
}

interface WasmArm {
  readonly bytes: Uint8Array;
  readonly allowOnHeadersStopIteration: boolean;
  /** Default: empty, as Istio has it for a plugin without `pluginName`. */
  readonly rootId?: string;
  /** Filters with the same module and vm_id share a VM. Default: the arm's name. */
  readonly vmId?: string;
  /** Plugin configuration, handed to the module as it is. */
  readonly configuration?: string;
  /** What Envoy does when the VM has failed. Default `FAIL_CLOSED`, Envoy's own; only `FAIL_RELOAD` moves the counters `wasm.<arm>.vm_reload…`. */
  readonly failurePolicy?: "FAIL_CLOSED" | "FAIL_RELOAD";
}

export interface FilterCluster {
  readonly name: string;
  /** On 127.0.0.1. */
  readonly port: number;
  /** Talk HTTP/2 to it; default HTTP/1.1. */
  readonly http2?: boolean;
}

export interface FilterArmsOptions {
  /** Cluster that all arms route to; without one the route answers 200 itself. */
  readonly cluster?: string;
  readonly proxyProtocol?: boolean;
  readonly http1Trailers?: boolean;
  readonly accessLog?: boolean;
  /** `per_connection_buffer_limit_bytes`: how much of a body a filter may hold. Envoy's default is 1 MiB. */
  readonly bufferLimitBytes?: number;
  /** Envoy's default is true. */
  readonly generateRequestId?: boolean;
  /** Keep the router from adding `x-envoy-…` headers, of which one is a measured time. */
  readonly suppressEnvoyHeaders?: boolean;
  /** Request headers that become dynamic metadata before the arm's filter sees the request; see `encodeMetadataValue`. */
  readonly metadataHeaders?: readonly MetadataHeader[];
  /** Namespaces of dynamic metadata that an access log on standard error tells of every stream, as `{"moonshift_metadata":{NAMESPACE:…},"arm":…}`. */
  readonly loggedMetadata?: readonly string[];
  /** `filter_metadata` of the route: what `metadata()` reads, by filter name. */
  readonly routeMetadata?: Readonly<Record<string, unknown>>;
}

export interface MetadataHeader {
  readonly header: string;
  readonly namespace: string;
  readonly key: string;
}

/** Bootstrap and files for one Envoy with a listener per arm; hand both to `EnvoyLauncher.start`. */
export function renderFilterArms(
  arms: readonly FilterArm[],
  clusters: readonly FilterCluster[],
  options: FilterArmsOptions = {},
): { readonly bootstrap: string; readonly files: Readonly<Record<string, Uint8Array>> } {
  const files: Record<string, Uint8Array> = {};
  const filled = arms.map((arm, index) => {
    const file = `${index}.wasm`;
    if (arm.wasm !== undefined) files[file] = arm.wasm.bytes;
    return {
      name: arm.name,
      filterName: arm.filterName ?? DEFAULT_FILTER_NAME,
      perRoute: arm.perRoute ?? null,
      filtersBefore: arm.filtersBefore ?? [],
      filtersBehind: arm.filtersBehind ?? [],
      routeMetadata: arm.routeMetadata ?? options.routeMetadata ?? null,
      virtualHostMetadata: arm.virtualHostMetadata ?? null,
      routeName: arm.routeName ?? "all",
      responseHeadersToAdd: Object.entries(arm.responseHeadersToAdd ?? {}).map(([key, value]) => ({
        header: { key, value },
      })),
      lua: arm.lua === undefined ? null : { text: arm.lua.text, clearRouteCache: arm.lua.clearRouteCache ?? true },
      wasm:
        arm.wasm === undefined
          ? null
          : {
              file,
              allowOnHeadersStopIteration: arm.wasm.allowOnHeadersStopIteration,
              rootId: arm.wasm.rootId ?? "",
              vmId: arm.wasm.vmId ?? arm.name,
              configuration: arm.wasm.configuration ?? null,
              failurePolicy: arm.wasm.failurePolicy ?? "FAIL_CLOSED",
            },
    };
  });
  const bootstrap = renderConfig("filter-arms", {
    arms: filled,
    clusters: clusters.map((cluster) => ({ ...cluster, http2: cluster.http2 ?? false })),
    cluster: options.cluster ?? null,
    proxyProtocol: options.proxyProtocol ?? false,
    http1Trailers: options.http1Trailers ?? false,
    accessLog: options.accessLog ?? false,
    bufferLimitBytes: options.bufferLimitBytes ?? 1 << 20,
    generateRequestId: options.generateRequestId ?? true,
    suppressEnvoyHeaders: options.suppressEnvoyHeaders ?? false,
    loggedMetadata: options.loggedMetadata?.length
      ? Object.fromEntries(options.loggedMetadata.map((name) => [name, `%DYNAMIC_METADATA(${name})%`]))
      : null,
    metadataHeaders: options.metadataHeaders?.length ? options.metadataHeaders : null,
  });
  return { bootstrap, files };
}
