import type { EnvoyLauncher } from "../../src/harness/envoy.js";
import type { Arm } from "../arms/arm.js";
import { buildArms } from "../build-arms.js";
import { line } from "../statistics/summary.js";
import { getRequest, type Workload } from "../workloads/workload.js";
import { CALLOUT_HOLD_MS, startBenchEnvoy } from "./bench-envoy.js";
import { encodeShape } from "./envoy-executor.js";
import { Http2Connection } from "./http2-connection.js";
import { residentBytes } from "./worker-thread.js";

/** A filter that waits for an answer that does not come soon. */
const WAITING: Workload = {
  name: "suspended-streams",
  kind: "growth",
  group: "memory",
  about: "a stream that waits for an httpCall",
  lua: `function envoy_on_request(handle)
  local id = handle:headers():get("x-user-id")
  local answer = handle:httpCall("callout", {[":method"] = "GET", [":path"] = "/hold", [":authority"] = "callout"}, "", ${2 * CALLOUT_HOLD_MS})
  handle:headers():replace("x-result", id .. answer[":status"])
end
`,
  request: getRequest(),
  measure: { form: "over no filter" },
};

const STEPS = [100, 200, 200, 200, 200];
const SETTLE_MS = 150;

/**
 * Resident memory that each further stream waiting in an httpCall takes, Envoy's own part (stream, upstream connection) included;
 * by arm. The first hundred are not counted: with them Envoy sets up what all others share.
 */
export async function bytesPerSuspendedStream(
  launcher: EnvoyLauncher,
  arms: readonly Arm[],
): Promise<ReadonlyMap<string, number>> {
  const { built } = await buildArms(WAITING, arms);
  const result = new Map<string, number>();
  for (const [arm, { name, ...rest }] of built) {
    if (arm === "none") continue;
    await using bench = await startBenchEnvoy(launcher, [{ name, ...rest }]);
    const connection = await Http2Connection.open(bench.envoy.port(name));
    const points: (readonly [number, number])[] = [];
    let waiting = 0;
    for (const more of STEPS) {
      connection.send(encodeShape(WAITING.request), more);
      waiting += more;
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      points.push([waiting, residentBytes(bench.envoy.pid)]);
    }
    connection.close();
    result.set(arm, line(points).slope);
  }
  return result;
}
