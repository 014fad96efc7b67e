import type { Arm } from "./arm.js";
import { textModule } from "./text-module.js";
import { wasmFilters } from "./wasm.js";

const HEADERS_AT = 64;
const CLUSTER = "callout";
const CLUSTER_AT = 16;
const TIMEOUT_MS = 60_000;

/** A module that makes one side call and holds the request, and keeps nothing itself: what Envoy keeps for such a stream. */
export const sideCallArm: Arm = {
  name: "side call",
  description: "a module that makes a side call, waits, and keeps nothing of its own",
  build: async (workload) => wasmFilters("side-call", await sideCallModule(), workload),
};

function sideCallModule(): Promise<Uint8Array> {
  const headers = headerMap([
    [":method", "GET"],
    [":path", "/hold"],
    [":authority", CLUSTER],
  ]);
  const call = [CLUSTER_AT, CLUSTER.length, HEADERS_AT, headers.length, 0, 0, 0, 0, TIMEOUT_MS, 0];
  return textModule(`(module
  (import "env" "proxy_http_call" (func $call (param ${call.map(() => "i32").join(" ")}) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const ${CLUSTER_AT}) "${CLUSTER}")
  (data (i32.const ${HEADERS_AT}) "${[...headers].map((byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("")}")
  (func (export "proxy_abi_version_0_2_1"))
  (func (export "_initialize"))
  (func (export "proxy_on_memory_allocate") (param i32) (result i32) (i32.const 1024))
  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
    (drop (call $call ${call.map((value) => `(i32.const ${value})`).join(" ")}))
    (i32.const 1)))`);
}

/** A map in the ABI's form: how many, all sizes, then names and values, each with a NUL behind it. */
function headerMap(pairs: readonly (readonly [name: string, value: string])[]): Buffer {
  const sizes = [pairs.length, ...pairs.flatMap(([name, value]) => [name.length, value.length])];
  const words = Buffer.from(Uint32Array.from(sizes).buffer);
  return Buffer.concat([
    words,
    Buffer.from(
      pairs
        .flat()
        .map((text) => `${text}\0`)
        .join(""),
      "latin1",
    ),
  ]);
}
