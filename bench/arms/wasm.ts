import { createHash } from "node:crypto";
import type { Workload } from "../workloads/workload.js";
import { type Arm, type BuiltArm, LeftOut } from "./arm.js";
import { initialMemoryBytes } from "./module-memory.js";
import { textModule } from "./text-module.js";

/** Compiles a script to a proxy-wasm module. @throws when the compiler refuses it; the message says why */
export type Compile = (lua: string) => Promise<Uint8Array>;

/** The script compiled by moonshift. */
export function wasmArm(compile: Compile): Arm {
  return {
    name: "wasm",
    description: "the script compiled to Wasm by moonshift",
    build: async (workload) => {
      const module = workload.module ?? (await compileOrLeaveOut(compile, workload.wasmLua ?? workload.lua));
      return wasmFilters("wasm", module, workload);
    },
  };
}

async function compileOrLeaveOut(compile: Compile, lua: string): Promise<Uint8Array> {
  try {
    return await compile(lua);
  } catch (error) {
    throw new LeftOut(`not compiled: ${(error as Error).message.split("\n")[0]}`);
  }
}

/** The smallest module that Envoy takes as an HTTP filter, with one empty callback, as `no-op lua` has one. */
const NO_OP = `(module
  (memory (export "memory") 1)
  (func (export "proxy_abi_version_0_2_1"))
  (func (export "_initialize"))
  (func (export "proxy_on_memory_allocate") (param i32) (result i32) (i32.const 1024))
  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32) (i32.const 0)))`;

/** A Wasm filter whose callback does nothing: what the Wasm filter costs by being there. */
export const noOpWasmArm: Arm = {
  name: "no-op wasm",
  description: "the smallest possible Wasm filter, whose callback is empty",
  build: async (workload) => wasmFilters("no-op-wasm", await noOpModule(), workload),
};

export const noOpModule = (): Promise<Uint8Array> => textModule(NO_OP);

/**
 * @param name of the arm, and of the file that holds the module
 * @param options.configuration what the plugin is configured with; default nothing
 */
export function wasmFilters(
  name: string,
  module: Uint8Array,
  workload: Workload,
  { configuration }: { readonly configuration?: string } = {},
): BuiltArm {
  const file = `${name}.wasm`;
  const filters = Array.from({ length: workload.copies ?? 1 }, (_, copy) => ({
    name: "envoy.filters.http.wasm",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm",
      config: {
        name: `${name}-${copy}`,
        ...(workload.rootId === undefined ? {} : { root_id: workload.rootId }),
        ...(configuration === undefined
          ? {}
          : { configuration: { "@type": "type.googleapis.com/google.protobuf.StringValue", value: configuration } }),
        // Bodies are read before headers go on, as the Lua filter does; see docs of `allow_on_headers_stop_iteration`.
        allow_on_headers_stop_iteration: true,
        vm_config: {
          // A VM of its own for each filter, as each Lua filter has its own interpreter.
          vm_id: `${name}-${copy}`,
          runtime: "envoy.wasm.runtime.v8",
          code: { local: { filename: file } },
        },
      },
    },
  }));
  return {
    name,
    filters,
    files: { [file]: module },
    sha256: createHash("sha256").update(module).digest("hex"),
    module: { bytes: module.length, initialMemoryBytes: initialMemoryBytes(module) },
  };
}
