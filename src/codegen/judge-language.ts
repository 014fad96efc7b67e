import type { JudgeLanguage } from "../analyzer/verdict.js";
import { refusalsOf } from "./generate.js";
import { globalsTableUse } from "./load/link-globals.js";

/** What the compiler says of a script: its refusals, by compiling it as far as AssemblyScript's source. */
export const judgeLanguage: JudgeLanguage = (script) => {
  const table = globalsTableUse(script);
  const deviations = table ? [{ id: "globals-table", message: GLOBALS_TABLE, range: table.range }] : [];
  return { reasons: refusalsOf(script), deviations };
};

const GLOBALS_TABLE =
  "`_G` as a table: what the library has under a name is still called by that name after it was replaced under a computed one; the functions that Envoy calls are not in the table";
