import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";

/**
 * Writes a folder all or nothing: into a temporary one beside it, which then takes its place. What stood there before is gone.
 * @param files contents by path inside the folder; a path that leaves the folder is an error
 */
export function writeFolder(folder: string, files: ReadonlyMap<string, string | Uint8Array>): void {
  const parent = dirname(resolve(folder));
  mkdirSync(parent, { recursive: true });
  const fresh = mkdtempSync(join(parent, `.${basename(folder)}-`));
  try {
    for (const [name, content] of files) {
      const path = resolve(fresh, name);
      if (!path.startsWith(fresh + sep)) throw new Error(`${name} is not inside of ${folder}`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
    const old = `${fresh}-old`;
    const replaced = moveAway(folder, old);
    renameSync(fresh, folder);
    if (replaced) rmSync(old, { recursive: true, force: true });
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw error;
  }
}

function moveAway(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

/** Writes one file all or nothing, with its folder. A link stays one, and what is no file (`/dev/null`, a pipe) is written to as it is. */
export function writeWhole(file: string, content: string | Uint8Array): void {
  const there = statSync(file, { throwIfNoEntry: false });
  if (there !== undefined && !there.isFile()) {
    writeFileSync(file, content);
    return;
  }
  const path = there === undefined ? resolve(file) : realpathSync(file);
  const fresh = `${path}.${process.pid}.new`;
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(fresh, content);
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    // What a full disk says names no file.
    throw Object.assign(error as NodeJS.ErrnoException, { path });
  }
}
