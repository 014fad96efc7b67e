import type { Comparison, Footprint, FootprintOfArm, SharedMemory, WorkloadResult } from "../../../bench/comparison.js";
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

const NOT_MEASURED = "–";

/** One column for each arm. */
export function footprintRows({ arms, bytesPerSideCall, bundle }: Footprint): Rows {
  const row = (name: string, figure: (arm: FootprintOfArm, name: string) => string): string[] => [
    name,
    ...Object.entries(arms).map(([arm, figures]) => figure(figures, arm)),
  ];
  const bytes = (figure: number | undefined): string => (figure === undefined ? NOT_MEASURED : size(figure));
  const rows = [
    row("memory per filter and worker", (arm) => size(arm.bytesPerFilterAndWorker)),
    row("memory per filter", (arm) => size(arm.bytesPerFilter)),
    row("load time per filter", (arm) => duration(arm.loadNsPerFilter)),
    row("first request, beyond no filter", (arm) =>
      arm.firstRequestNs ? duration(arm.firstRequestNs.median) : NOT_MEASURED,
    ),
    row("memory per stream waiting in httpCall", (arm) => bytes(arm.bytesPerSuspendedStream)),
  ];
  if (bytesPerSideCall !== undefined)
    rows.push(
      row("of it not Envoy's, for its side call", ({ bytesPerSuspendedStream: all }, arm) =>
        arm === "wasm" && all !== undefined ? size(all - bytesPerSideCall) : NOT_MEASURED,
      ),
    );
  if (bundle) {
    const of = (part: keyof SharedMemory) => (_: FootprintOfArm, arm: string) =>
      bytes(arm === "lua" || arm === "wasm" ? bundle.bytes[arm][part] : undefined);
    const filters = `${bundle.filters.length} filters, in Wasm as one bundle`;
    rows.push(row(`${filters}: per worker`, of("perWorker")), row(`${filters}: once`, of("once")));
  }
  return rows;
}

export function leftOutRows(workloads: readonly WorkloadResult[]): Rows {
  return workloads.flatMap(({ name, leftOut }) => leftOut.map(({ arm, reason }) => [name, arm, reason]));
}
