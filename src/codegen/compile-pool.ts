import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { AssembleError } from "../runtime/toolchain/assemble.mjs";
import { type Compilable, compileProgram, type WasmModule } from "./compile.js";

type Reply = { readonly module: WasmModule } | { readonly failure: string };

/**
 * Compiles programs side by side, one worker a core. A single program, and sources that run uncompiled (tests), are compiled right here.
 * Results come in the order of the programs.
 */
export async function compileAll(
  programs: readonly Compilable[],
  onDone: (module: WasmModule, index: number) => void = () => {},
): Promise<readonly WasmModule[]> {
  const results: WasmModule[] = [];
  const queue = programs.entries();
  const finish = (module: WasmModule, index: number): void => {
    results[index] = module;
    onDone(module, index);
  };
  if (programs.length < 3 || import.meta.url.endsWith(".ts")) {
    for (const [index, program] of queue) finish(await compileProgram(program), index);
    return results;
  }
  const size = Math.min(availableParallelism(), programs.length);
  await Promise.all(Array.from({ length: size }, () => work(queue, finish)));
  return results;
}

async function work(queue: Iterator<[number, Compilable]>, finish: (module: WasmModule, index: number) => void): Promise<void> {
  const worker = new Worker(new URL("./compile-worker.js", import.meta.url));
  try {
    for (let next = queue.next(); !next.done; next = queue.next()) {
      const [index, { files, needs }] = next.value;
      const reply = await ask(worker, { files, needs });
      if ("failure" in reply) throw new AssembleError(reply.failure);
      finish(reply.module, index);
    }
  } finally {
    await worker.terminate();
  }
}

function ask(worker: Worker, program: Compilable): Promise<Reply> {
  return new Promise((resolve, reject) => {
    worker.once("message", (reply: Reply) => {
      worker.off("error", reject);
      resolve(reply);
    });
    worker.once("error", reject);
    worker.postMessage(program);
  });
}
