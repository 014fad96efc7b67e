import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { cacheFolder } from "../support/cache-folder.js";
import { shareOut, startWorkers } from "../support/share-out.js";
import { type Compilable, compileProgram, loadToolchain, type WasmModule } from "./compile.js";
import { ModuleCache } from "./module-cache.js";

/** A module, or why AssemblyScript did not take the generated sources: a bug of ours that must not stop the other filters. */
export type Compiled = { readonly module: WasmModule } | { readonly failure: string };

/** Of stack for a worker: AssemblyScript goes down into an expression by recursion, and one of 1,500 terms is no error in Lua. */
const STACK_MEGABYTES = 64;
/** Of memory for what the compiler leaves behind at once: with less it stops ten times as often to collect it. */
const YOUNG_MEGABYTES = 192;

/**
 * Compiles programs side by side, one worker a core, unless they were compiled before. The workers are started at once and load the toolchain while the
 * programs are made. Sources that run uncompiled (tests) compile in this thread.
 */
export class CompilePool implements AsyncDisposable {
  private readonly workers: readonly Worker[];
  private readonly cache = new ModuleCache(join(cacheFolder(), "modules"));

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
    const fresh: number[] = [];
    for (const [index, program] of programs.entries()) {
      const module = this.cache.find(program);
      if (module) finish({ module }, index);
      else fresh.push(index);
    }
    await this.compileFresh(programs, fresh, finish);
    return results;
  }

  private async compileFresh(
    programs: readonly Compilable[],
    indexes: readonly number[],
    finish: (compiled: Compiled, index: number) => void,
  ): Promise<void> {
    const tasks = indexes.map(
      (index): Compilable => ({ files: programs[index]!.files, needs: programs[index]!.needs }),
    );
    const keep = (compiled: Compiled, at: number): void => {
      if ("module" in compiled) this.cache.keep(tasks[at]!, compiled.module);
      finish(compiled, indexes[at]!);
    };
    if (this.workers.length > 0) return shareOut(tasks, this.workers, keep);
    for (const [at, task] of tasks.entries()) keep(await compileHere(task), at);
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
