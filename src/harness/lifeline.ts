import { spawn } from "node:child_process";
import type { Socket } from "node:net";

/**
 * Runs a shell command when this process dies without having called the returned function: Ctrl-C, SIGKILL and crashes included.
 * A small shell in its own session waits on a pipe that only we hold; the kernel closes it when we are gone.
 *
 * @param command shell text; refers to `args` as `$1`, `$2`… (never put a value into the text itself)
 * @returns a function that calls it off
 */
export function onOurDeath(command: string, args: readonly string[]): () => void {
  const guard = spawn("sh", ["-c", `cat >/dev/null; ${command}`, "sh", ...args], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  guard.on("error", () => {}); // no shell: nothing guards, stop() still cleans up
  guard.unref();
  (guard.stdin as Socket | null)?.unref();
  return () => {
    if (guard.pid !== undefined && guard.exitCode === null) process.kill(-guard.pid, "SIGKILL");
  };
}
