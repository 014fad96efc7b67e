import { ArmStage, type StageOptions, WorkerHung } from "./arm-stage.js";
import type { Stop } from "./equivalence.js";
import type { Observation } from "./observation.js";
import type { VerifyRequest } from "./verify-request.js";

/** What every arm did with one request; arms after the one that hung are missing. */
export type Round = ReadonlyMap<string, Observation>;

export interface Replay {
  /** One for each request sent. */
  readonly rounds: readonly Round[];
  /** Why not all requests were sent to all arms. */
  readonly stop?: Stop;
}

/**
 * Sends the requests in their order, each through every arm before the next one.
 * @param deadline milliseconds since the epoch
 * @throws EnvoyStartError when an arm does not load
 */
export async function replay(
  options: StageOptions,
  requests: readonly VerifyRequest[],
  deadline: number,
): Promise<Replay> {
  await using stage = await ArmStage.start(options);
  const rounds: Round[] = [];
  for (const [index, request] of requests.entries()) {
    const stopHere = (arm: string, reason: string): Replay => ({
      rounds,
      stop: { request: index, name: request.name, arm, reason },
    });
    if (Date.now() > deadline) return stopHere("", "the time for this verification is over");
    const round = new Map<string, Observation>();
    rounds.push(round);
    for (const arm of options.arms) {
      try {
        round.set(arm.name, await stage.observe(arm.name, request, index));
      } catch (error) {
        if (!(error instanceof WorkerHung)) throw error;
        return stopHere(arm.name, "endless loop: the worker did not come back, and Envoy was killed");
      }
    }
  }
  return { rounds };
}
