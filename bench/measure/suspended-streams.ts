import type { EnvoyLauncher } from "../../src/harness/envoy.js";
import type { Arm, BuiltArm } from "../arms/arm.js";
import { buildArms } from "../build-arms.js";
import { line } from "../statistics/summary.js";
import { getRequest, type Workload } from "../workloads/workload.js";
import { HOLD_MS, startBenchEnvoy } from "./bench-envoy.js";
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

const STEPS = [100, 200, 200, 200, 200];
const SETTLE_MS = 150;

/**
 * Resident memory of each further stream that waits in an httpCall, over one that waits for its upstream without any filter: what
 * Envoy itself keeps for a stream and a connection is taken off. By arm. The first hundred are not counted: with them Envoy sets up
 * what all others share.
 */
export async function bytesPerSuspendedStream(
  launcher: EnvoyLauncher,
  arms: readonly Arm[],
): Promise<ReadonlyMap<string, number>> {
  const { built } = await buildArms(WAITING, arms);
  const perStream = new Map<string, number>();
  for (const [arm, filters] of built) perStream.set(arm, await bytesPerWaitingStream(launcher, filters));
  const without = perStream.get("none") ?? 0;
  return new Map([...perStream].filter(([arm]) => arm !== "none").map(([arm, bytes]) => [arm, bytes - without]));
}

async function bytesPerWaitingStream(launcher: EnvoyLauncher, arm: BuiltArm): Promise<number> {
  await using bench = await startBenchEnvoy(launcher, [arm]);
  const connection = await Http2Connection.open(bench.envoy.port(arm.name));
  const request = encodeShape(WAITING.request, CHECK_HOST);
  const points: (readonly [number, number])[] = [];
  let waiting = 0;
  for (const more of STEPS) {
    connection.send(request, more);
    waiting += more;
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    points.push([waiting, residentBytes(bench.envoy.pid)]);
  }
  connection.close();
  return line(points).slope;
}
