import type { JudgeLanguage } from "../analyzer/verdict.js";
import { judgeScript } from "./generate.js";

/** What the compiler says of a script: its refusals, by compiling it as far as AssemblyScript's source. */
export const judgeLanguage: JudgeLanguage = (script) => {
  const { refusals, deviations } = judgeScript(script);
  return { reasons: refusals, deviations };
};
