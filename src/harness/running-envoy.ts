import { isLive, listenerPorts, readStats } from "./admin.js";
import { EnvoyStartError, type RunningEnvoy } from "./envoy.js";
import { type LogLine, parseLogLine } from "./log-line.js";
import { readWorkerCpu } from "./worker-cpu.js";

/** What a launcher knows of the Envoy that it has started; the rest is the same for a process and a container. */
export interface EnvoyProcess {
  readonly description: string;
  readonly pid: number;
  readonly container?: string;
  readonly ended: Promise<void>;
  /** Ends the process and removes its files; called once. */
  terminate(): Promise<void>;
}

/** Collects what Envoy writes: log lines from one stream, plain output from the other. */
export class EnvoyOutput {
  readonly logs: LogLine[] = [];
  output = "";
  #rest = "";
  readonly #listeners = new Set<() => void>();

  /** @param chunk bytes of Envoy's standard error */
  takeLog(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString("latin1")).split("\n");
    this.#rest = lines.pop()!;
    for (const line of lines) this.takeLine(line);
  }

  takeLine(line: string): void {
    this.logs.push(parseLogLine(line));
    for (const listener of this.#listeners) listener();
  }

  /** @param chunk bytes of Envoy's standard output */
  takeOutput(chunk: Buffer): void {
    this.output += chunk.toString("latin1");
  }

  /** Resolves with the first line at or after `from` that satisfies the predicate; undefined when `until` settles first. */
  async find(
    predicate: (line: LogLine) => boolean,
    until: Promise<unknown>,
    from: number,
  ): Promise<LogLine | undefined> {
    let next = from;
    const scan = (): LogLine | undefined => {
      while (next < this.logs.length) {
        const line = this.logs[next++]!;
        if (predicate(line)) return line;
      }
      return undefined;
    };
    let check: () => void = () => {};
    const found = new Promise<LogLine>((resolve) => {
      check = () => {
        const line = scan();
        if (line !== undefined) resolve(line);
      };
      this.#listeners.add(check);
      check();
    });
    try {
      return await Promise.race([found, until.then(() => undefined)]);
    } finally {
      this.#listeners.delete(check);
    }
  }
}

const ADMIN_ADDRESS = /^admin address: (\S+)$/;

/**
 * Waits until the Envoy behind `process` is live.
 * @throws EnvoyStartError; the process is terminated before.
 */
export async function whenLive(
  process: EnvoyProcess,
  output: EnvoyOutput,
  readyTimeoutMs: number,
): Promise<RunningEnvoy> {
  let alive = true;
  const ended = process.ended.then(() => {
    alive = false;
  });
  let terminated: Promise<void> | undefined;
  const stop = () => (terminated ??= process.terminate());

  const deadline = timer(readyTimeoutMs);
  try {
    const line = await output.find((log) => ADMIN_ADDRESS.test(log.message), Promise.race([ended, deadline.passed]), 0);
    const admin = `http://${ADMIN_ADDRESS.exec(line?.message ?? "")?.[1]}`;
    let live = false;
    while (line !== undefined && alive && !deadline.isPassed() && !live) {
      live = await isLive(admin);
      if (!live) await new Promise((resolve) => setTimeout(resolve, 10));
    }
    if (!live) throw startError(alive, readyTimeoutMs, output.logs);
    const ports = await listenerPorts(admin);
    return describe(process, output, { admin, ports, ended, stop, isAlive: () => alive });
  } catch (error) {
    await stop();
    throw error;
  } finally {
    deadline.cancel();
  }
}

interface LiveParts {
  readonly admin: string;
  readonly ports: ReadonlyMap<string, number>;
  readonly ended: Promise<void>;
  stop(): Promise<void>;
  isAlive(): boolean;
}

function describe(process: EnvoyProcess, output: EnvoyOutput, parts: LiveParts): RunningEnvoy {
  const { admin, ports, ended, stop } = parts;
  return {
    description: process.description,
    pid: process.pid,
    ...(process.container === undefined ? {} : { container: process.container }),
    admin,
    ended,
    stop,
    [Symbol.asyncDispose]: stop,
    get logs() {
      return output.logs;
    },
    get output() {
      return output.output;
    },
    get alive() {
      return parts.isAlive();
    },
    port(listener) {
      const port = ports.get(listener);
      if (port === undefined) throw new Error(`no listener '${listener}' in this Envoy`);
      return port;
    },
    stats: (filter) => readStats(admin, filter),
    workerCpu: () => readWorkerCpu(process.pid),
    async waitForLog(predicate, timeoutMs, from = 0) {
      const deadline = timer(timeoutMs);
      try {
        const line = await output.find(predicate, Promise.race([ended, deadline.passed]), from);
        if (line === undefined)
          throw new Error(parts.isAlive() ? `no such log line in ${timeoutMs} ms` : "Envoy ended");
        return line;
      } finally {
        deadline.cancel();
      }
    },
  };
}

function startError(alive: boolean, timeoutMs: number, logs: readonly LogLine[]): EnvoyStartError {
  if (alive) return new EnvoyStartError("timeout", `Envoy was not live within ${timeoutMs} ms`, logs);
  const detail = complaint(logs, "critical") ?? complaint(logs, "error") ?? complaint(logs, "raw") ?? "it said nothing";
  return new EnvoyStartError("rejected", `Envoy ended before it was live: ${detail}`, logs);
}

/** The first message of a level, without the name of the configuration file that Envoy adds. */
function complaint(logs: readonly LogLine[], level: string): string | undefined {
  const message = logs.find((line) => line.level === level)?.message;
  return /^error `(.*)` initializing config/s.exec(message ?? "")?.[1] ?? message;
}

function timer(ms: number) {
  let passed = false;
  let handle: NodeJS.Timeout | undefined;
  const promise = new Promise<void>((resolve) => {
    handle = setTimeout(() => {
      passed = true;
      resolve();
    }, ms);
  });
  return { passed: promise, isPassed: () => passed, cancel: () => clearTimeout(handle) };
}
