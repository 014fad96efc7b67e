import { type Exception, exact, impossible, methodsOf } from "./method.js";

const MAP = ["proxy_get_header_map_pairs"];

const KEEPS_ROUTE_CACHE: Exception = {
  when: "keepsRouteCache",
  verdict: "approximate",
  deviation:
    "every write of a request header clears the route cache, as Lua does by default; `clear_route_cache: false` cannot be kept",
};

/** Header and trailer maps. */
export const headersMethods = methodsOf("Headers", [
  {
    name: "add",
    parameters: [
      { name: "key", type: "string", cString: true },
      { name: "value", type: "string", cString: true },
    ],
    since: "1.5",
    fidelity: exact,
    exceptions: [KEEPS_ROUTE_CACHE],
    hostCalls: ["proxy_add_header_map_value"],
    cost: "hostCall",
    checksItselfFirst: true,
  },
  {
    name: "get",
    parameters: [{ name: "key", type: "string" }],
    results: [{ type: "string", absent: 0 }],
    since: "1.5",
    fidelity: exact,
    hostCalls: [...MAP, "proxy_get_header_map_value"],
    cost: "headerMap",
  },
  {
    name: "getAtIndex",
    parameters: [
      { name: "key", type: "string", cString: true },
      { name: "index", type: "int" },
    ],
    results: [{ type: "string", absent: 0 }],
    since: "1.20",
    fidelity: exact,
    hostCalls: MAP,
    cost: "headerMap",
  },
  {
    name: "getNumValues",
    parameters: [{ name: "key", type: "string", cString: true }],
    results: [{ type: "number" }],
    since: "1.20",
    fidelity: exact,
    hostCalls: MAP,
    cost: "headerMap",
  },
  {
    name: "remove",
    parameters: [{ name: "key", type: "string", cString: true }],
    since: "1.5",
    fidelity: exact,
    exceptions: [KEEPS_ROUTE_CACHE],
    hostCalls: ["proxy_remove_header_map_value"],
    cost: "hostCall",
    checksItselfFirst: true,
  },
  {
    name: "replace",
    parameters: [
      { name: "key", type: "string", cString: true },
      { name: "value", type: "string", cString: true },
    ],
    since: "1.6",
    fidelity: exact,
    exceptions: [KEEPS_ROUTE_CACHE],
    hostCalls: ["proxy_replace_header_map_value"],
    cost: "hostCall",
    checksItselfFirst: true,
  },
  {
    name: "__pairs",
    results: [{ type: "iterator" }],
    since: "1.5",
    fidelity: exact,
    hostCalls: MAP,
    cost: "headerMap",
    raises: true,
  },
  {
    name: "setHttp1ReasonPhrase",
    parameters: [{ name: "phrase", type: "string" }],
    direction: "response",
    elsewhere: "ignored",
    since: "1.24",
    fidelity: impossible(
      "no host call sets the reason phrase",
      "HTTP/1.1 clients do not read it; leave it out, or keep this filter in Lua",
    ),
  },
]);
