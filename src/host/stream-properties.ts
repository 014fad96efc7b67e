import type { HeaderMap } from "./header-map.js";
import { encodePairs } from "./pairs.js";
import { encodeMetadata } from "./protobuf-value.js";

/** What a stream's surroundings tell about it. */
export interface StreamFacts {
  /** `address:port`; Envoy takes the address from the end of x-forwarded-for where there is one. */
  readonly source?: string;
  readonly destination?: string;
  readonly protocol?: string;
  readonly routeName?: string;
  readonly routeMetadata?: Readonly<Record<string, unknown>>;
  readonly virtualHostMetadata?: Readonly<Record<string, unknown>>;
  /** Dynamic metadata as JSON values, by namespace. */
  readonly dynamicMetadata?: Readonly<Record<string, unknown>>;
  /** Further properties, e.g. `connection.tls_version`, in the bytes that Envoy would give. */
  readonly properties?: Readonly<Record<string, Uint8Array>>;
}

interface StreamMaps {
  readonly request: HeaderMap | undefined;
  readonly response: HeaderMap | undefined;
  readonly filterState: ReadonlyMap<string, Uint8Array>;
}

type Value = string | number | boolean | Uint8Array | HeaderMap | undefined;

/** A property of the stream in the bytes that Envoy hands over: strings as they are, integers in eight bytes, maps as pairs, messages serialised. */
export function streamProperty(path: readonly string[], facts: StreamFacts, maps: StreamMaps): Uint8Array | undefined {
  const further = facts.properties?.[path.join(".")];
  if (further !== undefined) return further;
  const [name = "", key, ...rest] = path;
  if (rest.length > 0 && !(name === "request" && key === "headers") && !(name === "response" && key === "headers"))
    return undefined;
  return serialise(find(name, key, rest[0], facts, maps));
}

function find(
  name: string,
  key: string | undefined,
  header: string | undefined,
  facts: StreamFacts,
  maps: StreamMaps,
): Value {
  switch (name) {
    case "request":
      return requestProperty(key, header, facts, maps.request);
    case "response":
      return responseProperty(key, header, maps.response);
    case "source":
      return addressProperty(key, facts.source);
    case "destination":
      return addressProperty(key, facts.destination);
    case "metadata":
      return key === undefined ? encodeMetadata(facts.dynamicMetadata ?? {}) : undefined;
    case "filter_state":
      return key === undefined ? undefined : maps.filterState.get(key);
    case "xds":
      return routeProperty(key, facts);
    case "connection":
      return { requested_server_name: "", mtls: false }[key ?? ""];
    default:
      return key === undefined ? maps.filterState.get(`wasm.${name}`) : undefined;
  }
}

function requestProperty(
  key: string | undefined,
  header: string | undefined,
  facts: StreamFacts,
  map: HeaderMap | undefined,
): Value {
  if (key === "protocol") return facts.protocol ?? "HTTP/1.1";
  if (map === undefined) return undefined;
  if (key === "headers") return header === undefined ? map : joined(map, header);
  const path = map.get(":path");
  const name = {
    path: ":path",
    host: ":authority",
    method: ":method",
    scheme: ":scheme",
    id: "x-request-id",
    referer: "referer",
    useragent: "user-agent",
  }[key ?? ""];
  if (key === "url_path") return path?.split("?")[0];
  if (key === "query") return path?.split("?").slice(1).join("?") ?? "";
  return name === undefined ? undefined : map.get(name);
}

function responseProperty(key: string | undefined, header: string | undefined, map: HeaderMap | undefined): Value {
  if (map === undefined) return undefined;
  if (key === "headers") return header === undefined ? map : joined(map, header);
  return key === "code" ? Number(map.get(":status")) : undefined;
}

function addressProperty(key: string | undefined, address: string | undefined): Value {
  if (key === "address") return address;
  return key === "port" && address !== undefined ? Number(address.slice(address.lastIndexOf(":") + 1)) : undefined;
}

function routeProperty(key: string | undefined, facts: StreamFacts): Value {
  if (key === "route_name") return facts.routeName;
  if (key === "route_metadata") return encodeMetadata(facts.routeMetadata ?? {});
  return key === "virtual_host_metadata" ? encodeMetadata(facts.virtualHostMetadata ?? {}) : undefined;
}

function joined(map: HeaderMap, name: string): string | undefined {
  const values = map.lines.filter(([key]) => key === map.canonical(name)).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(",");
}

function serialise(value: Value): Uint8Array | undefined {
  if (value === undefined || value instanceof Uint8Array) return value;
  if (typeof value === "string") return Buffer.from(value, "latin1");
  if (typeof value === "boolean") return Buffer.from([Number(value)]);
  if (typeof value === "object") return encodePairs(value.lines);
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(value));
  return bytes;
}
