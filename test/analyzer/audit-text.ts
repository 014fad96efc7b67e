import { type AssessOptions, assess } from "../../src/analyzer/assess.js";
import type { Assessment, Finding } from "../../src/analyzer/assessment.js";
import { type AuditOptions, auditInputs } from "../../src/analyzer/audit-inputs.js";
import { findLuaSites } from "../../src/manifest/find-lua-sites.js";

/** Assesses the body of a request hook whose handle is called `handle`. */
export function assessRequest(body: string, options?: AssessOptions): Assessment {
  return assessLua(`function envoy_on_request(handle)\n${body}\nend\n`, options);
}

export function assessLua(text: string, options?: AssessOptions): Assessment {
  const [site] = findLuaSites("script.lua", text).sites;
  if (!site) throw new Error("no script");
  return assess(site, options);
}

/** Ids of errors and warnings. */
export function serious({ findings }: Pick<Assessment, "findings">): readonly string[] {
  return findings.filter(({ level, suppression }) => level !== "note" && !suppression).map(({ ruleId }) => ruleId);
}

export function only(findings: readonly Finding[], ruleId: string): Finding {
  const [finding, ...others] = findings.filter((one) => one.ruleId === ruleId);
  if (!finding || others.length > 0) throw new Error(`${others.length + (finding ? 1 : 0)} findings of ${ruleId}`);
  return finding;
}

export function auditTexts(files: Readonly<Record<string, string>>, options?: AuditOptions) {
  return auditInputs(
    Object.entries(files).map(([file, text]) => ({ type: "file" as const, file, text, named: true })),
    options,
  );
}
