import { exact, methodsOf } from "./method.js";

export const virtualHostMethods = methodsOf("VirtualHost", [
  {
    name: "metadata",
    results: [{ type: "Metadata" }],
    since: "1.36",
    fidelity: exact,
    hostCalls: ["proxy_get_property", "property:xds.virtual_host_metadata"],
    minimumEnvoy: "1.33",
    cost: "hostBuffer",
  },
]);
