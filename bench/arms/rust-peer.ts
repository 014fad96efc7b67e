import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "../../src/support/cache-folder.js";
import { packageRoot } from "../../src/support/package-root.js";
import { type Arm, LeftOut } from "./arm.js";
import { wasmFilters } from "./wasm.js";

const TARGET = "wasm32-unknown-unknown";
const ADVICE = `no Rust here builds for ${TARGET} (rustup target add ${TARGET}, or on Debian apt-get install rustc cargo libstd-rust-dev-wasm32 lld)`;

/** The same filter written by hand in Rust with the proxy-wasm crate, release build with link-time optimisation. */
export function rustPeer(say: (line: string) => void = () => {}): Arm {
  let built: Promise<string> | undefined;
  return {
    name: "rust sdk",
    description: "written by hand in Rust with the proxy-wasm crate, release build, LTO",
    build: async (workload) => {
      const source = join(peersFolder(), "examples", `${workload.peer}.rs`);
      if (!existsSync(source)) throw new LeftOut("there is no such filter written by hand");
      built ??= buildAll(say);
      const file = join(await built, `${workload.peer?.replaceAll("-", "_")}.wasm`);
      return wasmFilters("rust-sdk", readFileSync(file), workload);
    },
  };
}

function peersFolder(): string {
  return join(packageRoot(), "bench", "peers", "rust");
}

/** Builds all filters at once; returns the folder with the modules. Cargo keeps what it built in the cache folder. */
async function buildAll(say: (line: string) => void): Promise<string> {
  const bin = await toolchainWithTarget();
  const cache = join(cacheFolder(), "bench-rust");
  const manifest = ["--manifest-path", join(peersFolder(), "Cargo.toml"), "--locked"];
  const vendored = join(cache, "vendor");
  say("building the Rust filters to compare with (minutes, the first time)");
  try {
    // Fetched by the cargo on PATH, which may be newer than the one with the target and know today's registry protocol.
    if (!existsSync(vendored)) await run("cargo", ["vendor", ...manifest, vendored], {});
    const sources = [
      `source.crates-io.replace-with="vendored"`,
      `source.vendored.directory=${JSON.stringify(vendored)}`,
    ];
    const settings = [...sources.flatMap((setting) => ["--config", setting]), "--target-dir", cache, "--offline"];
    await run(join(bin, "cargo"), ["build", "--release", "--examples", "--target", TARGET, ...manifest, ...settings], {
      PATH: `${bin}:${process.env.PATH ?? ""}`,
    });
  } catch (error) {
    throw new LeftOut(`does not build: ${lastLine((error as { stderr?: string }).stderr ?? (error as Error).message)}`);
  }
  return join(cache, TARGET, "release", "examples");
}

/** Folder of a `rustc` that has the target; a distribution's may have it where rustup's has not. */
async function toolchainWithTarget(): Promise<string> {
  for (const rustc of ["rustc", "/usr/bin/rustc"]) {
    const library = await run(rustc, ["--print", "target-libdir", "--target", TARGET], {}).catch(() => "");
    if (library === "" || !existsSync(library)) continue;
    return rustc === "rustc" ? dirname(await run("sh", ["-c", "command -v rustc"], {})) : dirname(rustc);
  }
  throw new LeftOut(ADVICE);
}

async function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, { env: { ...process.env, ...env }, maxBuffer: 1 << 24 });
  return stdout.trim();
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
