import type { Assessment, Finding, Location } from "../../analyzer/assessment.js";
import { differsInWasm } from "../../analyzer/rules/differs-in-wasm.js";
import { noWasmEquivalent } from "../../analyzer/rules/no-wasm-equivalent.js";
import { counts } from "./audit-report.js";

/** Something that is not the same in Wasm, said once for all scripts that have it. */
export interface WasmDifference {
  /** ``in Wasm: `os.clock`: counts time that passes`` or ``not in Wasm: …``. */
  readonly message: string;
  /** What to do about it; undefined where there is nothing to do. */
  readonly help: string | undefined;
  readonly scripts: number;
  readonly first: Location;
}

/** The verdict's line names these; with the other findings they would repeat the same explanation for script after script. */
export function isWasmDifference({ ruleId }: Finding): boolean {
  return ruleId === differsInWasm.id || ruleId === noWasmEquivalent.id;
}

/** What keeps a script from being compiled first, then what most scripts have. */
export function wasmDifferences(assessments: readonly Assessment[]): readonly WasmDifference[] {
  const found = new Map<string, { finding: Finding; message: string; scripts: Set<Assessment> }>();
  for (const assessment of assessments) {
    for (const finding of assessment.findings) {
      if (!counts(finding) || !isWasmDifference(finding)) continue;
      const message = finding.message.replace(/ \(\d+ more places?\)$/, "");
      const known = found.get(message) ?? { finding, message, scripts: new Set() };
      known.scripts.add(assessment);
      found.set(message, known);
    }
  }
  return [...found.values()]
    .toSorted((a, b) => rank(a.finding) - rank(b.finding) || b.scripts.size - a.scripts.size)
    .map(({ finding, message, scripts }) => ({
      message,
      help: finding.help === differsInWasm.fix ? undefined : finding.help,
      scripts: scripts.size,
      first: finding.location,
    }));
}

function rank({ ruleId }: Finding): number {
  return ruleId === noWasmEquivalent.id ? 0 : 1;
}

/** ``approximate: `os.clock`, log functions``: the verdict with the names of what is behind it. */
export function verdictText({ judgement }: Assessment): string {
  const { verdict, reasons, deviations } = judgement;
  const behind = reasons.length > 0 ? reasons : deviations;
  const names = new Set(behind.map(({ message, construct }) => /^(.{1,60}?): /.exec(message)?.[1] ?? construct));
  return names.size === 0 ? verdict : `${verdict}: ${[...names].map(nameText).join(", ")}`;
}

/** Words, such as `log functions`, are no code. */
function nameText(name: string): string {
  return name.replace(/^`([a-z]+ [a-z]+)`$/, "$1");
}
