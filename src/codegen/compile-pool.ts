import { shareOut } from "../support/share-out.js";
import { type Compilable, compileProgram, loadToolchain, type WasmModule } from "./compile.js";

/** A module, or why AssemblyScript did not take the generated sources: a bug of ours that must not stop the other filters. */
export type Compiled = { readonly module: WasmModule } | { readonly failure: string };

/**
 * Compiles programs side by side, one worker a core. A single program, and sources that run uncompiled (tests), are compiled right here.
 * Results come in the order of the programs.
 */
export async function compileAll(
  programs: readonly Compilable[],
  onDone: (compiled: Compiled, index: number) => void = () => {},
): Promise<readonly Compiled[]> {
  const results: Compiled[] = [];
  const finish = (compiled: Compiled, index: number): void => {
    results[index] = compiled;
    onDone(compiled, index);
  };
  if (isCompiledHere(programs.length)) {
    for (const [index, program] of programs.entries()) finish(await compileHere(program), index);
    return results;
  }
  const tasks = programs.map(({ files, needs }): Compilable => ({ files, needs }));
  await shareOut(tasks, { url: new URL("./compile-worker.js", import.meta.url) }, finish);
  return results;
}

/** Whether so few programs are compiled in this thread: a worker would load the toolchain once more. */
export function isCompiledHere(programs: number): boolean {
  return programs < 3 || import.meta.url.endsWith(".ts");
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
