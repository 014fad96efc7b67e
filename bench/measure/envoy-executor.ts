import type { RunningEnvoy } from "../../src/harness/envoy.js";
import type { Cell } from "../cells.js";
import { ArmFailed, type Executor, type Slice } from "../rounds.js";
import type { RequestShape } from "../workloads/workload.js";
import { type EncodedRequest, encodeRequest, Http2Connection } from "./http2-connection.js";
import { findWorker, readMachineTime, readThreadTime } from "./worker-thread.js";

/** Streams in flight on the one connection. */
const STREAMS = 100;
/** Body bytes in flight: a few large requests keep a worker as busy as many small ones. */
const MOST_BODY_BYTES = 1 << 20;

/** Sends bursts over one HTTP/2 connection per listener, and reads what the worker used meanwhile. */
export class EnvoyExecutor implements Executor, Disposable {
  private readonly connections = new Map<string, Http2Connection>();
  private readonly encoded = new Map<string, EncodedRequest>();
  private readonly worker: number;

  constructor(private readonly envoy: RunningEnvoy) {
    this.worker = findWorker(envoy.pid);
  }

  async run(cell: Cell, requests: number): Promise<Slice> {
    const connection = await this.connectionTo(cell.listener);
    const request = this.encode(cell);
    const thread = readThreadTime(this.envoy.pid, this.worker);
    const machine = readMachineTime();
    const start = process.hrtime.bigint();
    const failures = await sendBursts(connection, request, requests, cell.request.expectStatus ?? 200).catch(
      (error) => {
        throw new ArmFailed(cell.arm, `broke down under load: ${(error as Error).message}`);
      },
    );
    const wallNs = Number(process.hrtime.bigint() - start);
    const threadAfter = readThreadTime(this.envoy.pid, this.worker);
    const machineAfter = readMachineTime();
    const ticks = machineAfter.total - machine.total;
    return {
      requests,
      failures,
      cpuNs: threadAfter.cpuNs - thread.cpuNs,
      waitNs: threadAfter.waitNs - thread.waitNs,
      wallNs,
      stealShare: ticks === 0 ? 0 : (machineAfter.stolen - machine.stolen) / ticks,
    };
  }

  [Symbol.dispose](): void {
    for (const connection of this.connections.values()) connection.close();
  }

  private async connectionTo(listener: string): Promise<Http2Connection> {
    const open = this.connections.get(listener) ?? (await Http2Connection.open(this.envoy.port(listener)));
    this.connections.set(listener, open);
    return open;
  }

  private encode(cell: Cell): EncodedRequest {
    const encoded = this.encoded.get(cell.id) ?? encodeShape(cell.request);
    this.encoded.set(cell.id, encoded);
    return encoded;
  }
}

/** The request as the load sends it. */
export function encodeShape(
  { method, path, headers, body }: RequestShape,
  authority = "shop.example.com",
): EncodedRequest {
  const pseudo = [
    [":method", method],
    [":scheme", "http"],
    [":authority", authority],
    [":path", path],
  ] as const;
  return encodeRequest([...pseudo, ...headers], Buffer.from(body, "latin1"));
}

/** Sends a burst, waits for all its answers, sends the next: the worker then handles the same number of requests at each wake-up. */
async function sendBursts(
  connection: Http2Connection,
  request: EncodedRequest,
  requests: number,
  expectStatus: number,
): Promise<number> {
  let answered = 0;
  let failures = 0;
  connection.listen((_stream, status) => {
    answered++;
    if (status !== expectStatus) failures++;
  });
  const streams = burstSize(request.bodyBytes);
  for (let sent = 0; sent < requests; ) {
    const count = Math.min(streams, requests - sent);
    await connection.until(() => connection.writableBytes >= count * request.bodyBytes);
    connection.send(request, count);
    sent += count;
    await connection.until(() => answered === sent);
  }
  return failures;
}

function burstSize(bodyBytes: number): number {
  return Math.max(1, Math.min(STREAMS, Math.floor(MOST_BODY_BYTES / Math.max(1, bodyBytes))));
}
