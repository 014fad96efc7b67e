import type { BuiltArm } from "./arms/arm.js";
import { REPEAT_HEADER, type RequestShape, repeatValue, type Workload } from "./workloads/workload.js";

/** A listener and a request: what is sent in one slice of a round. */
export interface Cell {
  /** Unique within a workload, e.g. `lua` or `lua without`. */
  readonly id: string;
  /** Name of the arm as in the report. */
  readonly arm: string;
  readonly listener: string;
  readonly request: RequestShape;
}

/** Which cells make up the figure of an arm. */
export interface ArmCells {
  readonly arm: string;
  readonly with: string;
  /** Taken off before the cost is told; absent for an arm that is only there to be taken off. */
  readonly without?: string;
  /** The difference is that of so many operations. */
  readonly operations: number;
}

export interface Plan {
  readonly cells: readonly Cell[];
  readonly arms: readonly ArmCells[];
  readonly costUnit: string;
}

/** Arms that do nothing on purpose; all others have to do what Lua does. */
export const DOES_NOTHING = /^(none|no-op .*)$/;

/** Names of the arms that a workload of that form has; those left out are named in the report. */
export function armNames({ measure, kind, native, peer }: Workload): readonly string[] {
  if (kind === "control") return ["none", "lua", "lua again"];
  switch (measure.form) {
    case "repeats":
      return ["lua", "wasm"];
    case "over no-op":
      return ["no-op lua", "lua", "no-op wasm", "wasm"];
    case "over no filter": {
      if (kind === "growth") return ["none", "lua", "wasm"];
      const peers = peer === undefined ? [] : ["assemblyscript sdk", "rust sdk"];
      const interpreter = kind === "filter" ? ["lua interpreter"] : [];
      return [
        "none",
        "no-op lua",
        "lua",
        "no-op wasm",
        "wasm",
        ...(native ? ["native"] : []),
        ...peers,
        ...interpreter,
      ];
    }
  }
}

/** What to send, and how the figures are made of it. @param built by the arm's name as in the report */
export function planCells(workload: Workload, built: ReadonlyMap<string, BuiltArm>): Plan {
  const { measure, request } = workload;
  const cellOf = (arm: string, id = arm, shape = request): Cell => ({
    id,
    arm,
    listener: built.get(arm)!.name,
    request: shape,
  });
  const names = [...built.keys()];
  if (measure.form === "repeats") {
    return {
      cells: names.flatMap((arm) => [cellOf(arm), cellOf(arm, `${arm} without`, withRepeats(request, 0))]),
      arms: names.map((arm) => ({ arm, with: arm, without: `${arm} without`, operations: measure.repeats })),
      costUnit: "per operation",
    };
  }
  const overNoOp = measure.form === "over no-op";
  return {
    cells: names.map((arm) => cellOf(arm)),
    arms: names.map((arm) => {
      const reference = overNoOp ? `no-op ${arm}` : "none";
      const without = arm !== reference && built.has(reference) ? { without: reference } : {};
      return { arm, with: arm, ...without, operations: 1 };
    }),
    costUnit: overNoOp ? "per operation, over a filter that does nothing" : "per request, over no filter",
  };
}

function withRepeats(request: RequestShape, repeats: number): RequestShape {
  const headers = request.headers.map(
    ([name, value]) => [name, name === REPEAT_HEADER ? repeatValue(repeats) : value] as const,
  );
  return { ...request, headers };
}
