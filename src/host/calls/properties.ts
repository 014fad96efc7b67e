import { fieldsOf } from "../protobuf-value.js";
import { Result, type ResultCode } from "../result.js";
import { verifySignature } from "../verify-signature.js";
import type { Vm } from "../vm.js";

/** Properties, and the foreign functions of Envoy that the guest runtime calls. */
export function propertyCalls(vm: Vm): WebAssembly.ModuleImports {
  const foreign: Readonly<Record<string, (argument: Buffer) => Uint8Array | ResultCode>> = {
    clear_route_cache() {
      vm.context.clearRouteCache();
      return Result.ok;
    },
    set_envoy_filter_state(argument) {
      const fields = fieldsOf(argument);
      return vm.context.setFilterState(text(fields.get(PATH)), text(fields.get(VALUE)));
    },
    verify_signature: verifySignature,
  };
  return {
    proxy_get_property(path: number, pathSize: number, addressAt: number, sizeAt: number) {
      const names = vm.memory.text(path, pathSize);
      if (names === undefined) return Result.invalidMemoryAccess;
      const value = vm.context.property(names.split("\0"));
      if (value === undefined) return Result.notFound;
      return vm.memory.give(value, addressAt, sizeAt) ? Result.ok : Result.invalidMemoryAccess;
    },
    proxy_set_property(path: number, pathSize: number, value: number, valueSize: number) {
      const [name, bytes] = [vm.memory.text(path, pathSize), vm.memory.view(value, valueSize)];
      if (name === undefined || bytes === undefined) return Result.invalidMemoryAccess;
      return vm.context.setProperty(name, Buffer.from(bytes)) ? Result.ok : Result.notFound;
    },
    proxy_call_foreign_function(
      name: number,
      nameSize: number,
      argument: number,
      argumentSize: number,
      addressAt: number,
      sizeAt: number,
    ) {
      const [called, bytes] = [vm.memory.text(name, nameSize), vm.memory.view(argument, argumentSize)];
      if (called === undefined || bytes === undefined) return Result.invalidMemoryAccess;
      const call = foreign[called];
      if (call === undefined) return Result.notFound;
      const result = call(Buffer.from(bytes));
      const reply = typeof result === "number" ? new Uint8Array() : result;
      if (!vm.memory.give(reply, addressAt, sizeAt)) return Result.invalidMemoryAccess;
      return typeof result === "number" ? result : Result.ok;
    },
  };
}

/** Fields of SetEnvoyFilterStateArguments. */
const PATH = 1;
const VALUE = 2;

function text(bytes: Buffer | undefined): string {
  return bytes?.toString("latin1") ?? "";
}
