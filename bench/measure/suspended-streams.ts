import type { EnvoyLauncher } from "../../src/harness/envoy.js";
import type { Arm, BuiltArm } from "../arms/arm.js";
import { sideCallArm } from "../arms/side-call.js";
import { buildArms } from "../build-arms.js";
import { line, median } from "../statistics/summary.js";
import { getRequest, type Workload } from "../workloads/workload.js";
import { type BenchEnvoy, HOLD_MS, startBenchEnvoy } from "./bench-envoy.js";
import { encodeShape } from "./envoy-executor.js";
import { Http2Connection } from "./http2-connection.js";
import { CHECK_HOST } from "./outcome.js";
import { residentBytes } from "./worker-thread.js";

/** A filter that waits for an answer that does not come soon. */
const WAITING: Workload = {
  name: "suspended-streams",
  kind: "growth",
  group: "memory",
  about: "a stream that waits for an httpCall",
  lua: `function envoy_on_request(handle)
  local id = handle:headers():get("x-user-id")
  local answer = handle:httpCall("callout", {[":method"] = "GET", [":path"] = "/hold", [":authority"] = "callout"}, "", ${2 * HOLD_MS})
  handle:headers():replace("x-result", id .. answer[":status"])
end
`,
  request: getRequest([], "/hold"),
  measure: { form: "over no filter" },
};

const STEPS = [100, 225, 225, 225, 225];
/** Envoys per arm, of which the middle one counts. */
const STARTS = 3;
const POLL_MS = 50;
/** On a busy machine fewer streams than sent may wait after that; how many is asked for. */
const MOST_POLLS = 20;

export interface SuspendedStreams {
  /** By arm. */
  readonly perStream: ReadonlyMap<string, number>;
  /** What of it is Envoy's, for the side call and a Wasm filter: the same for a module that keeps nothing. */
  readonly sideCall: number;
}

/**
 * Resident memory of each further stream that waits in an httpCall, over one that waits for its upstream without any filter: what
 * Envoy itself keeps for a stream and a connection is taken off. The first hundred are not counted: with them Envoy sets up what all
 * others share.
 */
export async function bytesPerSuspendedStream(
  launcher: EnvoyLauncher,
  arms: readonly Arm[],
): Promise<SuspendedStreams> {
  const { built } = await buildArms(WAITING, arms);
  const slopes = new Map<string, number[]>();
  for (let start = 0; start < STARTS; start++) {
    for (const [arm, filters] of [...built, ["side call", await sideCallArm.build(WAITING)] as const])
      slopes.set(arm, [...(slopes.get(arm) ?? []), await bytesPerWaitingStream(launcher, filters)]);
  }
  const measured = [...slopes].map(([arm, each]) => [arm, median(each)] as const);
  const { none = 0, "side call": sideCall = 0, ...rest } = Object.fromEntries(measured);
  const perStream = new Map(Object.entries(rest).map(([arm, bytes]) => [arm, bytes - none]));
  return { perStream, sideCall: sideCall - none };
}

async function bytesPerWaitingStream(launcher: EnvoyLauncher, arm: BuiltArm): Promise<number> {
  await using bench = await startBenchEnvoy(launcher, [arm]);
  const connection = await Http2Connection.open(bench.envoy.port(arm.name));
  const request = encodeShape(WAITING.request, CHECK_HOST);
  const points: (readonly [number, number])[] = [];
  let sent = 0;
  for (const more of STEPS) {
    connection.send(request, more);
    sent += more;
    const waiting = await settled(bench, sent);
    points.push([waiting, residentBytes(bench.envoy.pid)]);
  }
  connection.close();
  return line(points).slope;
}

/** How many streams wait for an upstream or a side call, once all that were sent do. */
async function settled({ envoy }: BenchEnvoy, sent: number): Promise<number> {
  for (let poll = 1; ; poll++) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    const active = await envoy.stats("^cluster\\.(recorder|callout)\\.upstream_rq_active$");
    const waiting = Object.values(active).reduce((sum, count) => sum + count, 0);
    if (waiting === sent || poll === MOST_POLLS) return waiting;
  }
}
