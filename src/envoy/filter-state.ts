import { approximate, methodsOf } from "./method.js";

export const filterStateMethods = methodsOf("FilterState", [
  {
    name: "get",
    parameters: [
      { name: "name", type: "string", cString: true },
      { name: "field", type: "value", optional: "nil" },
    ],
    results: [{ type: "value", absent: 0 }],
    since: "1.36",
    fidelity: approximate(
      "an object that has fields and is read as a whole gives an empty string instead of its text; " +
        "a field comes without its type: eight bytes that are no text are taken for a number, anything else for a string",
      "read the field that is needed",
    ),
    hostCalls: ["proxy_get_property", "property:filter_state"],
    cost: "hostBuffer",
    raises: true,
  },
  {
    name: "set",
    parameters: [
      { name: "key", type: "string", cString: true },
      { name: "factory", type: "string", cString: true },
      { name: "payload", type: "string", cString: true },
    ],
    since: "1.38",
    fidelity: approximate(
      "the host uses the key as the name of the factory too: a key other than its factory's name is a script error; so is a payload that is not UTF-8",
      "use the well-known key of the factory (envoy.*) as the object's key",
    ),
    exceptions: [
      {
        when: "afterHttpCall",
        verdict: "approximate",
        deviation: "before Envoy 1.37 filter state cannot be written from the reply of a side call",
      },
      {
        when: "keyIsNotFactory",
        verdict: "impossible",
        deviation: "the host takes the name of the factory from the key, so an object of this key cannot be made",
        wayOut: "use the well-known key of the factory (envoy.*) as the object's key, or keep this filter in Lua",
      },
    ],
    hostCalls: ["proxy_call_foreign_function", "foreign:set_envoy_filter_state"],
    cost: "hostCall",
    raises: true,
  },
]);
