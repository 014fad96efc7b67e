import { createHash } from "node:crypto";
import type { EnvoyLauncher, RunningEnvoy } from "../../src/harness/envoy.js";
import { type RecordingUpstream, startUpstream, type UpstreamAnswer } from "../../src/harness/recording-upstream.js";
import { renderConfig } from "../../src/harness/render-config.js";
import type { BuiltArm } from "../arms/arm.js";
import type { ResponseShape, Workload } from "../workloads/workload.js";

/** An Envoy with a listener for each arm, and the upstreams that it reaches. */
export interface BenchEnvoy extends AsyncDisposable {
  readonly envoy: RunningEnvoy;
  /** Gets what is sent to the host `check.bench`. */
  readonly recorder: RecordingUpstream;
  readonly configSha256: string;
}

export interface BenchEnvoyOptions {
  readonly concurrency?: number;
  /** Requests have bodies, and are answered when these are complete. */
  readonly buffered?: boolean;
  readonly logLevel?: Workload["logLevel"];
  readonly response?: ResponseShape;
  readonly calls?: Workload["calls"];
}

/** How long an upstream waits before it answers the path `/hold`. */
export const HOLD_MS = 8_000;

const EMPTY: ResponseShape = { status: 200, headers: [], body: "" };

/** @throws EnvoyStartError when Envoy rejects an arm */
export async function startBenchEnvoy(
  launcher: EnvoyLauncher,
  arms: readonly BuiltArm[],
  { concurrency = 1, buffered = false, logLevel = "error", response = EMPTY, calls = {} }: BenchEnvoyOptions = {},
): Promise<BenchEnvoy> {
  const recorder = await startAnswering("recorder", response);
  const callees = await Promise.all(
    Object.entries({ callout: {}, ...calls }).map(([name, answer]) => startAnswering(name, answer)),
  );
  const upstreams = [recorder, ...callees];
  const closeUpstreams = () => Promise.all(upstreams.map((upstream) => upstream.close()));
  const clusters = upstreams.map(({ name, port }) => ({ name, port }));
  const responseBase64 = Buffer.from(response.body, "latin1").toString("base64");
  const shape = { arms, response, responseBase64, buffered };
  const files = Object.assign({}, ...arms.map((arm) => arm.files)) as Record<string, Uint8Array>;
  const logLevels = { lua: logLevel, wasm: logLevel };
  try {
    const config = renderConfig("benchmark", { ...shape, clusters });
    const envoy = await launcher.start(config, { concurrency, files, logLevels });
    return {
      envoy,
      recorder,
      // The ports of the upstreams differ between two runs of the same configuration.
      configSha256: sha256(renderConfig("benchmark", { ...shape, clusters: [] })),
      async [Symbol.asyncDispose]() {
        await envoy.stop();
        await closeUpstreams();
      },
    };
  } catch (error) {
    await closeUpstreams();
    throw error;
  }
}

/** The path `/hold` is answered late. */
function startAnswering(name: string, answer: UpstreamAnswer): Promise<RecordingUpstream> {
  return startUpstream({ name, answer: ({ path }) => (path === "/hold" ? { delayMs: HOLD_MS } : answer) });
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
