import { type Arm, type BuiltArm, LeftOut } from "./arms/arm.js";
import { armNames } from "./cells.js";
import type { WorkloadResult } from "./comparison.js";
import type { Workload } from "./workloads/workload.js";

export type LeftOutArm = WorkloadResult["leftOut"][number];

export interface BuiltArms {
  /** By the arm's name as in the report. */
  readonly built: ReadonlyMap<string, BuiltArm>;
  readonly leftOut: readonly LeftOutArm[];
}

/** Builds the arms that the workload's form asks for. What cannot be built is left out with its reason. */
export async function buildArms(workload: Workload, arms: readonly Arm[]): Promise<BuiltArms> {
  const built = new Map<string, BuiltArm>();
  const leftOut: LeftOutArm[] = [];
  for (const name of armNames(workload)) {
    try {
      built.set(name, await armNamed(arms, name).build(workload));
    } catch (error) {
      if (!(error instanceof LeftOut)) throw error;
      leftOut.push({ arm: name, reason: error.message });
    }
  }
  return { built, leftOut };
}

function armNamed(arms: readonly Arm[], name: string): Arm {
  const arm = arms.find((candidate) => candidate.name === name);
  if (arm === undefined) throw new LeftOut("not part of this run");
  return arm;
}
