import { readdirSync, readFileSync } from "node:fs";
import { MissingError } from "../../src/support/failure.js";

/** What the kernel's scheduler says of a thread since its start (`/proc/PID/task/TID/schedstat`). */
export interface ThreadTime {
  readonly cpuNs: number;
  /** Ready to run, but the core was taken. */
  readonly waitNs: number;
}

const WORKER = "wrk:worker_0";

/**
 * Thread id of Envoy's only worker.
 * @throws MissingError where there is no Linux `/proc` with scheduler statistics
 */
export function findWorker(envoyPid: number): number {
  const tasks = `/proc/${envoyPid}/task`;
  try {
    const worker = readdirSync(tasks).find((tid) => readFileSync(`${tasks}/${tid}/comm`, "latin1").trim() === WORKER);
    if (worker !== undefined) return Number(worker);
  } catch {
    // told below
  }
  throw new MissingError(
    "cannot see the CPU time of Envoy's worker: moonshift bench needs Linux and an Envoy whose process it can see (--envoy local)",
  );
}

export function readThreadTime(envoyPid: number, thread: number): ThreadTime {
  const [cpuNs = 0, waitNs = 0] = readFileSync(`/proc/${envoyPid}/task/${thread}/schedstat`, "latin1")
    .split(" ")
    .map(Number);
  return { cpuNs, waitNs };
}

/** Time of all cores together, in clock ticks. */
export interface MachineTime {
  readonly total: number;
  readonly stolen: number;
}

const STEAL_COLUMN = 7;

/** First line of `/proc/stat`: user nice system idle iowait irq softirq steal, and guest time, which user time contains already. */
export function readMachineTime(): MachineTime {
  const columns = readFileSync("/proc/stat", "latin1").split("\n")[0]!.split(/\s+/).slice(1, 9).map(Number);
  return { total: columns.reduce((sum, ticks) => sum + ticks, 0), stolen: columns[STEAL_COLUMN] ?? 0 };
}

/** Resident memory of a process (`VmRSS`). */
export function residentBytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"));
  return Number(line?.[1] ?? 0) * 1024;
}
