import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ruleIds, ruleIndex } from "../../scripts/generate-rule-index.js";
import type { Finding } from "../../src/analyzer/assessment.js";
import { auditInputs } from "../../src/analyzer/audit-inputs.js";
import { type Example, markedLines } from "../../src/analyzer/define-rule.js";
import { rules } from "../../src/analyzer/rules/index.js";
import { packageRoot } from "../../src/support/package-root.js";

/** Settings that some rules need to say anything. */
const SETTINGS: Readonly<Record<string, { readonly envoyVersion: string }>> = {
  "method-too-new": { envoyVersion: "1.30" },
};

async function findingsIn(id: string, { language, text }: Example): Promise<readonly Finding[]> {
  const input = { type: "file" as const, file: `example.${language}`, text, named: true };
  const { assessments, problems } = await auditInputs([input], { settings: SETTINGS[id] ?? {} });
  expect(problems).toEqual([]);
  expect(assessments).toHaveLength(1);
  return assessments.flatMap(({ findings }) => findings).filter(({ suppression }) => suppression === undefined);
}

describe.each(rules.map((rule) => [rule.id, rule] as const))("%s", (id, rule) => {
  test("trips on the marked lines of the wrong example", async () => {
    const findings = await findingsIn(id, rule.wrong);
    const own = findings.filter(({ ruleId }) => ruleId === id);
    expect(own.map(({ location }) => location.startLine)).toEqual(markedLines(rule.wrong));
    expect(own.map(({ level }) => level)).toContain(rule.level);
  });

  test("is alone on the wrong example, notes aside", async () => {
    const findings = await findingsIn(id, rule.wrong);
    const others = findings.filter(({ ruleId, level }) => ruleId !== id && level !== "note");
    const expected = ALSO[id] ?? [];
    expect(others.map(({ ruleId }) => ruleId).filter((ruleId) => !expected.includes(ruleId))).toEqual([]);
  });

  test("is silent on the right example, on which nothing is an error", async () => {
    const findings = await findingsIn(id, rule.right);
    expect(findings.filter(({ ruleId, level }) => ruleId === id || level === "error")).toEqual([]);
  });

  test("says what uncertain findings are by the word may", async () => {
    for (const finding of await findingsIn(id, rule.wrong)) {
      if (finding.level !== "note" || CERTAIN_NOTES.has(finding.ruleId)) continue;
      expect(finding.message).toMatch(/\bmay\b/);
    }
  });
});

/** The same mistake has two consequences, each of which somebody has to be told. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  "fail-open-authentication": ["nil-index"],
  "nil-index": ["fail-open-authentication"],
  "nil-argument": ["fail-open-authentication"],
};

/** Notes on what is so, but seldom matters. */
const CERTAIN_NOTES = new Set([
  "body-buffered-per-request",
  "deprecated-inline-code",
  "differs-in-wasm",
  "empty-hook",
  "global-per-request",
  "ignore-without-reason",
  "json-by-pattern",
  "log-per-request",
  "no-wasm-equivalent",
  "per-worker-counter",
  "print-to-stdout",
  "quadratic-concatenation",
  "table-built-per-request",
]);

test("every rule file is in the index, under its own name", () => {
  const files = readdirSync(join(packageRoot(), "src/analyzer/rules")).filter((file) => file !== "index.ts");
  expect(rules.map(({ id }) => `${id}.ts`)).toEqual(files.toSorted());
  expect(ruleIndex(ruleIds())).toContain(`  ${"nilIndex"},`);
});

test("there are at least forty rules", () => {
  expect(rules.length).toBeGreaterThanOrEqual(40);
});
