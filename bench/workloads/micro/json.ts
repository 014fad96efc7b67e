import { luaSource } from "../lua-source.js";
import type { Workload } from "../workload.js";
import { type Operation, repeated } from "./repeated.js";

interface DocumentSize {
  readonly label: string;
  /** Orders in the document, so many that it is about as long as the label says. */
  readonly orders: number;
  readonly repeats: number;
  readonly quick?: boolean;
}

const SIZES: readonly DocumentSize[] = [
  { label: "100b", orders: 1, repeats: 129 },
  { label: "1kb", orders: 11, repeats: 17, quick: true },
  { label: "10kb", orders: 112, repeats: 3 },
  { label: "100kb", orders: 1120, repeats: 1 },
];

const ORDER = `{"id":"a%d","quantity":%d,"price":%d.5,"tags":["new","eu"],"gift":false,"note":"left \\"side\\""}`;

/** Two documents of that many orders, differing in every order. */
function documents(orders: number): string {
  return `local function document(seed)
  local orders = {}
  for i = 1, ${orders} do
    orders[i] = string.format([=[${ORDER}]=], i + seed, i % 9 + seed, i)
  end
  return "[" .. table.concat(orders, ",") .. "]"
end
local documents = { document(1), document(2) }
`;
}

const DECODE = `local orders = json.decode(documents[i % 2 + 1])
sum = sum + #orders + orders[#orders].quantity + orders[1].price`;

const ENCODE = `values[1].quantity = i % 10
sum = sum + #json.encode(values)`;

export function jsonWorkloads(): readonly Workload[] {
  const decoder = luaSource("json");
  const builtIn = `local json = require("cjson")\n`;
  const operations = SIZES.flatMap(({ label, orders, repeats, quick }): Operation[] => [
    {
      name: `json-decode-${label}`,
      about: `decoding ${label.toUpperCase()} of JSON: a decoder written in Lua against cjson as the runtime has it`,
      chunk: decoder + documents(orders),
      chunkInWasm: builtIn + documents(orders),
      each: DECODE,
      repeats,
      ...(quick ? { quick } : {}),
    },
    {
      name: `json-decode-in-lua-${label}`,
      about: `decoding ${label.toUpperCase()} of JSON with a decoder written in Lua, compiled as it stands`,
      chunk: decoder + documents(orders),
      each: DECODE,
      repeats,
    },
    {
      name: `json-encode-${label}`,
      about: `encoding ${label.toUpperCase()} of JSON: an encoder written in Lua against cjson as the runtime has it`,
      chunk: `${decoder}${documents(orders)}local values = json.decode(documents[1])\n`,
      chunkInWasm: `${builtIn}${documents(orders)}local values = json.decode(documents[1])\n`,
      each: ENCODE,
      repeats,
    },
  ]);
  return repeated("json", operations);
}
