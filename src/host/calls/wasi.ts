import { randomFillSync } from "node:crypto";
import type { Vm } from "../vm.js";
import { nanoseconds } from "./system.js";

/** WASI's error numbers. */
const OK = 0;
const BADF = 8;
const FAULT = 21;
const INVAL = 28;
const NOTSUP = 58;
const MOST_RANDOM_BYTES = 64 * 1024;
/** By file descriptor: standard output and error become log lines. */
const LEVELS: Readonly<Record<number, number>> = { 1: 2, 2: 4 };

/** What Envoy has of WASI that a module without files needs. */
export function wasiCalls(vm: Vm): WebAssembly.ModuleImports {
  const entries = (): readonly Buffer[] =>
    Object.entries(vm.environment).map(([name, value]) => Buffer.from(`${name}=${value}\0`, "utf8"));
  return {
    fd_write(fd: number, vectors: number, count: number, writtenAt: number) {
      const level = LEVELS[fd];
      if (level === undefined) return BADF;
      let text = "";
      for (let i = 0; i < count; i++) {
        const vector = vm.memory.view(vectors + 8 * i, 8);
        const part = vector && vm.memory.text(vector.readUInt32LE(0), vector.readUInt32LE(4));
        if (part === undefined) return FAULT;
        text += part;
      }
      if (text !== "") vm.log(level, text.replace(/\n$/, ""));
      return vm.memory.setU32(writtenAt, text.length) ? OK : FAULT;
    },
    environ_sizes_get(countAt: number, sizeAt: number) {
      const size = entries().reduce((sum, entry) => sum + entry.length, 0);
      return vm.memory.setU32(countAt, entries().length) && vm.memory.setU32(sizeAt, size) ? OK : FAULT;
    },
    environ_get(pointers: number, buffer: number) {
      let at = buffer;
      for (const [index, entry] of entries().entries()) {
        if (!vm.memory.setU32(pointers + 4 * index, at) || !vm.memory.set(at, entry)) return FAULT;
        at += entry.length;
      }
      return OK;
    },
    args_sizes_get: (countAt: number, sizeAt: number) =>
      vm.memory.setU32(countAt, 0) && vm.memory.setU32(sizeAt, 0) ? OK : FAULT,
    args_get: () => OK,
    random_get(address: number, size: number) {
      if (size >>> 0 > MOST_RANDOM_BYTES) return INVAL;
      const view = vm.memory.view(address, size);
      if (view === undefined) return FAULT;
      randomFillSync(view);
      return OK;
    },
    clock_time_get(clock: number, _precision: bigint, at: number) {
      if (clock > 1) return NOTSUP;
      return vm.memory.setU64(at, nanoseconds(vm)) ? OK : FAULT;
    },
    proc_exit(code: number) {
      throw new Error(`Called proc_exit(${code})`);
    },
  };
}
