import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { auditInputs } from "../../src/analyzer/audit-inputs.js";
import { judgeLanguage } from "../../src/codegen/judge-language.js";
import { readInputs } from "../../src/manifest/read-inputs.js";
import { packageRoot } from "../../src/support/package-root.js";

const SCRIPTS = 120;

function script(number: number): string {
  const nil = number % 3 === 0 ? `handle:logInfo("id " .. handle:headers():get("x-${number}"))\n` : "";
  const longEnough = `-- ${"what was said of it before. ".repeat(400)}\n`;
  return `${longEnough}function envoy_on_request(handle)\n${nil}  handle:headers():replace("x-number", "${number}")\nend\n`;
}

/** The workers load compiled code, so this runs the built program (`npm test` builds it first). */
test("scripts judged by workers come out as those judged in one thread, in the order of the files", async () => {
  const folder = mkdtempSync(join(tmpdir(), "moonshift-pool-"));
  try {
    for (let i = 0; i < SCRIPTS; i++)
      writeFileSync(join(folder, `filter-${String(i).padStart(3, "0")}.lua`), script(i));
    const main = join(packageRoot(), "dist/main.js");
    const run = spawnSync(process.execPath, [main, "audit", folder, "--format", "json", "--fail-on", "none"], {
      encoding: "utf8",
    });
    expect(run.stderr).toBe("");
    const { sites } = JSON.parse(run.stdout) as { sites: { source: { file: string }; findings: unknown[] }[] };
    const { assessments } = await auditInputs(readInputs([folder]), { judgeLanguage });
    expect(sites.map(({ source }) => source.file)).toEqual(assessments.map(({ site }) => site.source.file));
    expect(sites.map(({ findings }) => findings)).toEqual(assessments.map(({ findings }) => findings));
    expect(sites.flatMap(({ findings }) => findings)).not.toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
