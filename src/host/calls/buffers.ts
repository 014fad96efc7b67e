import { Result } from "../result.js";
import type { Vm } from "../vm.js";

const LAST_BUFFER = 8;

/** Bodies and configurations. */
export function bufferCalls(vm: Vm): WebAssembly.ModuleImports {
  return {
    proxy_get_buffer_bytes(type: number, start: number, length: number, addressAt: number, sizeAt: number) {
      if (type >>> 0 > LAST_BUFFER) return Result.badArgument;
      const body = vm.context.body(type);
      if (body === undefined) return Result.notFound;
      const from = start >>> 0;
      const bytes = body.bytes.subarray(from, Math.min(from + (length >>> 0), body.bytes.length));
      return vm.memory.give(bytes, addressAt, sizeAt) ? Result.ok : Result.invalidMemoryAccess;
    },
    proxy_get_buffer_status(type: number, lengthAt: number, flagsAt: number) {
      if (type >>> 0 > LAST_BUFFER) return Result.badArgument;
      const body = vm.context.body(type);
      if (body === undefined) return Result.notFound;
      const written = vm.memory.setU32(lengthAt, body.bytes.length) && vm.memory.setU32(flagsAt, 0);
      return written ? Result.ok : Result.invalidMemoryAccess;
    },
    /** At the start: in place of `length` bytes. From the end on: added. Anywhere else: refused. */
    proxy_set_buffer_bytes(type: number, start: number, length: number, address: number, size: number) {
      if (type >>> 0 > LAST_BUFFER) return Result.badArgument;
      const body = vm.context.body(type);
      if (body === undefined) return Result.notFound;
      const view = vm.memory.view(address, size);
      if (view === undefined) return Result.invalidMemoryAccess;
      if (!body.isWritable) return Result.badArgument;
      const bytes = Buffer.from(view);
      if (start === 0) body.bytes = Buffer.concat([bytes, body.bytes.subarray(length >>> 0)]);
      else if (start >>> 0 >= body.bytes.length) body.bytes = Buffer.concat([body.bytes, bytes]);
      else return Result.badArgument;
      return Result.ok;
    },
  };
}
