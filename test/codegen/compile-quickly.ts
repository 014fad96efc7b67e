import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runtimeFolder } from "../../src/codegen/compile.js";
import type { GuestProgram } from "../../src/codegen/generate.js";
import { assemble } from "../../src/runtime/toolchain/assemble.mjs";

const sources = new Map<string, string | null>();

function runtimeSource(name: string): string | null {
  if (!name.startsWith("runtime/")) return null;
  if (!sources.has(name)) {
    const path = join(runtimeFolder(), name.slice("runtime/".length));
    sources.set(name, existsSync(path) ? readFileSync(path, "utf8") : null);
  }
  return sources.get(name) ?? null;
}

/** The module without Binaryen's optimisations: a third of the time, for modules that run once. */
export async function compileQuickly({ files, needs }: GuestProgram, optimize = false): Promise<Uint8Array> {
  const { stateful, yields, coroutines, metatables, indirectYields } = needs;
  const read = (name: string): string | null => files.get(name) ?? runtimeSource(name);
  return await assemble({ read, stateful, yields, coroutines, metatables, indirectYields, optimize });
}
