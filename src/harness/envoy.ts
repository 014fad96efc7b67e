import type { LogLine } from "./log-line.js";

/** A way to have an Envoy: a local process or a container. Everything above `src/harness` knows only this. */
export interface EnvoyLauncher {
  readonly kind: "local" | "docker";
  /** For people, e.g. `local Envoy /home/me/.cache/moonshift/envoy-1.40.0/envoy`. */
  readonly description: string;
  /**
   * Starts Envoy and waits until it is live and every listener is bound.
   * @throws EnvoyStartError when Envoy rejects the configuration, dies, or is not live in time; nothing of it is left then.
   */
  start(bootstrap: string, options?: EnvoyOptions): Promise<RunningEnvoy>;
}

export interface EnvoyOptions {
  /** Worker threads, default 1. */
  readonly concurrency?: number;
  /** Files beside the bootstrap, by name; the bootstrap refers to them by that name (Envoy's working directory holds them). */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Level per logger, e.g. `{ lua: "trace", wasm: "info" }`; all others are at `warning`. */
  readonly logLevels?: Readonly<Record<string, LogLevelName>>;
  /** Milliseconds until Envoy must be live, default 30,000. A script that loops at its top level ends here. */
  readonly readyTimeoutMs?: number;
}

type LogLevelName = "trace" | "debug" | "info" | "warning" | "error" | "critical" | "off";

export interface RunningEnvoy extends AsyncDisposable {
  readonly description: string;
  /** Base URL of the admin interface, e.g. `http://127.0.0.1:41001`. */
  readonly admin: string;
  /** Process id of Envoy as this machine sees it. */
  readonly pid: number;
  /** Container id, when Envoy runs in one. */
  readonly container?: string;
  /** Every log line so far, in order; grows while Envoy runs. */
  readonly logs: readonly LogLine[];
  /** What Envoy wrote to standard output so far (Lua's `print`, access logs), as latin1: one character is one byte. */
  readonly output: string;
  /** False once the process has ended, whoever ended it. */
  readonly alive: boolean;
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
  /** Port of a listener by its configured name. @throws Error for an unknown name. */
  port(listener: string): number;
  /** Values of the counters and gauges whose name matches (a regular expression, Envoy's RE2). */
  stats(filter: string): Promise<Readonly<Record<string, number>>>;
  /** CPU time that each worker thread has used since it started. */
  workerCpu(): readonly WorkerCpu[];
  /** Resolves with the first log line, from index `from` on, that satisfies the predicate. @throws Error after `timeoutMs`, or when Envoy ends first. */
  waitForLog(predicate: (line: LogLine) => boolean, timeoutMs: number, from?: number): Promise<LogLine>;
  /** Ends Envoy and removes everything that belongs to it; safe to call twice. */
  stop(): Promise<void>;
}

export interface WorkerCpu {
  /** Thread name, e.g. `wrk:worker_0`. */
  readonly thread: string;
  readonly cpuNs: number;
}

/** Envoy did not come up: configuration rejected, script load error, crash, or not live in time. */
export class EnvoyStartError extends Error {
  override readonly name = "EnvoyStartError";
  constructor(
    readonly reason: "rejected" | "timeout",
    message: string,
    readonly logs: readonly LogLine[],
  ) {
    super(message);
  }
}
