import type { Vm } from "../vm.js";
import { bufferCalls } from "./buffers.js";
import { headerCalls } from "./headers.js";
import { metricCalls } from "./metrics.js";
import { propertyCalls } from "./properties.js";
import { sharedDataCalls } from "./shared-data.js";
import { streamCalls } from "./streams.js";
import { systemCalls } from "./system.js";

/** The imports of the module `env`: proxy-wasm 0.2.1 as Envoy has it, without gRPC calls and shared queues. */
export function hostCalls(vm: Vm): WebAssembly.ModuleImports {
  return {
    ...systemCalls(vm),
    ...headerCalls(vm),
    ...bufferCalls(vm),
    ...propertyCalls(vm),
    ...streamCalls(vm),
    ...metricCalls(vm),
    ...sharedDataCalls(vm),
  };
}
