import { approximate, exact, methodsOf } from "./method.js";

const OWN_WRITES_STAY = approximate(
  "no host call writes dynamic metadata: what the script sets is seen by the script itself, for the rest of the stream, and by nothing else in Envoy",
  "where namespace and key are constant, a header_to_metadata filter behind this one hands them on; consumers can also read the filter state `wasm.<name>`",
);

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
    fidelity: OWN_WRITES_STAY,
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
