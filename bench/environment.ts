import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, release, type } from "node:os";
import type { RunningEnvoy } from "../src/harness/envoy.js";
import { packageRoot } from "../src/support/package-root.js";
import type { Environment } from "./comparison.js";
import type { Pinning } from "./measure/affinity.js";
import type { RunSettings } from "./settings.js";

/** What a run was made on: without it a figure means nothing. */
export async function describeEnvironment(
  envoy: RunningEnvoy,
  pinned: Pinning | undefined,
  { mode, rounds }: RunSettings,
  seed: number,
): Promise<Environment> {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    kernel: `${type()} ${release()}`,
    governor: readLine("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor") ?? "unknown",
    virtualised: /^flags\s*:.*\bhypervisor\b/m.test(readText("/proc/cpuinfo") ?? ""),
    envoy: await envoyBuild(envoy),
    envoyFrom: envoy.description,
    node: process.version,
    ...checkout(),
    seed,
    rounds,
    mode,
    ...(pinned ? { pinned } : {}),
  };
}

/** E.g. `9e55809…/1.40.0/Clean/RELEASE/BoringSSL`. */
async function envoyBuild({ admin }: RunningEnvoy): Promise<string> {
  const response = await fetch(`${admin}/server_info`, { signal: AbortSignal.timeout(5_000) });
  return ((await response.json()) as { readonly version: string }).version;
}

/** Commit of moonshift and whether the tree has changes; nothing when it runs from an installed package. */
function checkout(): Pick<Environment, "commit" | "dirty"> {
  const commit = git("rev-parse", "HEAD");
  const top = git("rev-parse", "--show-toplevel");
  // An installed package may lie inside the user's own checkout, whose commit says nothing about moonshift.
  if (commit === undefined || top !== packageRoot()) return {};
  return { commit, dirty: git("status", "--porcelain") !== "" };
}

function git(...args: readonly string[]): string | undefined {
  try {
    return execFileSync("git", args, {
      cwd: packageRoot(),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return undefined;
  }
}

function readLine(file: string): string | undefined {
  return readText(file)?.trim();
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
