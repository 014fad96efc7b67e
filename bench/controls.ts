import type { Controls, Interval, WorkloadResult } from "./comparison.js";
import { median } from "./statistics/summary.js";
import { contains } from "./statistics/verdict.js";
import type { Workload } from "./workloads/workload.js";

/** The same script in two arms. Whatever differs between them is error of the measurement, never of the filters. */
export function controlWorkload(of: Workload): Workload {
  return {
    ...of,
    name: "control-aa",
    kind: "control",
    group: "control",
    about: `the same Lua twice (${of.name}), which has to come out equal`,
  };
}

/** A control that leaves more than this open shows a machine that cannot tell anything. */
const WIDEST_CONTROL = 1.1;

/** Whether the run can prove anything: the control holds and is narrow, and the machine was quiet in most workloads. */
export function judgeRun(workloads: readonly WorkloadResult[]): Controls {
  const control = workloads.find(({ kind }) => kind === "control");
  const pair = control?.otherRatios.find(({ of, over }) => of === "lua" && over === "lua again");
  const aa = pair && { ratio: pair.value, ci95: pair.ci95, holds: contains(pair.ci95, 1), narrow: isNarrow(pair.ci95) };
  const middle = (figure: (noise: WorkloadResult["noise"]) => number) =>
    median(workloads.map(({ noise }) => figure(noise)));
  const noisy = workloads.filter(({ noise }) => noise.noisy).length > workloads.length / 2;
  const reasons = noisy ? mostFrequent(workloads.flatMap(({ noise }) => noise.reasons)) : [];
  return {
    ...(aa ? { aa } : {}),
    machine: {
      noisy,
      reasons,
      waitShare: middle((noise) => noise.waitShare),
      stealShare: middle((noise) => noise.stealShare),
      spread: middle((noise) => noise.spread),
    },
    conclusive: !noisy && aa?.holds === true && aa.narrow,
  };
}

function isNarrow([low, high]: Interval): boolean {
  return low >= 1 / WIDEST_CONTROL && high <= WIDEST_CONTROL;
}

function mostFrequent(reasons: readonly string[]): string[] {
  const kinds = new Map(reasons.map((reason) => [reason.split(/[:0-9]/)[0]!, reason]));
  return [...kinds.values()];
}
