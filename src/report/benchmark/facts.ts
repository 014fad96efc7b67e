import type { Comparison, Footprint, FootprintOfArm, WorkloadResult } from "../../../bench/comparison.js";
import { duration, percent, size } from "./numbers.js";

/** Rows of tables that every format shows. */
type Rows = readonly (readonly string[])[];

export function environmentRows({ environment, controls, startedAt, tool }: Comparison): Rows {
  const { pinned, commit } = environment;
  const { machine } = controls;
  return [
    ["date", startedAt],
    [
      "moonshift",
      commit ? `${tool.version}, commit ${commit}${environment.dirty ? " with changes" : ""}` : tool.version,
    ],
    ["Envoy", `${environment.envoy} (${environment.envoyFrom})`],
    [
      "processor",
      `${environment.cpu}, ${environment.cores} cores${environment.virtualised ? ", virtual machine" : ""}`,
    ],
    ["kernel", `${environment.kernel}, frequency governor ${environment.governor}`],
    ["Node", environment.node],
    ["pinned", pinned ? `worker to core ${pinned.worker}, load to core ${pinned.load}` : "not possible here"],
    ["run", `${environment.mode}, ${environment.rounds} rounds or more, seed ${environment.seed}`],
    [
      "noise",
      `worker waited ${percent(machine.waitShare)} of its running time, ${percent(machine.stealShare)} taken by the hypervisor, rounds spread ${percent(machine.spread)}`,
    ],
  ];
}

export function footprintRows({ arms }: Footprint): Rows {
  const row = (name: string, figure: (arm: FootprintOfArm) => string): string[] => [
    name,
    ...Object.values(arms).map(figure),
  ];
  return [
    row("memory per filter and worker", (arm) => size(arm.bytesPerFilterAndWorker)),
    row("memory per filter", (arm) => size(arm.bytesPerFilter)),
    row("load time per filter", (arm) => duration(arm.loadNsPerFilter)),
    row("first request, beyond no filter", (arm) => (arm.firstRequestNs ? duration(arm.firstRequestNs.median) : "–")),
    row("memory per stream waiting in httpCall", (arm) =>
      arm.bytesPerSuspendedStream === undefined ? "–" : size(arm.bytesPerSuspendedStream),
    ),
  ];
}

export function leftOutRows(workloads: readonly WorkloadResult[]): Rows {
  return workloads.flatMap(({ name, leftOut }) => leftOut.map(({ arm, reason }) => [name, arm, reason]));
}
