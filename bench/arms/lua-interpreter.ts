import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { envoyApi } from "../../src/envoy/index.js";
import { withFileLock } from "../../src/harness/file-lock.js";
import { onOurDeath } from "../../src/harness/lifeline.js";
import { type PinnedWheel, unpackWheel } from "../../src/harness/pinned-wheel.js";
import { cacheFolder } from "../../src/support/cache-folder.js";
import { packageRoot } from "../../src/support/package-root.js";
import { type Arm, LeftOut } from "./arm.js";
import { wasmFilters } from "./wasm.js";

/** A C compiler for Wasm with its C library. */
const ZIG: PinnedWheel = {
  name: "ziglang",
  version: "0.14.1",
  /** Linux on x86_64 and aarch64, where there is an Envoy. */
  sha256: [
    "6eb9d4d759b292c83810dbee2e9e8e3fbfbf01d864e6e9811bae711fd74e1c2f",
    "7994b27f3cbfcedea43f9b7552e38b45857bdf0e9a45065474092dd74e7048cf",
  ],
};

const LUA_SOURCES = join("lua-src", "lua-5.1.5");
const SOURCES = ["filter.c", "sjlj.c"];
/** Beside the sources, what makes the module another one. */
const INCLUDED = ["lua.c", "Cargo.lock"];
/** What V8 has beyond the oldest Wasm; exceptions carry Lua's errors. */
const FEATURES = ["-mexception-handling", "-mnontrapping-fptoint", "-mbulk-memory", "-msign-ext"];
const TARGET = ["--target=wasm32-wasi", "-mexec-model=reactor"];
const OPTIONS = [...TARGET, "-O3", ...FEATURES, "-mllvm", "-wasm-enable-sjlj", "-Wl,--strip-all", "-w"];

/** The same script in Lua's own interpreter, compiled to Wasm: what moving to Wasm costs without a compiler for Lua. */
export function luaInterpreter(say: (line: string) => void = () => {}): Arm {
  let built: Promise<Uint8Array> | undefined;
  return {
    name: "lua interpreter",
    description: "the script in Lua's own interpreter (PUC Lua 5.1), compiled to Wasm",
    build: async (workload) => {
      const unbound = unboundMethods(workload.lua);
      if (unbound.length > 0) throw new LeftOut(`the interpreter's binding has no ${unbound.join(", ")}`);
      built ??= module(say);
      return wasmFilters("lua-interpreter", await built, workload, { configuration: workload.lua });
    },
  };
}

/** Methods of Envoy's API that the script calls and `filter.c` does not bind. */
export function unboundMethods(script: string): readonly string[] {
  const tables = readFileSync(join(peersFolder(), "filter.c"), "utf8");
  const bound = new Set(Array.from(tables.matchAll(/^ {2}\{"(\w+)",/gm), ([, name]) => name));
  const called = Array.from(script.matchAll(/:\s*(\w+)\s*[("'{]/g), ([, name]) => name!);
  const known = new Set(envoyApi.map(({ name }) => name));
  return [...new Set(called)].filter((name) => known.has(name) && !bound.has(name)).sort();
}

function peersFolder(): string {
  return join(packageRoot(), "bench", "peers", "lua-interpreter");
}

/** The module from the cache folder, or built now. */
async function module(say: (line: string) => void): Promise<Uint8Array> {
  const cache = join(cacheFolder(), "bench-lua-interpreter");
  const file = join(cache, `${digestOfInputs()}.wasm`);
  if (existsSync(file)) return readFile(file);
  say("building Lua's interpreter for Wasm to compare with (fetches a C compiler of 83 MB; minutes, once)");
  try {
    await mkdir(cache, { recursive: true });
    await withFileLock(join(cache, "lock"), async () => {
      if (!existsSync(file)) await build(cache, file); // else another process was faster
    });
    return await readFile(file);
  } catch (error) {
    throw new LeftOut(`does not build: ${lastLine((error as { stderr?: string }).stderr || (error as Error).message)}`);
  }
}

/** Compiler and sources are not kept: together they take 350 MB, and the module is all that is needed again. */
async function build(cache: string, file: string): Promise<void> {
  const folder = await mkdtemp(join(cache, "building-"));
  const callOff = onOurDeath('rm -rf "$1"', [folder]);
  try {
    const vendored = join(folder, "vendor");
    const manifest = ["--manifest-path", join(peersFolder(), "Cargo.toml"), "--locked"];
    await promisify(execFile)("cargo", ["vendor", ...manifest, vendored]);
    await unpackWheel(ZIG, folder);
    const zig = join(folder, "ziglang", "zig");
    await chmod(zig, 0o755);
    const sources = SOURCES.map((name) => join(peersFolder(), name));
    const module = join(folder, "filter.wasm");
    await promisify(execFile)(zig, ["cc", ...OPTIONS, "-I", join(vendored, LUA_SOURCES), ...sources, "-o", module], {
      env: { ...process.env, ZIG_GLOBAL_CACHE_DIR: join(folder, "zig"), ZIG_LOCAL_CACHE_DIR: join(folder, "zig") },
    });
    await rename(module, file);
  } finally {
    callOff();
    await rm(folder, { recursive: true, force: true });
  }
}

function digestOfInputs(): string {
  const digest = createHash("sha256").update(JSON.stringify([ZIG, OPTIONS]));
  for (const name of [...SOURCES, ...INCLUDED]) digest.update(readFileSync(join(peersFolder(), name)));
  return digest.digest("hex").slice(0, 16);
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
