import type { EnvoyLauncher, RunningEnvoy } from "../harness/envoy.js";
import { type FilterArm, type MetadataHeader, renderFilterArms } from "../harness/filter-arms.js";
import type { LogLine } from "../harness/log-line.js";
import {
  type HeaderLines,
  type RecordingUpstream,
  startUpstream,
  type UpstreamAnswer,
} from "../harness/recording-upstream.js";
import { type Outcome, sendHttp1 } from "../harness/traffic.js";
import { metadataLines } from "./dynamic-metadata.js";
import { type Observation, readLogLines, scriptErrorStat } from "./observation.js";
import type { VerifyRequest } from "./verify-request.js";
import { readMetadataLine, type WrittenMetadata } from "./written-metadata.js";

export interface StageOptions {
  readonly launcher: EnvoyLauncher;
  readonly arms: readonly FilterArm[];
  /** Clusters that scripts may call, e.g. `outbound|443||auth.example.com`; each gets an upstream that records. */
  readonly callClusters: readonly string[];
  /** Until a request counts as unanswered, milliseconds. */
  readonly requestTimeoutMs: number;
  readonly routeMetadata?: Readonly<Record<string, unknown>>;
  /** Files in Envoy's working directory, where LuaJIT looks for modules. */
  readonly files?: Readonly<Record<string, string>>;
  /** Namespaces of dynamic metadata to look at when a stream ends; `writtenNamespaces` of the scripts. */
  readonly writtenNamespaces?: readonly string[];
  /** Headers that bring dynamic metadata; `metadataHeadersOf` the requests to come. */
  readonly metadataHeaders?: readonly MetadataHeader[];
}

/** The worker does not answer any more: an arm is in an endless loop. */
export class WorkerHung extends Error {
  override readonly name = "WorkerHung";
  constructor(readonly arm: string) {
    super(`the worker hangs in ${arm}`);
  }
}

const UPSTREAM = "moonshift-upstream";
const MARK = "moonshift-mark";
/** Listener whose log line says that everything logged before has arrived. */
const MARK_ARM: FilterArm = {
  name: MARK,
  lua: {
    text: `function envoy_on_request(handle)
      handle:logCritical(handle:headers():get(":path"))
      handle:respond({ [":status"] = "204" })
    end`,
  },
};
/** Some streams, of requests that Envoy cannot read, are never logged. */
const ACCESS_LOG_TIMEOUT_MS = 2_000;
const DEFAULT_CLIENT = { address: "203.0.113.7", port: 51234 };
const SERVER = { address: "10.0.0.1", port: 80 };

/** One Envoy with a single worker and a listener per arm, behind it upstreams that record. Arms are used one at a time. */
export class ArmStage implements AsyncDisposable {
  #marks = 0;
  #answers: { request: VerifyRequest; calls: Map<string, number> } | undefined;

  private constructor(
    readonly envoy: RunningEnvoy,
    private readonly options: StageOptions,
    private readonly upstream: RecordingUpstream,
    private readonly callees: readonly RecordingUpstream[],
  ) {}

  /** @throws EnvoyStartError when an arm does not load */
  static async start(options: StageOptions): Promise<ArmStage> {
    let stage: ArmStage | undefined;
    const upstream = await startUpstream({
      name: UPSTREAM,
      answer: () => withServiceTime(stage!.#answers!.request.upstream),
    });
    const callees: RecordingUpstream[] = [];
    try {
      for (const name of options.callClusters) {
        callees.push(await startUpstream({ name, answer: () => stage!.#answerCall(name) }));
      }
      const { bootstrap, files } = renderFilterArms([...options.arms, MARK_ARM], [upstream, ...callees], {
        cluster: UPSTREAM,
        proxyProtocol: true,
        http1Trailers: true,
        suppressEnvoyHeaders: true,
        metadataHeaders: options.metadataHeaders ?? [],
        loggedMetadata: options.writtenNamespaces ?? [],
        ...(options.routeMetadata === undefined ? {} : { routeMetadata: options.routeMetadata }),
      });
      const envoy = await options.launcher.start(bootstrap, {
        files: { ...options.files, ...files },
        logLevels: { lua: "trace", wasm: "trace" },
      });
      stage = new ArmStage(envoy, options, upstream, callees);
      return stage;
    } catch (error) {
      await Promise.all([upstream, ...callees].map((server) => server.close()));
      throw error;
    }
  }

  /**
   * Sends the request through an arm and waits until all that comes of it (side calls, log lines) is in.
   * @throws WorkerHung
   */
  async observe(arm: string, request: VerifyRequest, index: number): Promise<Observation> {
    this.#answers = { request, calls: new Map() };
    this.#forget();
    const logsFrom = this.envoy.logs.length;
    const errorsBefore = await this.#scriptErrors(arm);
    const outcome = await this.#send(arm, request, index);
    await this.#settle(arm);
    const metadata = await this.#metadata(arm, logsFrom);
    const lines = this.envoy.logs.slice(logsFrom);
    return {
      outcome,
      upstream: this.upstream.take(),
      calls: this.callees.flatMap((callee) => callee.take()),
      ...readLogLines(lines.filter((line) => !line.message.includes(MARK))),
      ...(metadata && { metadata }),
      scriptErrors: (await this.#scriptErrors(arm)) - errorsBefore,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.envoy.stop();
    await Promise.all([this.upstream, ...this.callees].map((server) => server.close()));
  }

  #answerCall(cluster: string): UpstreamAnswer {
    const { request, calls } = this.#answers!;
    const nth = calls.get(cluster) ?? 0;
    calls.set(cluster, nth + 1);
    const answers = request.calls[cluster];
    return answers?.[Math.min(nth, answers.length - 1)] ?? request.upstream;
  }

  #forget(): void {
    this.upstream.take();
    for (const callee of this.callees) callee.take();
  }

  #send(arm: string, request: VerifyRequest, index: number): Promise<Outcome> {
    return sendHttp1(
      this.envoy.port(arm),
      {
        method: request.method,
        path: request.path,
        headers: [
          ...addedHeaders(request, index),
          ...request.headers,
          ...metadataLines(request, this.options.metadataHeaders ?? []),
        ],
        ...(request.body === undefined ? {} : { body: asBytes(request.body) }),
        ...(request.trailers === undefined ? {} : { trailers: request.trailers }),
      },
      {
        timeoutMs: this.options.requestTimeoutMs,
        proxy: {
          client: request.client === undefined ? DEFAULT_CLIENT : { ...DEFAULT_CLIENT, address: request.client },
          server: SERVER,
        },
      },
    );
  }

  /** Waits for calls that outlive the request, and for the log to be complete. */
  async #settle(arm: string): Promise<void> {
    const deadline = Date.now() + this.options.requestTimeoutMs;
    for (;;) {
      await this.#mark(arm);
      if (this.callees.length === 0 || Date.now() > deadline || !(await this.#callsInFlight())) return;
    }
  }

  /** From the access log, which Envoy writes when it is done with a stream. */
  async #metadata(arm: string, from: number): Promise<Observation["metadata"]> {
    if (!this.options.writtenNamespaces?.length) return undefined;
    let found: WrittenMetadata | undefined;
    const isOurs = ({ message }: LogLine): boolean => {
      const told = readMetadataLine(message);
      if (told?.arm === arm) found = told.metadata;
      return told?.arm === arm;
    };
    await this.envoy.waitForLog(isOurs, ACCESS_LOG_TIMEOUT_MS, from).catch(() => {});
    return found ?? "unlogged";
  }

  async #callsInFlight(): Promise<boolean> {
    const stats = await this.envoy.stats("^cluster\\..*\\.upstream_rq_(pending_)?active$");
    return Object.values(stats).some((value) => value > 0);
  }

  /** @throws WorkerHung */
  async #mark(arm: string): Promise<void> {
    const path = `/${MARK}-${this.#marks++}`;
    const from = this.envoy.logs.length;
    const request = { method: "GET", path, headers: [["host", MARK]] as const };
    const outcome = await sendHttp1(this.envoy.port(MARK), request, { timeoutMs: 2_000 });
    if (outcome.kind === "timeout") throw new WorkerHung(arm);
    if (outcome.kind === "closed") throw new Error(`Envoy ended while it ran ${arm}`);
    await this.envoy.waitForLog((line) => line.message.endsWith(path), 5_000, from);
  }

  async #scriptErrors(arm: string): Promise<number> {
    const stats = await this.envoy.stats(scriptErrorStat(arm));
    return Object.values(stats).reduce((sum, value) => sum + value, 0);
  }
}

/** Headers that every request has, less those that it brings along. @param index that no other request of the replay has */
export function addedHeaders(request: VerifyRequest, index: number): HeaderLines {
  const present = new Set(request.headers.map(([name]) => name.toLowerCase()));
  const added = [
    ["host", "example.com"],
    ["x-request-id", `00000000-0000-4000-8000-${index.toString(16).padStart(12, "0")}`],
  ] as const;
  return added.filter(([name]) => !present.has(name));
}

const SERVICE_TIME = "x-envoy-upstream-service-time";

/** Envoy adds the time that the upstream took, which differs each time; a script sees the header all the same, with one value. */
export function withServiceTime(answer: UpstreamAnswer): UpstreamAnswer {
  const headers = answer.headers ?? [];
  return headers.some(([name]) => name === SERVICE_TIME)
    ? answer
    : { ...answer, headers: [...headers, [SERVICE_TIME, "5"]] };
}

function asBytes(body: string | readonly string[]): string | readonly Uint8Array[] {
  return typeof body === "string" ? body : body.map((chunk) => Buffer.from(chunk, "latin1"));
}
