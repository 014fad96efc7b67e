import { exact, methodsOf } from "./method.js";

/** What `metadata()` of the handle, the route or the virtual host and `filterContext()` give. */
export const metadataMethods = methodsOf("Metadata", [
  {
    name: "get",
    parameters: [{ name: "key", type: "string", cString: true }],
    results: [{ type: "value", absent: 0 }],
    since: "1.6",
    fidelity: exact,
    hostCalls: ["proxy_get_property"],
    cost: "hostBuffer",
  },
  {
    name: "__pairs",
    results: [{ type: "iterator" }],
    since: "1.6",
    fidelity: exact,
    hostCalls: ["proxy_get_property"],
    cost: "hostBuffer",
    raises: true,
  },
]);
