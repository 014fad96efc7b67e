import type { Assessment, Finding, Level } from "../../analyzer/assessment.js";
import { counts, plural } from "./audit-report.js";
import { isWasmDifference, verdictText } from "./wasm-differences.js";

/** A script that stands word for word in an earlier place: what was said of it there need not be said again. */
export interface Copy {
  readonly original: Assessment;
  /** Findings about the script itself that the earlier place has, too; what the manifest around it does wrong is never among them. */
  readonly shared: ReadonlySet<Finding>;
  /** Verdict and advice are the original's: what the manifest around it says makes no difference to them. */
  readonly saysTheSame: boolean;
}

/** The copies among the scripts, in the order of the report. */
export function copiesOf(assessments: readonly Assessment[]): ReadonlyMap<Assessment, Copy> {
  const originals = new Map<string, Assessment>();
  const copies = new Map<Assessment, Copy>();
  for (const assessment of assessments) {
    const text = assessment.site.text.trimEnd();
    const original = originals.get(text);
    if (!original) originals.set(text, assessment);
    else copies.set(assessment, copyOf(assessment, original));
  }
  return copies;
}

function copyOf(copy: Assessment, original: Assessment): Copy {
  const saysTheSame =
    verdictText(copy) === verdictText(original) && copy.recommendation.summary === original.recommendation.summary;
  return { original, shared: sharedFindings(copy, original), saysTheSame };
}

/** `the same script as a.yaml:12, whose 2 errors and 1 note hold here, too`. */
export function copyText({ original, shared }: Copy): string {
  const { file, line } = original.site.source;
  const found = (["error", "warning", "note"] as const)
    .map((level) => ({ level, count: countOf(shared, level) }))
    .filter(({ count }) => count > 0);
  const hold = found.length === 1 && found[0]?.count === 1 ? "holds" : "hold";
  const names = found.map(({ level, count }) => plural(count, level));
  return `the same script as ${file}:${line}${names.length === 0 ? "" : `, whose ${listed(names)} ${hold} here, too`}`;
}

function countOf(findings: ReadonlySet<Finding>, level: Level): number {
  return [...findings].filter((finding) => finding.level === level && !isWasmDifference(finding)).length;
}

function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

function sharedFindings(copy: Assessment, original: Assessment): ReadonlySet<Finding> {
  const known = new Set(original.findings.filter(counts).map((finding) => placeInScript(original, finding)));
  return new Set(
    copy.findings.filter((finding) => {
      const place = placeInScript(copy, finding);
      return counts(finding) && place !== undefined && known.has(place);
    }),
  );
}

/** Indentation differs from manifest to manifest, so the line has to do. Undefined for what stands outside the script. */
function placeInScript({ site }: Assessment, { ruleId, level, location }: Finding): string | undefined {
  const line = location.startLine - site.source.line;
  return line < 0 ? undefined : `${level} ${ruleId} ${line}`;
}
