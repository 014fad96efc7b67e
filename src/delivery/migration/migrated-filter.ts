import type { Assessment } from "../../analyzer/assessment.js";
import type { WasmModule } from "../../codegen/compile.js";
import type { GuestProgram } from "../../codegen/generate.js";
import type { LuaSite } from "../../manifest/lua-site.js";

/** A module of several filters, whose plugins share a VM on each worker. */
export interface SharedModule {
  /** Names of environment variables that any of its scripts reads: the VM has one environment. */
  readonly env: readonly string[];
}

/** One site after migration: judged, and compiled unless refused. */
export interface MigratedSite {
  readonly site: LuaSite;
  readonly assessment: Assessment;
  /** Absent when the script does not parse. */
  readonly program?: GuestProgram;
  /** Absent when refused. */
  readonly module?: WasmModule;
  /** What the filter shares with the others of its module (`--bundle`). */
  readonly bundle?: SharedModule;
}
