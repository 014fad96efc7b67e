import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { auditInputs } from "../../src/analyzer/audit-inputs.js";
import { readInputs } from "../../src/manifest/read-inputs.js";
import { packageRoot } from "../../src/support/package-root.js";
import { serious } from "./audit-text.js";

const corpus = join(packageRoot(), "../shared/corpus/documents");

/** Scripts that were read and found to break for ordinary traffic, or to do nothing, with the rule that has to say so. */
const BROKEN: Readonly<Record<string, string>> = {
  "008": "undefined-global",
  "009": "object-after-yield",
  "010": "per-route-as-filter",
  "022": "removed-filter-list",
  "027": "undefined-global",
  "028": "body-of-bodiless-message",
  "031": "nil-argument",
  "033": "wrong-handle-variable",
  "034": "object-after-yield",
  "038": "body-of-bodiless-message",
  "040": "wrong-handle-variable",
  "047": "body-of-bodiless-message",
  "048": "request-header-on-response",
  "064": "undefined-global",
  "066": "unknown-hook",
  "067": "wrong-handle-variable",
  "068": "body-of-bodiless-message",
  "071": "nil-index",
  "072": "nil-concatenation",
  "076": "body-of-bodiless-message",
  "077": "body-slice-out-of-range",
  "080": "body-of-bodiless-message",
  "082": "nil-concatenation",
  "084": "nil-index",
  "095": "undefined-global",
  "098": "undefined-global",
  "100": "syntax-error",
  "101": "method-without-self",
  "129": "nil-concatenation",
  "147": "body-of-bodiless-message",
  "148": "body-of-bodiless-message",
  "163": "no-value-argument",
  "167": "syntax-error",
  "176": "nil-concatenation",
  "178": "per-route-as-filter",
  "179": "no-value-argument",
  "189": "undefined-global",
  "190": "nil-argument",
  "191": "wrong-handle-variable",
  "197": "body-of-bodiless-message",
};

/** Scripts that were read and in which nothing is wrong. */
const SOUND = [
  "012",
  "018",
  "029",
  "050",
  "058",
  "093",
  "110",
  "111",
  "113",
  "114",
  "137",
  "143",
  "150",
  "152",
  "157",
  "173",
  "181",
  "188",
];

describe.runIf(existsSync(corpus))("the corpus", async () => {
  const { assessments, problems } = await auditInputs(readInputs([corpus]));
  const of = (id: string) => assessments.filter(({ site }) => site.source.file.includes(`/${id}.`));

  test("is read without a problem, each script with a verdict and an advice", () => {
    expect(problems).toEqual([]);
    expect(assessments.length).toBeGreaterThan(115);
    for (const { judgement, recommendation } of assessments) {
      expect(["exact", "approximate", "refused"]).toContain(judgement.verdict);
      expect(recommendation.path.length).toBeGreaterThan(0);
    }
  });

  test.each(Object.entries(BROKEN))("%s is known to be broken: %s", (id, ruleId) => {
    expect(of(id).flatMap(serious)).toContain(ruleId);
  });

  test.each(SOUND)("%s is sound", (id) => {
    const atFault = of(id)
      .flatMap(serious)
      .filter((ruleId) => !["no-sub-filter", "old-name-in-match"].includes(ruleId));
    expect(atFault).toEqual([]);
  });
});
