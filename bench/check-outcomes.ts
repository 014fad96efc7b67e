import type { LeftOutArm } from "./build-arms.js";
import { DOES_NOTHING, type Plan } from "./cells.js";
import type { BenchEnvoy } from "./measure/bench-envoy.js";
import { firstDifference, type Outcome, observe } from "./measure/outcome.js";
import { readScriptErrors } from "./measure/script-errors.js";
import type { Workload } from "./workloads/workload.js";

/**
 * Sends every request of the plan through every arm and compares with Lua what the upstream and the client got.
 * @returns the arms that may not be timed, with the reason; `lua` itself when its script fails
 */
export async function checkOutcomes(bench: BenchEnvoy, workload: Workload, plan: Plan): Promise<readonly LeftOutArm[]> {
  const outcomes = new Map<string, Outcome>();
  for (const cell of plan.cells) {
    outcomes.set(cell.id, await observe(bench.envoy.port(cell.listener), cell.request, bench.recorder));
  }
  const wrong = new Map<string, string>();
  for (const cell of plan.cells) {
    if (DOES_NOTHING.test(cell.arm)) continue;
    const expected = outcomes.get(cell.id.replace(cell.arm, "lua"));
    const reason = reasonAgainst(outcomes.get(cell.id)!, expected, cell.request.expectStatus, workload);
    if (reason !== undefined) wrong.set(cell.arm, reason);
  }
  const errors = await readScriptErrors(bench.envoy);
  if (errors.lua > 0) {
    wrong.set("lua", `its script fails: ${errors.logged[0] ?? "see Envoy's log"}`);
  }
  return [...wrong].map(([arm, reason]) => ({ arm, reason }));
}

function reasonAgainst(
  outcome: Outcome,
  lua: Outcome | undefined,
  expectStatus = 200,
  { nondeterministic }: Workload,
): string | undefined {
  const status = outcome.client?.status;
  if (status !== expectStatus) return `answered ${status ?? "nothing"} in place of ${expectStatus}`;
  const difference = lua && firstDifference(lua, outcome, nondeterministic);
  return difference && `does not do what the Lua does: ${difference}`;
}
