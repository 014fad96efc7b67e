import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { onOurDeath } from "./lifeline.js";

const DOCKERFILE = `FROM scratch
COPY root/ /
ENTRYPOINT ["/usr/local/bin/envoy"]
`;

/** Name of the image that holds this very binary. */
export async function scratchImageName(binary: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(binary), hash);
  return `moonshift-envoy:${hash.digest("hex").slice(0, 16)}`;
}

/**
 * Lays out the context of an image made from nothing but a local Envoy: where no registry can be reached.
 * It holds the binary, the libraries that `ldd` names and, for a look inside, a static busybox if there is one.
 *
 * @param build gets the folder; the folder is gone afterwards
 */
export async function withScratchContext<T>(binary: string, build: (context: string) => Promise<T>): Promise<T> {
  const context = await mkdtemp(join(tmpdir(), "moonshift-image-"));
  const callOff = onOurDeath('rm -rf "$1"', [context]);
  try {
    const root = join(context, "root");
    await mkdir(join(root, "tmp"), { recursive: true });
    await copyTo(root, binary, "/usr/local/bin/envoy");
    for (const library of await librariesOf(binary)) await copyTo(root, library, library);
    if (existsSync(STATIC_BUSYBOX)) {
      await copyTo(root, STATIC_BUSYBOX, "/bin/busybox");
      await Promise.all(["sh", "cat", "ls", "ps"].map((tool) => symlink("busybox", join(root, "bin", tool))));
    }
    await writeFile(join(context, "Dockerfile"), DOCKERFILE);
    return await build(context);
  } finally {
    callOff();
    await rm(context, { recursive: true, force: true });
  }
}

/** Debian's package busybox-static puts it here. */
const STATIC_BUSYBOX = "/bin/busybox";

async function copyTo(root: string, source: string, target: string): Promise<void> {
  const path = join(root, target);
  await mkdir(dirname(path), { recursive: true });
  await cp(source, path, { dereference: true });
}

/** Paths in the output of ldd: `libm.so.6 => /lib/libm.so.6 (0x…)` and `/lib64/ld-linux-x86-64.so.2 (0x…)`. */
async function librariesOf(binary: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)("ldd", [binary]);
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].map((match) => match[1]!);
}
