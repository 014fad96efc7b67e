import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, isAbsolute, join, normalize } from "node:path";
import type { EnvoyOptions } from "./envoy.js";
import { LOG_FORMAT_FLAGS } from "./log-line.js";

export const BOOTSTRAP_FILE = "envoy.yaml";

/** A fresh temporary folder with the bootstrap and the files that it refers to; Envoy's working directory. */
export async function writeEnvoyFolder(
  bootstrap: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "moonshift-envoy-"));
  for (const [name, content] of Object.entries({ ...files, [BOOTSTRAP_FILE]: bootstrap })) {
    if (normalize(name) !== name || isAbsolute(name) || name.startsWith(".."))
      throw new Error(`leaves the folder: ${name}`);
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

/** Envoy's command line for a folder written by `writeEnvoyFolder`. */
export function envoyFlags(options: EnvoyOptions): string[] {
  // `admin` at info tells the port that the admin interface got.
  const levels = Object.entries({ admin: "info", ...options.logLevels }).map(([logger, level]) => `${logger}:${level}`);
  return [
    ...["-c", BOOTSTRAP_FILE],
    ...["--concurrency", String(options.concurrency ?? 1)],
    "--disable-hot-restart", // several Envoys side by side
    ...["--log-level", "warning", "--component-log-level", levels.join(",")],
    ...LOG_FORMAT_FLAGS,
    ...["--file-flush-interval-msec", "20"], // access logs: someone waits for them
  ];
}
