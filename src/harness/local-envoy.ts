import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import type { EnvoyLauncher, EnvoyOptions, RunningEnvoy } from "./envoy.js";
import { envoyFlags, writeEnvoyFolder } from "./envoy-folder.js";
import { onOurDeath } from "./lifeline.js";
import { EnvoyOutput, whenLive } from "./running-envoy.js";

/** Envoy as a process of this machine. @param binary path of the Envoy binary, see `findEnvoyBinary` */
export function localEnvoy(binary: string): EnvoyLauncher {
  const description = `local Envoy ${binary}`;
  return { kind: "local", description, start: (bootstrap, options) => start(binary, description, bootstrap, options) };
}

async function start(
  binary: string,
  description: string,
  bootstrap: string,
  options: EnvoyOptions = {},
): Promise<RunningEnvoy> {
  const folder = await writeEnvoyFolder(bootstrap, options.files ?? {});
  // Its own session: a Ctrl-C reaches only us, and we end Envoy in an orderly way.
  const child = spawn(binary, envoyFlags(options), { cwd: folder, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const output = new EnvoyOutput();
  child.stderr.on("data", (chunk: Buffer) => output.takeLog(chunk));
  child.stdout.on("data", (chunk: Buffer) => output.takeOutput(chunk));
  try {
    await once(child, "spawn");
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  const callOff = onOurDeath('kill -9 "$1"; rm -rf "$2"', [String(child.pid), folder]);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const terminate = async (): Promise<void> => {
    child.kill("SIGTERM");
    const kill = setTimeout(() => child.kill("SIGKILL"), 1_000); // a worker in an endless loop does not heed SIGTERM
    await ended;
    clearTimeout(kill);
    callOff();
    await rm(folder, { recursive: true, force: true });
  };
  return whenLive({ description, pid: child.pid!, ended, terminate }, output, options.readyTimeoutMs ?? 30_000);
}
