import type { Worker } from "node:worker_threads";
import { shareOut, startWorkers } from "../support/share-out.js";
import { type Compilable, compileProgram, loadToolchain, type WasmModule } from "./compile.js";

/** A module, or why AssemblyScript did not take the generated sources: a bug of ours that must not stop the other filters. */
export type Compiled = { readonly module: WasmModule } | { readonly failure: string };

/** Of stack for a worker: AssemblyScript goes down into an expression by recursion, and one of 1,500 terms is no error in Lua. */
const STACK_MEGABYTES = 64;
/** Of memory for what the compiler leaves behind at once: with less it stops ten times as often to collect it. */
const YOUNG_MEGABYTES = 192;

/**
 * Compiles programs side by side, one worker a core. The workers are started at once and load the toolchain while the programs are made. Sources that
 * run uncompiled (tests) compile in this thread.
 */
export class CompilePool implements AsyncDisposable {
  private readonly workers: readonly Worker[];

  /** @param programs how many there will be at most */
  constructor(programs: number) {
    this.workers = import.meta.url.endsWith(".ts")
      ? []
      : startWorkers(
          new URL("./compile-worker.js", import.meta.url),
          { resourceLimits: { stackSizeMb: STACK_MEGABYTES, maxYoungGenerationSizeMb: YOUNG_MEGABYTES } },
          programs,
        );
  }

  /** Once. Results come in the order of the programs. */
  async compileAll(
    programs: readonly Compilable[],
    onDone: (compiled: Compiled, index: number) => void = () => {},
  ): Promise<readonly Compiled[]> {
    const results: Compiled[] = [];
    const finish = (compiled: Compiled, index: number): void => {
      results[index] = compiled;
      onDone(compiled, index);
    };
    if (this.workers.length === 0)
      for (const [index, program] of programs.entries()) finish(await compileHere(program), index);
    const tasks = programs.map(({ files, needs }): Compilable => ({ files, needs }));
    await shareOut(tasks, this.workers, finish);
    return results;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}

/** Compiles in this thread. */
export async function compileHere(program: Compilable): Promise<Compiled> {
  try {
    return { module: await compileProgram(program) };
  } catch (error) {
    const { AssembleError } = await loadToolchain();
    if (error instanceof AssembleError) return { failure: error.message };
    throw error;
  }
}
