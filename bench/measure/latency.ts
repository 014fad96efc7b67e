import * as hdr from "hdr-histogram-js";
import type { RequestShape } from "../workloads/workload.js";
import { encodeShape } from "./envoy-executor.js";
import { Http2Connection } from "./http2-connection.js";

export interface LatencyRun {
  /** Nanoseconds from the time at which a request was due to the end of its answer. */
  readonly histogram: hdr.Histogram;
  readonly failures: number;
}

const HIGHEST_NS = 60_000_000_000;

export function emptyHistogram(): hdr.Histogram {
  return hdr.build({
    lowestDiscernibleValue: 1_000,
    highestTrackableValue: HIGHEST_NS,
    numberOfSignificantValueDigits: 3,
  });
}

/**
 * Open loop: request n is due n / rate after the start, whatever became of the ones before, and its latency counts from when it was
 * due, so that a stall shows in every request that it held up (no coordinated omission).
 * This thread polls the clock without rest: a timer of Node's would be a millisecond late.
 */
export async function runOpenLoop(
  port: number,
  shape: RequestShape,
  { requestsPerSecond, durationMs }: { readonly requestsPerSecond: number; readonly durationMs: number },
): Promise<LatencyRun> {
  const connection = await Http2Connection.open(port);
  try {
    const request = encodeShape(shape);
    const expected = shape.expectStatus ?? 200;
    const total = Math.max(1, Math.round((requestsPerSecond * durationMs) / 1000));
    const gapNs = 1e9 / requestsPerSecond;
    const histogram = emptyHistogram();
    const start = process.hrtime.bigint();
    const elapsedNs = () => Number(process.hrtime.bigint() - start);
    let sent = 0;
    let answered = 0;
    let failures = 0;
    const first = connection.streamToCome;
    connection.listen((stream, status) => {
      answered++;
      if (status !== expected) failures++;
      histogram.recordValue(Math.min(HIGHEST_NS, Math.max(1, elapsedNs() - ((stream - first) / 2) * gapNs)));
    });
    while (sent < total) {
      const due = Math.min(total, Math.floor(elapsedNs() / gapNs) + 1);
      if (due > sent && connection.writableBytes >= (due - sent) * request.bodyBytes) {
        connection.send(request, due - sent);
        sent = due;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    await connection.until(() => answered === total);
    return { histogram, failures };
  } finally {
    connection.close();
  }
}
