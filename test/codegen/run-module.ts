import vm from "node:vm";

type Exports = Record<string, (...args: number[]) => number> & { memory: WebAssembly.Memory };

/**
 * Runs a compiled filter: its top level, then one request. Every line it logs (latin1) is given to `onLog`; host calls answer 0 and nothing else.
 * @param timeLimitMs how long it may run, default for ever
 * @throws {Error} when it traps, or does not end in that time
 */
export async function runModule(bytes: Uint8Array, onLog: (line: string) => void, timeLimitMs?: number): Promise<void> {
  let exports: Exports;
  const calls: Record<string, (...args: number[]) => number> = {
    proxy_log: (_level, message, size) => {
      onLog(Buffer.from(exports.memory.buffer, message, size).toString("latin1"));
      return 0;
    },
    proxy_get_current_time_nanoseconds: () => 0,
  };
  const OK = 0;
  const env = new Proxy(calls, { get: (known, name) => known[name as string] ?? (() => OK) });
  const imports = env as WebAssembly.ModuleImports;
  const { instance } = await WebAssembly.instantiate(new Uint8Array(bytes), {
    env: imports,
    wasi_snapshot_preview1: imports,
  });
  exports = instance.exports as Exports;
  within(timeLimitMs, () => {
    exports._initialize?.();
    exports.proxy_on_context_create?.(1, 0);
    exports.proxy_on_configure?.(1, 0);
    exports.proxy_on_context_create?.(2, 1);
    exports.proxy_on_request_headers?.(2, 0, 1);
  });
}

/** V8 stops JavaScript after a time, and the Wasm that it calls. */
function within(timeLimitMs: number | undefined, run: () => void): void {
  vm.runInNewContext("run()", { run }, timeLimitMs === undefined ? {} : { timeout: timeLimitMs });
}
