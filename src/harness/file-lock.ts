import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { MissingError } from "../support/failure.js";

const HOLD = `
import fcntl, sys
file = open(sys.argv[1], "w")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
`;

/**
 * Runs `action` while no other process holds the lock on `path`; waits for it if need be.
 * The kernel's own lock, held by a python3 that ends with us (Node has no flock): it cannot be left behind by a crash.
 */
export async function withFileLock<T>(path: string, action: () => Promise<T>): Promise<T> {
  const holder = spawn("python3", ["-c", HOLD, path], { stdio: ["pipe", "pipe", "inherit"] });
  const closed = once(holder, "close");
  try {
    await Promise.race([
      once(holder.stdout as Readable, "data"),
      closed.then(() => Promise.reject(new Error(`python3 could not lock ${path}`))),
    ]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw new MissingError("no python3 here: install python3");
    throw error;
  }
  try {
    return await action();
  } finally {
    holder.stdin.end();
    await closed;
  }
}
