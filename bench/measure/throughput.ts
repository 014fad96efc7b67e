import type autocannon from "autocannon";
import type { RunningEnvoy } from "../../src/harness/envoy.js";
import type { RequestShape } from "../workloads/workload.js";
import { findWorker, readThreadTime } from "./worker-thread.js";

export interface PeakRun {
  readonly requestsPerSecond: number;
  /** Share of the time in which the worker ran, 0 to 1. */
  readonly workerUtilisation: number;
  readonly failures: number;
}

const CONNECTIONS = 64;

/** Closed loop over HTTP/1.1 keep-alive, as fast as it goes. @param seconds whole seconds */
export async function runPeak(
  envoy: RunningEnvoy,
  listener: string,
  shape: RequestShape,
  seconds: number,
): Promise<PeakRun> {
  const { default: run } = await import("autocannon");
  const worker = findWorker(envoy.pid);
  const before = readThreadTime(envoy.pid, worker);
  const start = process.hrtime.bigint();
  const result = await run({
    url: `http://127.0.0.1:${envoy.port(listener)}${shape.path}`,
    method: shape.method as autocannon.Request["method"] & string,
    headers: { host: "shop.example.com", ...Object.fromEntries(shape.headers) },
    ...(shape.body === "" ? {} : { body: Buffer.from(shape.body, "latin1") }),
    connections: CONNECTIONS,
    duration: seconds,
  });
  const wallNs = Number(process.hrtime.bigint() - start);
  const busyNs = readThreadTime(envoy.pid, worker).cpuNs - before.cpuNs;
  const expected = shape.expectStatus ?? 200;
  const right = result.statusCodeStats?.[`${expected}`]?.count ?? 0;
  return {
    requestsPerSecond: right / result.duration,
    workerUtilisation: busyNs / wallNs,
    failures: result.requests.total - right + result.errors,
  };
}
