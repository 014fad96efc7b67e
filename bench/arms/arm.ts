import type { ModuleSize } from "../comparison.js";
import type { Workload } from "../workloads/workload.js";

/** One way to do what a workload does. */
export interface Arm {
  readonly name: string;
  /** For the report. */
  readonly description: string;
  /** @throws LeftOut when this arm should be there and cannot be */
  build(workload: Workload): Promise<BuiltArm>;
}

/** What stands in the listener of an arm. */
export interface BuiltArm {
  readonly name: string;
  /** Entries of `http_filters` before the router. */
  readonly filters: readonly object[];
  /** Files beside Envoy's configuration that the filters refer to by name. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly sha256?: string;
  readonly module?: ModuleSize;
}

/** An arm that a workload should have and has not; the message is the reason, for the report. */
export class LeftOut extends Error {
  override readonly name = "LeftOut";
}
