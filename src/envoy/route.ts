import { exact, methodsOf } from "./method.js";

export const routeMethods = methodsOf("Route", [
  {
    name: "metadata",
    results: [{ type: "Metadata" }],
    since: "1.36",
    fidelity: exact,
    hostCalls: ["proxy_get_property", "property:xds.route_metadata"],
    cost: "hostBuffer",
  },
]);
