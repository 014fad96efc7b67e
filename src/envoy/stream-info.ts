import { approximate, exact, impossible, methodsOf, type Row } from "./method.js";

const property = (name: string, path: string, since: string): Row => ({
  name,
  results: [{ type: "string" }],
  since,
  fidelity: exact,
  hostCalls: ["proxy_get_property", `property:${path}`],
  cost: "hostBuffer",
});

export const streamInfoMethods = methodsOf("StreamInfo", [
  property("protocol", "request.protocol", "1.8"),
  property("routeName", "xds.route_name", "1.33"),
  {
    name: "virtualClusterName",
    results: [{ type: "string" }],
    since: "1.34",
    fidelity: impossible(
      "no property tells the virtual cluster",
      "match what the virtual cluster matches in the script, or keep this filter in Lua",
    ),
  },
  property("downstreamLocalAddress", "destination.address", "1.17"),
  {
    name: "downstreamDirectLocalAddress",
    results: [{ type: "string" }],
    since: "1.33",
    fidelity: impossible(
      "no property tells the connection's own local address",
      "use downstreamLocalAddress(), which is the same unless original_dst or the PROXY protocol changed it",
    ),
  },
  property("downstreamRemoteAddress", "source.address", "1.28"),
  {
    name: "downstreamDirectRemoteAddress",
    results: [{ type: "string" }],
    since: "1.17",
    fidelity: impossible(
      "no property tells the connection's own remote address",
      "use downstreamRemoteAddress(), which is the same unless x-forwarded-for or the PROXY protocol changed it",
    ),
  },
  property("requestedServerName", "connection.requested_server_name", "1.18"),
  {
    name: "dynamicMetadata",
    results: [{ type: "DynamicMetadata" }],
    since: "1.8",
    fidelity: exact,
  },
  {
    name: "dynamicTypedMetadata",
    parameters: [{ name: "filter", type: "string" }],
    results: [{ type: "table", absent: 1 }],
    since: "1.35",
    fidelity: approximate(
      "only messages of google.protobuf (Struct, Value, ListValue, the wrappers, Timestamp, Duration, Empty) are decoded; any other type gives nil, as an unknown one does in Lua",
      "have the other filter write a google.protobuf.Struct",
    ),
    hostCalls: ["proxy_get_property", "property:metadata"],
    cost: "hostBuffer",
  },
  { name: "filterState", results: [{ type: "FilterState" }], since: "1.36", fidelity: exact },
  {
    name: "downstreamSslConnection",
    results: [{ type: "SslConnection", absent: 1 }],
    since: "1.16",
    fidelity: exact,
    hostCalls: ["proxy_get_property", "property:connection.tls_version"],
    cost: "hostBuffer",
  },
  {
    name: "drainConnectionUponCompletion",
    since: "1.37",
    fidelity: impossible(
      "no host call drains a connection, and Envoy strips a connection header that a filter sets",
      "set max_requests_per_connection or max_connection_duration, or keep this filter in Lua",
    ),
  },
]);
