import type { Assessment } from "../../analyzer/assessment.js";
import type { WasmModule } from "../../codegen/compile.js";
import type { GuestProgram } from "../../codegen/generate.js";
import type { LuaSite } from "../../manifest/lua-site.js";

/** One site after migration: judged, and compiled unless refused. */
export interface MigratedSite {
  readonly site: LuaSite;
  readonly assessment: Assessment;
  /** Absent when the script does not parse. */
  readonly program?: GuestProgram;
  /** Absent when refused. */
  readonly module?: WasmModule;
}
