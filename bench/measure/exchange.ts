import type { RequestShape } from "../workloads/workload.js";
import type { BenchEnvoy } from "./bench-envoy.js";
import { encodeShape } from "./envoy-executor.js";
import { Http2Connection } from "./http2-connection.js";

/** Sends requests over a connection of their own; returns nanoseconds from the first one sent to the last one answered. */
export async function exchange(
  bench: BenchEnvoy,
  listener: string,
  request: RequestShape,
  requests: number,
): Promise<number> {
  const connection = await Http2Connection.open(bench.envoy.port(listener));
  try {
    let answered = 0;
    connection.listen(() => answered++);
    const start = process.hrtime.bigint();
    connection.send(encodeShape(request), requests);
    await connection.until(() => answered === requests);
    return Number(process.hrtime.bigint() - start);
  } finally {
    connection.close();
  }
}
