import type { LeftOutArm } from "./build-arms.js";
import { DOES_NOTHING, type Plan } from "./cells.js";
import type { BenchEnvoy } from "./measure/bench-envoy.js";
import { differingHeaders, firstDifference, type Outcome, observe } from "./measure/outcome.js";
import { readScriptErrors } from "./measure/script-errors.js";
import type { Workload } from "./workloads/workload.js";

/** What came of each cell's request, sent once; by the cell's id. */
export interface Outcomes {
  readonly byCell: ReadonlyMap<string, Outcome>;
  /** Headers that the Lua itself sets differently from request to request (random numbers, counters, the time). */
  readonly nondeterministic: ReadonlySet<string>;
  readonly luaErrors: number;
  readonly errorLines: readonly string[];
}

/** Sends the request of every cell to where it is recorded; Lua's twice. */
export async function observeCells(bench: BenchEnvoy, { cells }: Plan): Promise<Outcomes> {
  const byCell = new Map<string, Outcome>();
  const nondeterministic = new Set<string>();
  for (const { id, arm, listener, request } of cells) {
    const outcome = await observe(bench.envoy.port(listener), request, bench.recorder);
    byCell.set(id, outcome);
    if (arm !== "lua") continue;
    const again = await observe(bench.envoy.port(listener), request, bench.recorder);
    for (const header of differingHeaders(outcome, again)) nondeterministic.add(header);
  }
  const { lua, logged } = await readScriptErrors(bench.envoy);
  return { byCell, nondeterministic, luaErrors: lua, errorLines: logged };
}

/** The arms that may not be timed because they do not do what the Lua does; `lua` itself when its script fails. */
export function wrongArms({ cells }: Plan, outcomes: Outcomes, { request }: Workload): readonly LeftOutArm[] {
  const wrong = new Map<string, string>();
  for (const { id, arm } of cells) {
    if (DOES_NOTHING.test(arm)) continue;
    const outcome = outcomes.byCell.get(id)!;
    const lua = outcomes.byCell.get(id.replace(arm, "lua"));
    const reason = reasonAgainst(outcome, lua, request.expectStatus, outcomes.nondeterministic);
    if (reason !== undefined) wrong.set(arm, reason);
  }
  if (outcomes.luaErrors > 0) wrong.set("lua", `its script fails: ${outcomes.errorLines[0] ?? "see Envoy's log"}`);
  return [...wrong].map(([arm, reason]) => ({ arm, reason }));
}

/** Whether the Lua still does what it did before; a script that counts requests may not. */
export function luaIsSteady({ cells }: Plan, before: Outcomes, after: Outcomes): boolean {
  const varying = new Set([...before.nondeterministic, ...after.nondeterministic]);
  return cells
    .filter(({ arm }) => arm === "lua")
    .every(({ id }) => firstDifference(before.byCell.get(id)!, after.byCell.get(id)!, varying) === undefined);
}

/** The plan with the status that each cell got as the one to expect under load. */
export function expectingStatuses(plan: Plan, { byCell }: Outcomes): Plan {
  const cells = plan.cells.map((cell) => {
    const expectStatus = byCell.get(cell.id)?.client?.status ?? 200;
    return { ...cell, request: { ...cell.request, expectStatus } };
  });
  return { ...plan, cells };
}

function reasonAgainst(
  outcome: Outcome,
  lua: Outcome | undefined,
  expectStatus: number | undefined,
  nondeterministic: ReadonlySet<string>,
): string | undefined {
  const status = outcome.client?.status;
  if (status === undefined) return "does not answer";
  if (expectStatus !== undefined && status !== expectStatus) return `answers ${status} in place of ${expectStatus}`;
  const difference = lua && firstDifference(lua, outcome, nondeterministic);
  return difference && `does not do what the Lua does: ${difference}`;
}
