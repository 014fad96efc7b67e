import { Result } from "../result.js";
import type { Vm } from "../vm.js";

export function sharedDataCalls(vm: Vm): WebAssembly.ModuleImports {
  return {
    proxy_get_shared_data(key: number, keySize: number, addressAt: number, sizeAt: number, casAt: number) {
      const name = vm.memory.text(key, keySize);
      if (name === undefined) return Result.invalidMemoryAccess;
      const entry = vm.sharedData.get(name);
      if (entry === undefined) return Result.notFound;
      const given = vm.memory.give(entry.value, addressAt, sizeAt) && vm.memory.setU32(casAt, entry.cas);
      return given ? Result.ok : Result.invalidMemoryAccess;
    },
    proxy_set_shared_data(key: number, keySize: number, value: number, valueSize: number, cas: number) {
      const [name, bytes] = [vm.memory.text(key, keySize), vm.memory.view(value, valueSize)];
      if (name === undefined || bytes === undefined) return Result.invalidMemoryAccess;
      return vm.sharedData.set(name, Buffer.from(bytes), cas >>> 0);
    },
  };
}
