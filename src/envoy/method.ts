/**
 * The row type of the Envoy Lua API table. One row says everything the project knows of one method: the analyzer judges by it,
 * the compiler lowers by it, `docs/envoy-api.md` prints it.
 */
export interface Method {
  readonly object: ObjectName | "every object";
  /** As the script writes it; `__pairs` stands for `pairs(object)`. */
  readonly name: string;
  /** Without the object itself. */
  readonly parameters: readonly Parameter[];
  /** What a call gives, in order; empty when it gives no value at all. */
  readonly results: readonly Result[];
  /** What the call waits for when it suspends the script. It does not suspend when what it waits for is there already. */
  readonly yields: Wait;
  /** Where the call does something. Elsewhere it raises (`respond`) or is ignored (`clearRouteCache`), see `elsewhere`. */
  readonly direction: "both" | "request" | "response";
  readonly elsewhere?: "raises" | "ignored";
  /** First Envoy whose Lua filter has the method. */
  readonly since: string;
  readonly fidelity: Fidelity;
  /** Where an otherwise exact or approximate method is less than that. */
  readonly exceptions: readonly Exception[];
  /** Host calls, foreign functions (`foreign:name`) and properties (`property:a.b`) the guest needs for it. */
  readonly hostCalls: readonly string[];
  /** First Envoy in which the compiled form works as `fidelity` says. */
  readonly minimumEnvoy: string;
  readonly cost: CostClass;
  /**
   * Whether a call with arguments of the right static type can raise a Lua error in a script that never suspends, keeps no state and has no
   * header iteration going. (With one of those every method can: a dead object, a map being iterated.)
   */
  readonly raises: boolean;
  /** Whether a raise of the binding itself is checked before the arguments are, so that arguments have to be handed over unchecked. */
  readonly checksItselfFirst: boolean;
  /** `Class.method` in `src/runtime/envoy`; absent when `fidelity` is impossible. */
  readonly guest?: string;
}

export type ObjectName =
  | "Handle"
  | "Headers"
  | "Buffer"
  | "Metadata"
  | "StreamInfo"
  | "DynamicMetadata"
  | "ConnectionStreamInfo"
  | "ConnectionDynamicMetadata"
  | "FilterState"
  | "Connection"
  | "SslConnection"
  | "ParsedName"
  | "PublicKey"
  | "VirtualHost"
  | "Route"
  | "StatsScope"
  | "Counter"
  | "Gauge"
  | "Histogram";

export interface Parameter {
  readonly name: string;
  readonly type: ParameterType;
  /** `absent`: may be left out, but an explicit nil is an error; `nil`: both are fine. */
  readonly optional?: "absent" | "nil";
  /** The binding takes a C string: what follows the first NUL is lost. */
  readonly cString?: boolean;
}

/**
 * `string` takes numbers too (as `%.14g`), `number` and `int` take numeric strings (`int` is truncated); `value` is checked by the
 * guest method itself.
 */
export type ParameterType = "string" | "number" | "int" | "boolean" | "table" | "value" | "PublicKey";

export interface Result {
  readonly type: ResultType;
  /** Present when there may be nothing: how many values the call gives then, none at all or one nil. */
  readonly absent?: 0 | 1;
}

export type ResultType = "string" | "number" | "boolean" | "table" | "value" | "iterator" | ObjectName;

/** What a suspended call waits for: `forever` is `respond`, after which nothing of the function runs. */
export type Wait = "never" | "body" | "bodyChunk" | "trailers" | "httpCall" | "forever";

export type Fidelity =
  | { readonly verdict: "exact" }
  | { readonly verdict: "approximate"; readonly deviation: string; readonly wayOut?: string }
  | { readonly verdict: "impossible"; readonly reason: string; readonly wayOut: string };

export interface Exception {
  readonly when: Situation;
  readonly verdict: "approximate" | "impossible";
  readonly deviation: string;
  readonly wayOut?: string;
}

/** A situation the analyzer can recognise in the script or its filter configuration. */
export type Situation =
  /** Headers are read after `bodyChunks` or `trailers` let them go on. */
  | "headersContinued"
  /** `body(true)`: a body is asked for where the message may have none. */
  | "alwaysWrap"
  /** Likewise, in a script that writes into a body. */
  | "alwaysWrapWritten"
  /** The script wrote a request header or cleared the route cache before. */
  | "routeChanged"
  /** The Lua filter is configured with `clear_route_cache: false`. */
  | "keepsRouteCache"
  /** `setBytes` on a message without a body callback left, or on the request while the route matters. */
  | "contentLengthClearsRoute"
  /** The call is made after an `httpCall` returned. */
  | "afterHttpCall"
  /** `filterState():set` of a key that is certainly not its factory's name. */
  | "keyIsNotFactory";

/**
 * What a call costs in the module, roughly, by the price list of `docs/envoy-api.md`: `module` stays in the module; `headerMap` fetches the
 * whole map once and is almost free until the next write; `hostCall` is one call without a buffer; `hostBuffer` one that returns a buffer;
 * `wholeBody` two more callbacks and a buffer; `network` a side call.
 */
export type CostClass = "module" | "headerMap" | "hostCall" | "hostBuffer" | "wholeBody" | "network";

/** The oldest Envoy whose source was read for what the compiled module needs at all. */
export const OLDEST_ENVOY = "1.30";

/** The first Envoy with `allow_on_headers_stop_iteration`, without which headers cannot be held while the body is read. */
export const HOLDS_HEADERS = "1.35";

export const exact: Fidelity = { verdict: "exact" };

export function approximate(deviation: string, wayOut?: string): Fidelity {
  return wayOut === undefined ? { verdict: "approximate", deviation } : { verdict: "approximate", deviation, wayOut };
}

export function impossible(reason: string, wayOut: string): Fidelity {
  return { verdict: "impossible", reason, wayOut };
}

type Required = "name" | "since" | "fidelity";
/** A row as it is written down: what is left out is what most methods have. */
export type Row = Pick<Method, Required> & Partial<Omit<Method, Required | "object">>;

/** Completes the rows of one object. */
export function methodsOf(object: Method["object"], rows: readonly Row[]): readonly Method[] {
  return rows.map((row) => ({
    object,
    parameters: [],
    results: [],
    yields: "never",
    direction: "both",
    exceptions: [],
    hostCalls: [],
    minimumEnvoy: OLDEST_ENVOY,
    cost: "module",
    raises: false,
    checksItselfFirst: false,
    ...(row.fidelity.verdict === "impossible" || object === "every object"
      ? {}
      : { guest: `${object}.${guestName(row.name)}` }),
    ...row,
  }));
}

function guestName(name: string): string {
  return name === "__pairs" ? "pairs" : name;
}
