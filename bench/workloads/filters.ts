import { luaSource } from "./lua-source.js";
import { getRequest, postRequest, type RequestShape, type Workload } from "./workload.js";

/** Whole filters that are not in `examples/`: the smallest of their kind, so that they can be compared with filters written by hand. */
export function builtInFilters(): readonly Workload[] {
  const decoder = luaSource("json");
  const jsonBody = luaSource("json-body");
  return [
    {
      ...filter("set-constant-header", "setting one constant request header", SET_CONSTANT),
      quick: true,
      native: { description: "envoy.filters.http.header_mutation", filter: headerMutation("x-lane", "canary") },
      peer: "set-constant-header",
    },
    { ...filter("copy-header", "copying one request header", COPY), quick: true, peer: "copy-header" },
    {
      ...filter("routing", "routing on the query string, 2 header reads and 3 writes", luaSource("routing")),
      quick: true,
      peer: "routing",
    },
    {
      ...filter("swimlane-hash", "hashing the user into a lane, 2 header reads and 2 writes", luaSource("swimlane")),
      peer: "swimlane-hash",
    },
    {
      ...filter("json-body-1kb", "decoding a JSON body of 1 KB into two headers", decoder + jsonBody, jsonOrder(17)),
      wasmLua: `local json = require("cjson")\n${jsonBody}`,
      peer: "json-body",
    },
    filter(
      "json-body-in-lua-1kb",
      "decoding a JSON body of 1 KB with a decoder written in Lua, compiled as it stands",
      decoder + jsonBody,
      jsonOrder(17),
    ),
  ];
}

const SET_CONSTANT = `function envoy_on_request(handle)
  handle:headers():replace("x-lane", "canary")
end
`;

const COPY = `function envoy_on_request(handle)
  local headers = handle:headers()
  headers:replace("x-user-copy", headers:get("x-user-id"))
end
`;

function filter(name: string, about: string, lua: string, request: RequestShape = getRequest()): Workload {
  return { name, kind: "filter", group: "whole filters", about, lua, request, measure: { form: "over no filter" } };
}

function jsonOrder(items: number): RequestShape {
  const list = Array.from({ length: items }, (_, at) => ({
    sku: `sku-${1000 + at}`,
    quantity: (at % 5) + 1,
    price: at + 0.25,
    gift: at % 2 === 0,
  }));
  return postRequest(JSON.stringify({ id: "order-8812", customer: { id: 4711, tier: "gold" }, items: list }));
}

function headerMutation(key: string, value: string): object {
  const append = { header: { key, value }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" };
  return {
    name: "envoy.filters.http.header_mutation",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation",
      mutations: { request_mutations: [{ append }] },
    },
  };
}
