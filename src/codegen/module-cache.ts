import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../support/package-root.js";
import { version } from "../support/version.js";
import { writeWhole } from "../support/write-folder.js";
import { type Compilable, runtimeFolder, type WasmModule } from "./compile.js";

/** Of 20 to 100 KB each. */
const MOST_ENTRIES = 1_000;

/** An entry's file. */
interface Entry {
  readonly sha256: string;
  readonly exports: readonly string[];
  readonly files: readonly (readonly [name: string, text: string])[];
  readonly base64: string;
}

/**
 * Modules under the digest of all they are made of (the program, the guest runtime, the versions of AssemblyScript and Binaryen), so that a filter that
 * did not change is not compiled again. A file that does not hold what it says is no entry.
 */
export class ModuleCache {
  private readonly toolchain = toolchainDigest();

  constructor(private readonly folder: string) {}

  find(program: Compilable): WasmModule | undefined {
    try {
      const { sha256, exports, files, base64 } = JSON.parse(readFileSync(this.path(program), "utf8")) as Entry;
      const bytes = new Uint8Array(Buffer.from(base64, "base64"));
      if (digest(bytes) !== sha256) return undefined;
      return { bytes, sha256, sizeBytes: bytes.length, exports, files: new Map(files) };
    } catch {
      return undefined;
    }
  }

  /** What cannot be kept (a home that is read-only, a full disk) is made again the next time. */
  keep(program: Compilable, { bytes, sha256, exports, files }: WasmModule): void {
    const entry: Entry = { sha256, exports, files: [...files], base64: Buffer.from(bytes).toString("base64") };
    try {
      mkdirSync(this.folder, { recursive: true });
      writeWhole(this.path(program), JSON.stringify(entry));
      this.dropOldest();
    } catch {}
  }

  private path({ files, needs }: Compilable): string {
    const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
    return join(this.folder, `${digest(JSON.stringify([this.toolchain, sorted, Object.entries(needs).sort()]))}.json`);
  }

  private dropOldest(): void {
    const names = readdirSync(this.folder);
    if (names.length <= MOST_ENTRIES) return;
    const dated = names.map((name) => {
      const path = join(this.folder, name);
      return { path, written: statSync(path).mtimeMs };
    });
    dated.sort((a, b) => a.written - b.written);
    for (const { path } of dated.slice(0, MOST_ENTRIES / 10)) rmSync(path, { force: true });
  }
}

function toolchainDigest(): string {
  const runtime = runtimeFolder();
  const sources = readdirSync(runtime, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash("sha256");
  for (const path of sources) hash.update(path.slice(runtime.length)).update("\0").update(readFileSync(path));
  for (const name of ["assemblyscript", "binaryen"])
    hash.update(`${name} ${version(packageRoot(import.meta.resolve(name)))}`);
  return hash.digest("hex");
}

function digest(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
