import { approximate, methodsOf } from "./method.js";

export const connectionMethods = methodsOf("Connection", [
  {
    name: "ssl",
    results: [{ type: "SslConnection", absent: 1 }],
    since: "1.8",
    fidelity: approximate(
      "Envoy's own warning that the method is deprecated is not logged",
      "use streamInfo():downstreamSslConnection()",
    ),
    hostCalls: ["proxy_get_property", "property:connection.tls_version"],
    cost: "hostBuffer",
  },
]);
