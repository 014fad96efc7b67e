import { Result } from "../result.js";
import type { Vm } from "../vm.js";
import { LOG_LEVELS } from "../world.js";

/** Log and clock. */
export function systemCalls(vm: Vm): WebAssembly.ModuleImports {
  return {
    proxy_log(level: number, address: number, size: number) {
      if (level >>> 0 >= LOG_LEVELS.length) return Result.badArgument;
      const text = vm.memory.text(address, size);
      if (text === undefined) return Result.invalidMemoryAccess;
      vm.log(level, text);
      return Result.ok;
    },
    proxy_get_log_level: (at: number) => (vm.memory.setU32(at, vm.logLevel) ? Result.ok : Result.invalidMemoryAccess),
    proxy_get_current_time_nanoseconds(at: number) {
      return vm.memory.setU64(at, nanoseconds(vm)) ? Result.ok : Result.invalidMemoryAccess;
    },
    proxy_set_tick_period_milliseconds(ms: number) {
      vm.setTickPeriod(ms >>> 0);
      return Result.ok;
    },
    proxy_get_status(codeAt: number, textAt: number, sizeAt: number) {
      const [code, text] = vm.context.root.reply === undefined ? [Result.brokenConnection, "reset"] : [Result.ok, ""];
      const given = vm.memory.setU32(codeAt, code) && vm.memory.give(Buffer.from(text), textAt, sizeAt);
      return given ? Result.ok : Result.invalidMemoryAccess;
    },
  };
}

export function nanoseconds(vm: Vm): bigint {
  return BigInt(Math.round(vm.world.clock.now * 1000)) * 1000n;
}
