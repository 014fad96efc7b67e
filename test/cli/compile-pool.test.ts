import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../src/support/package-root.js";

/** AssemblyScript goes down into an expression by recursion; in a thread as Node.js starts it this many terms are too many. */
const TERMS = 1_200;

/** Approximate, as what logs is. The workers load compiled code, so this runs the built program (`npm test` builds it first). */
test("a sum of more terms than AssemblyScript has stack for is compiled, and so is what stands beside it", () => {
  const folder = mkdtempSync(join(tmpdir(), "moonshift-pool-"));
  try {
    const sum = Array.from({ length: TERMS }, () => "n").join(" + ");
    const long = `function envoy_on_request(handle)\n  local n = #handle:headers():get(":path")\n  handle:logInfo(${sum})\nend\n`;
    const short = 'function envoy_on_request(handle)\n  handle:headers():add("x-hello", "world")\nend\n';
    writeFileSync(join(folder, "long.lua"), long);
    writeFileSync(join(folder, "short.lua"), short);
    const out = join(folder, "out");
    const main = join(packageRoot(), "dist/main.js");
    const run = spawnSync(process.execPath, [main, "migrate", folder, "--out", out], { encoding: "utf8" });
    expect(run.status, run.stderr).toBe(0);
    const { filters } = JSON.parse(readFileSync(join(out, "index.json"), "utf8")) as {
      filters: { id: string; verdict: string }[];
    };
    expect(filters.map(({ id, verdict }) => [id, verdict])).toEqual([
      ["default.long", "approximate"],
      ["default.short", "exact"],
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
