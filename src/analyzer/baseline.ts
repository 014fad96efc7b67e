import { z } from "zod";
import { InputError } from "../support/failure.js";
import type { Assessment, Finding } from "./assessment.js";
import type { Audit } from "./audit-inputs.js";

/** Findings that are known: they are marked, and only new ones count. */
export interface Baseline {
  readonly file: string;
  readonly entries: readonly BaselineEntry[];
}

export type BaselineEntry = z.infer<typeof entry>;

const entry = z
  .object({ fingerprint: z.string(), ruleId: z.string(), file: z.string(), message: z.string() })
  .readonly();
export const baselineDocument = z
  .object({ schemaVersion: z.literal(1), findings: z.array(entry) })
  .describe("What `moonshift audit --update-baseline` writes and `--baseline` reads");

/**
 * @param text of the file; undefined for a baseline that is not there yet
 * @throws InputError when it is no baseline
 */
export function readBaseline(file: string, text: string | undefined): Baseline {
  if (text === undefined) return { file, entries: [] };
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new InputError("not JSON, so no baseline", { file });
  }
  const parsed = baselineDocument.safeParse(content);
  if (!parsed.success) throw new InputError("not a baseline that `audit --update-baseline` wrote", { file });
  return { file, entries: parsed.data.findings };
}

/** Marks every finding as new or unchanged, and lists the entries of which nothing is left. */
export function applyBaseline(
  audit: Audit,
  { entries }: Baseline,
): { readonly audit: Audit; readonly gone: readonly BaselineEntry[] } {
  const known = new Set(entries.map(({ fingerprint }) => fingerprint));
  const seen = new Set<string>();
  const mark = (finding: Finding): Finding => {
    seen.add(finding.fingerprint);
    return { ...finding, baselineState: known.has(finding.fingerprint) ? "unchanged" : "new" };
  };
  const assessments = audit.assessments.map(
    (assessment): Assessment => ({ ...assessment, findings: assessment.findings.map(mark) }),
  );
  return { audit: { ...audit, assessments }, gone: entries.filter(({ fingerprint }) => !seen.has(fingerprint)) };
}

/**
 * The baseline that holds this run's findings.
 * @throws InputError when findings would be dropped that the old one has (another path was audited, or they were mended), unless `force`
 */
export function writeBaseline({ assessments }: Audit, before: Baseline, { force }: { readonly force: boolean }) {
  const findings = assessments
    .flatMap((assessment) => assessment.findings)
    .filter(({ suppression }) => suppression === undefined)
    .map(({ fingerprint, ruleId, location, message }) => ({ fingerprint, ruleId, file: location.file, message }))
    .toSorted((a, b) => (a.file + a.ruleId + a.fingerprint < b.file + b.ruleId + b.fingerprint ? -1 : 1));
  const now = new Set(findings.map(({ fingerprint }) => fingerprint));
  const old = new Set(before.entries.map(({ fingerprint }) => fingerprint));
  const removed = [...old].filter((fingerprint) => !now.has(fingerprint)).length;
  if (removed > 0 && !force) {
    throw new InputError(`has ${removed} findings that this run did not find; --force drops them`, {
      file: before.file,
    });
  }
  const added = [...now].filter((fingerprint) => !old.has(fingerprint)).length;
  return {
    text: `${JSON.stringify({ schemaVersion: 1, findings }, undefined, 2)}\n`,
    added,
    removed,
    total: findings.length,
  };
}
