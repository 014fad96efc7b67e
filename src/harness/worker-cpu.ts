import { readdirSync, readFileSync } from "node:fs";
import type { WorkerCpu } from "./envoy.js";

/** CPU time of Envoy's worker threads, from the scheduler's own account (nanoseconds; Linux only, empty elsewhere). */
export function readWorkerCpu(pid: number): readonly WorkerCpu[] {
  const tasks = `/proc/${pid}/task`;
  return listTasks(tasks)
    .map((tid) => ({
      thread: readFileSync(`${tasks}/${tid}/comm`, "latin1").trim(),
      cpuNs: Number(readFileSync(`${tasks}/${tid}/schedstat`, "latin1").split(" ")[0]),
    }))
    .filter((task) => task.thread.startsWith("wrk:"))
    .sort((a, b) => a.thread.localeCompare(b.thread));
}

function listTasks(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
