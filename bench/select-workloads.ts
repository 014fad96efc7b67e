import { statSync } from "node:fs";
import { InputError } from "../src/support/failure.js";
import type { VerifyRequest } from "../src/verify/verify-request.js";
import { controlWorkload } from "./controls.js";
import { migrationWorkloads } from "./workloads/migration.js";
import type { Workload } from "./workloads/workload.js";

export interface Selection {
  /** Names of workloads, of groups, `memory`, or folders that `moonshift migrate` wrote; none: all, or the quick ones. */
  readonly wanted: readonly string[];
  readonly quick: boolean;
  readonly requests: readonly VerifyRequest[];
}

/** Workload that the control repeats: one of middling cost. */
const CONTROL = "routing";

/** Asked for by this name: memory and start times, which the whole suite measures last and no workload has. */
export const MEMORY = "memory";

/**
 * What to measure, the A/A control first.
 * @throws InputError for a name that is no workload, no group and no folder
 */
export function selectWorkloads(all: readonly Workload[], { wanted, quick, requests }: Selection): readonly Workload[] {
  const control = controlWorkload(all.find(({ name }) => name === CONTROL)!);
  if (wanted.length === 0) return [control, ...all.filter((workload) => !quick || workload.quick)];
  const chosen = wanted
    .filter((name) => name !== MEMORY)
    .flatMap((name) => named(all, name) ?? migrationWorkloads(name, requests));
  return [control, ...new Set(chosen)];
}

function named(all: readonly Workload[], wanted: string): readonly Workload[] | undefined {
  const found = all.filter(({ name, group }) => name === wanted || group === wanted);
  if (found.length > 0) return found;
  if (statSync(wanted, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  throw new InputError(
    `'${wanted}' is neither a workload nor a folder; \`moonshift bench --list\` names the workloads`,
  );
}
