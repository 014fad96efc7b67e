import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../support/package-root.js";
import { BUNDLE_FOLDER } from "./bundle.js";
import type { ProgramNeeds } from "./generate.js";

/** A compiled filter. */
export interface WasmModule {
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly exports: readonly string[];
  /** The sources that give these bytes: those of the program, without the `!` that AssemblyScript can do without. */
  readonly files: ReadonlyMap<string, string>;
}

/** The part of a `GuestProgram` that is compiled. */
export interface Compilable {
  readonly files: ReadonlyMap<string, string>;
  readonly needs: ProgramNeeds;
}

/**
 * AssemblyScript and Binaryen: 15 MB of Wasm that V8 compiles beside whatever else is done. Begun early, it is there when the first program
 * is; where workers compile, this thread never loads it.
 */
export function loadToolchain(): Promise<typeof import("../runtime/toolchain/assemble.mjs")> {
  return import("../runtime/toolchain/assemble.mjs");
}

/** Folder of the guest runtime's sources. */
export function runtimeFolder(): string {
  return join(packageRoot(), "src", "runtime");
}

/**
 * Compiles a program that has no refusals. The same program gives the same bytes on every machine.
 * @throws {AssembleError} when the generated sources do not compile, which is a bug of ours
 */
export async function compileProgram(
  program: Compilable,
  options: { readonly names?: boolean } = {},
): Promise<WasmModule> {
  const { stateful, yields, coroutines, metatables, indirectYields, bundle = false } = program.needs;
  const { assemble } = await loadToolchain();
  const runtime = runtimeFolder();
  const redundant: Place[] = [];
  const bytes = await assemble({
    redundant: (place: Place) => redundant.push(place),
    read: (name) => program.files.get(name) ?? readRuntime(runtime, name),
    ...{ stateful, yields, coroutines, metatables, indirectYields, bundle },
    ...(bundle && { entry: `${BUNDLE_FOLDER}/entry.ts` }),
    ...(options.names && { names: true }),
  });
  return {
    bytes,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    sizeBytes: bytes.length,
    exports: WebAssembly.Module.exports(await WebAssembly.compile(new Uint8Array(bytes))).map(({ name }) => name),
    files: new Map(
      [...program.files].map(([name, text]) => [name, withoutAssertions(text, placesIn(name, redundant))]),
    ),
  };
}

/** 0-based, behind the expression that is asserted not to be null. */
interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

function placesIn(name: string, places: readonly Place[]): readonly Place[] {
  return places.filter(({ file }) => file === name);
}

function withoutAssertions(text: string, places: readonly Place[]): string {
  const lines = text.split("\n");
  for (const { line, column } of [...places].sort((a, b) => b.column - a.column)) {
    const old = lines[line] ?? "";
    if (old[column] === "!" && old[column + 1] !== "=") lines[line] = old.slice(0, column) + old.slice(column + 1);
  }
  return lines.join("\n");
}

function readRuntime(folder: string, name: string): string | null {
  const [, own] = /^(?:bundle\/)?runtime\/(.+)$/.exec(name) ?? [];
  if (own === undefined) return null;
  const path = join(folder, own);
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}
