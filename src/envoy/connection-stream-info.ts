import { impossible, methodsOf } from "./method.js";

const CONNECTION_LEVEL = impossible(
  "an HTTP Wasm filter sees the stream's metadata only, never the connection's",
  "copy what is needed into filter state with a network filter and read it with filterState():get()",
);

/** Information of the connection, not of the stream. */
export const connectionStreamInfoMethods = methodsOf("ConnectionStreamInfo", [
  {
    name: "dynamicMetadata",
    results: [{ type: "ConnectionDynamicMetadata" }],
    since: "1.30",
    fidelity: CONNECTION_LEVEL,
  },
  {
    name: "dynamicTypedMetadata",
    parameters: [{ name: "filter", type: "string", cString: true }],
    results: [{ type: "table", absent: 1 }],
    since: "1.35",
    fidelity: CONNECTION_LEVEL,
  },
]);

export const connectionDynamicMetadataMethods = methodsOf("ConnectionDynamicMetadata", [
  {
    name: "get",
    parameters: [{ name: "filter", type: "string", cString: true }],
    results: [{ type: "table", absent: 0 }],
    since: "1.30",
    fidelity: CONNECTION_LEVEL,
  },
  { name: "__pairs", results: [{ type: "iterator" }], since: "1.30", fidelity: CONNECTION_LEVEL },
]);
