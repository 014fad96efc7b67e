import { execFileSync } from "node:child_process";

/** Cores that a run is pinned to. */
export interface Pinning {
  readonly worker: number;
  readonly load: number;
}

/**
 * Different cores for Envoy's worker and for the load: the first and the last that this process may use (neighbours are often
 * two threads of one core). Undefined where there is only one, or no `taskset`.
 */
export function choosePinning(cores: readonly number[]): Pinning | undefined {
  const [worker, load] = [cores[0], cores.at(-1)];
  return worker === undefined || load === undefined || worker === load ? undefined : { worker, load };
}

/** Cores that a thread may run on, ascending; empty where `taskset` is missing. */
export function allowedCores(thread: number): readonly number[] {
  try {
    return parseCores(taskset("-cp", String(thread)).split(":").pop()!.trim());
  } catch {
    return [];
  }
}

/** Pins one thread. @throws Error where `taskset` is missing or not allowed to */
export function setCores(thread: number, cores: readonly number[]): void {
  taskset("-cp", cores.join(","), String(thread));
}

/** Reads a list as the kernel writes it, e.g. `0-2,5`. */
export function parseCores(list: string): readonly number[] {
  return list.split(",").flatMap((range) => {
    const [from, to = from] = range.split("-").map(Number);
    return Array.from({ length: to! - from! + 1 }, (_, at) => from! + at);
  });
}

function taskset(...args: readonly string[]): string {
  return execFileSync("taskset", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}
