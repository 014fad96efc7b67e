import { exact, methodsOf } from "./method.js";

/** The whole body, or one chunk of it. */
export const bufferMethods = methodsOf("Buffer", [
  {
    name: "length",
    results: [{ type: "number" }],
    since: "1.5",
    fidelity: exact,
    hostCalls: ["proxy_get_buffer_status"],
    cost: "hostCall",
  },
  {
    name: "getBytes",
    parameters: [
      { name: "index", type: "int" },
      { name: "length", type: "int" },
    ],
    results: [{ type: "string" }],
    since: "1.5",
    fidelity: exact,
    hostCalls: ["proxy_get_buffer_bytes"],
    cost: "hostBuffer",
    raises: true,
  },
  {
    name: "setBytes",
    parameters: [{ name: "bytes", type: "string" }],
    results: [{ type: "number" }],
    since: "1.16",
    fidelity: exact,
    exceptions: [
      {
        when: "contentLengthClearsRoute",
        verdict: "approximate",
        deviation: "setting content-length on a request clears the route cache, which Lua's setBytes does not",
      },
    ],
    hostCalls: ["proxy_set_buffer_bytes", "proxy_replace_header_map_value"],
    cost: "hostCall",
    checksItselfFirst: true,
  },
]);
