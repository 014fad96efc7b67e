import { Result } from "../result.js";
import type { Vm } from "../vm.js";

export function metricCalls(vm: Vm): WebAssembly.ModuleImports {
  return {
    proxy_define_metric(type: number, name: number, nameSize: number, idAt: number) {
      const text = vm.memory.text(name, nameSize);
      if (text === undefined) return Result.invalidMemoryAccess;
      const id = vm.metrics.define(type >>> 0, text);
      if (id === undefined) return Result.badArgument;
      return vm.memory.setU32(idAt, id) ? Result.ok : Result.invalidMemoryAccess;
    },
    proxy_increment_metric: (id: number, by: bigint) => vm.metrics.increment(id, by),
    proxy_record_metric: (id: number, value: bigint) => vm.metrics.record(id, BigInt.asUintN(64, value)),
    proxy_get_metric(id: number, at: number) {
      const value = vm.metrics.get(id);
      if (typeof value === "number") return value;
      return vm.memory.setU64(at, value) ? Result.ok : Result.invalidMemoryAccess;
    },
  };
}
