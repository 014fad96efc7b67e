import { createHash } from "node:crypto";
import type { EnvoyLauncher, RunningEnvoy } from "../../src/harness/envoy.js";
import { type RecordingUpstream, startUpstream } from "../../src/harness/recording-upstream.js";
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
}

/** How long the callout cluster waits before it answers the path `/hold`; all others it answers at once. */
export const CALLOUT_HOLD_MS = 5_000;

const EMPTY: ResponseShape = { headers: [], body: "" };

/** @throws EnvoyStartError when Envoy rejects an arm */
export async function startBenchEnvoy(
  launcher: EnvoyLauncher,
  arms: readonly BuiltArm[],
  { concurrency = 1, buffered = false, logLevel = "error", response = EMPTY }: BenchEnvoyOptions = {},
): Promise<BenchEnvoy> {
  const recorder = await startUpstream({ name: "recorder", answer: () => response });
  const callout = await startUpstream({
    name: "callout",
    answer: ({ path }) => (path === "/hold" ? { delayMs: CALLOUT_HOLD_MS } : {}),
  });
  const closeUpstreams = () => Promise.all([recorder.close(), callout.close()]);
  const clusters = [recorder, callout].map(({ name, port }) => ({ name, port }));
  const files = Object.assign({}, ...arms.map((arm) => arm.files)) as Record<string, Uint8Array>;
  const logLevels = { lua: logLevel, wasm: logLevel };
  try {
    const config = renderConfig("benchmark", { arms, response, buffered, clusters });
    const envoy = await launcher.start(config, { concurrency, files, logLevels });
    return {
      envoy,
      recorder,
      // The ports of the upstreams differ between two runs of the same configuration.
      configSha256: sha256(renderConfig("benchmark", { arms, response, buffered, clusters: [] })),
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

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
