/**
 * A place in a user's file where Lua is written: the value that flows from `src/manifest` into every other room.
 * Plain data, serialisable as JSON.
 */
export interface LuaSite {
  /** `<namespace>.<name>`, with `.2`, `.3`… for further scripts of the same resource; `default` where there is no namespace. Safe as a folder name. */
  readonly id: string;
  /** The script as Envoy would get it (block scalar folded, escapes resolved). */
  readonly text: string;
  readonly source: LuaSource;
  /** Maps a place in `text` to the user's file; see `locate` in `position-map.ts`. */
  readonly positions: PositionMap;
  readonly filter: FilterContext;
}

export interface LuaSource {
  readonly file: string;
  /** 0-based index of the YAML document in the file. */
  readonly document: number;
  readonly kind: SourceKind;
  /** The resource's own `kind` as written (`CiliumEnvoyConfig`, `ConfigMap`…), when it has one. */
  readonly resourceKind?: string;
  readonly apiVersion?: string;
  readonly namespace?: string;
  readonly name?: string;
  /** Path inside the document, e.g. `spec.configPatches[0].patch.value.typed_config.inlineCode`. */
  readonly path: string;
  /** Where the script's first character stands, 1-based. */
  readonly line: number;
  readonly column: number;
}

export type SourceKind =
  | "EnvoyFilter"
  | "TrafficExtension"
  | "EnvoyExtensionPolicy"
  | "ConfigMap"
  | "AmbassadorModule"
  /** Envoy's own configuration, whole or a part of it, in whatever resource it stands. */
  | "EnvoyBootstrap"
  | "LuaFile"
  /** A string that is an Envoy script, in a resource that moonshift does not know (Helm values, Consul, Pulumi…). */
  | "EmbeddedScript";

/** Where the filter stands in Envoy: what decides which Wasm resource can carry it. */
export interface FilterContext {
  /**
   * How the script is attached: `inlineCode` / `defaultSourceCode` run always, `sourceCodes` / `perRoute` only where a route names them;
   * `file` is a script of which nothing says how it is attached.
   */
  readonly attachment: "inlineCode" | "defaultSourceCode" | "sourceCodes" | "perRoute" | "file";
  /** Key in `source_codes`, when `attachment` is `sourceCodes`. */
  readonly sourceName?: string;
  /** Name of the HTTP filter in the chain; its metadata is found under this name. */
  readonly filterName?: string;
  /** `disabled: true` on the HTTP filter: it runs only on routes that switch it on. */
  readonly filterDisabled?: boolean;
  /** The `http_filters` list that the filter stands in, by name, and its place there. */
  readonly chain?: { readonly filters: readonly string[]; readonly index: number };
  /** Type URL as written, when there is one (tells v2 from v3). */
  readonly typeUrl?: string;
  readonly statPrefix?: string;
  readonly clearRouteCache?: boolean;
  /** What the script gets from `handle:filterContext()`, plain data. */
  readonly filterContext?: unknown;
  /** Routes in the same document that switch this filter off or choose another of its scripts. */
  readonly routeOverrides?: readonly RouteOverride[];
  /** EnvoyFilter: `GATEWAY`, `SIDECAR_INBOUND`, `SIDECAR_OUTBOUND` or `ANY`. */
  readonly patchContext?: string;
  readonly applyTo?: string;
  readonly operation?: string;
  readonly filterClass?: string;
  /** The patch's whole `match` block as written, plain data (`proxy`, `routeConfiguration`…). */
  readonly match?: unknown;
  /** The listener match of the patch as written (port, filter chain, filter, subFilter), plain data. */
  readonly listenerMatch?: unknown;
  /** Path, inside the document, of the object that has the filter's name and configuration (or of the route's `typed_per_filter_config` entry). */
  readonly filterPath?: string;
  /** The old `filters[]` form: `insertPosition` as written. */
  readonly insertPosition?: unknown;
  /** `spec.workloadSelector` / `spec.selector` labels. */
  readonly selector?: Readonly<Record<string, string>>;
  readonly targetRefs?: readonly unknown[];
  /** The workloads among the inputs whose pods the selector hits; absent where there are none. */
  readonly workloads?: readonly Workload[];
  /** `phase` of a TrafficExtension; `priority` of a TrafficExtension or an EnvoyFilter; as written. */
  readonly phase?: string;
  readonly priority?: number;
  /** Index of the patch in `configPatches`, and the patches of the same resource that do not hold Lua (companion clusters…). */
  readonly patchIndex?: number;
  /** How many patches with Lua stand before this one in the same resource: they come earlier in the order of insertion. */
  readonly luaPatchesBefore?: number;
  readonly companionPatches?: readonly unknown[];
  /** Other source codes of the same filter by name (`LuaPerRoute` picks one of them). */
  readonly siblingSources?: readonly string[];
}

/** What runs pods, by its name. */
export interface Workload {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** A `LuaPerRoute` without code of its own. */
export interface RouteOverride {
  readonly path: string;
  readonly disabled?: boolean;
  /** Key in `source_codes`. */
  readonly name?: string;
}

/** Malformed input: `FILE:LINE:COL: what`, exit code 2. The other inputs are still processed. */
export interface Problem {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
}

/** Something to know that is nobody's mistake. */
export interface Note extends Problem {
  readonly code: NoteCode;
}

export type NoteCode =
  /** The document does not parse, or the script is not final, because a template was not rendered. */
  | "template"
  /** The script is in a place that is not among the inputs (a file on the proxy, an environment variable, a ConfigMap). */
  | "elsewhere"
  /** The file is a part of a manifest; what surrounds it is unknown. */
  | "excerpt"
  /** A Lua filter that holds no script. */
  | "empty"
  /** A Lua file that tests scripts and is none of Envoy's. */
  | "test"
  /** What of a live cluster could not be read. */
  | "cluster";

/**
 * Segments in ascending `offset`; each maps the run of `text` that starts at `offset` (UTF-16 units) to a place in the file
 * from which both advance together until the next segment.
 */
export interface PositionMap {
  readonly segments: readonly { readonly offset: number; readonly line: number; readonly column: number }[];
}

/** 1-based, as an editor counts (UTF-16 units). */
export interface Position {
  readonly line: number;
  readonly column: number;
}
