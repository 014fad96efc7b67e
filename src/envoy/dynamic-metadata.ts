import { approximate, exact, methodsOf } from "./method.js";

/** What becomes of a value that the script writes, as the verdict tells it. */
export const METADATA_FATES = {
  carried: {
    suffix: "",
    deviation:
      "no host call writes dynamic metadata: the value leaves in a private header, of which header_to_metadata filters beside this one make dynamic metadata " +
      "when the headers go on (filters behind, access log, load balancer: not earlier), which clears the route cache; a value of more than 6,144 bytes, or that is not UTF-8, stays behind",
    wayOut:
      "nothing to do with the EnvoyFilter, which has those filters; a WasmPlugin and a TrafficExtension cannot have them, and with those only the script itself sees what it writes",
  },
  late: {
    suffix: ".late",
    deviation:
      "written after the request's headers went on, so the value leaves with the response's: the access log sees it, the filters that the request still passes do not",
    wayOut: "write it before bodyChunks() or trailers() is waited for",
  },
  own: {
    suffix: ".own",
    deviation:
      "no host call writes dynamic metadata, and a companion filter takes constant names and values that are there before the headers go on: what is written here is seen by the script " +
      "itself, for the rest of the stream, and by nothing else in Envoy",
    wayOut: "write under a constant namespace and key, before bodyChunks() or trailers() is waited for",
  },
} as const;

export const dynamicMetadataMethods = methodsOf("DynamicMetadata", [
  {
    name: "get",
    parameters: [{ name: "filter", type: "string", cString: true }],
    results: [{ type: "table", absent: 0 }],
    since: "1.8",
    fidelity: exact,
    hostCalls: ["proxy_get_property", "property:metadata"],
    cost: "hostBuffer",
  },
  {
    name: "set",
    parameters: [
      { name: "filter", type: "string", cString: true },
      { name: "key", type: "string", cString: true },
      { name: "value", type: "value" },
    ],
    since: "1.8",
    fidelity: approximate(METADATA_FATES.carried.deviation, METADATA_FATES.carried.wayOut),
    cost: "module",
    raises: true,
    checksItselfFirst: true,
  },
  {
    name: "__pairs",
    results: [{ type: "iterator" }],
    since: "1.8",
    fidelity: exact,
    hostCalls: ["proxy_get_property", "property:metadata"],
    cost: "hostBuffer",
    raises: true,
  },
]);
