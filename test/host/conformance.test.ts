import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readCases } from "../../scripts/conformance/case-file.js";
import { outcomeLine } from "../../scripts/conformance/outcome.js";
import { runCases } from "../../scripts/conformance/run-cases.js";
import { chooseLocalEnvoy } from "../../src/harness/choose-envoy.js";
import { packageRoot } from "../../src/support/package-root.js";

const file = join(packageRoot(), "../shared/conformance/envoy-lua-tests.json");

test.skipIf(!existsSync(file))(
  "every one of Envoy's own tests that compiles does the same in the host as in a real Envoy",
  async () => {
    const tests = readCases(file);
    const { outcomes, counters } = await runCases(tests, { kind: "both", launcher: await chooseLocalEnvoy() });
    const lines = tests.map((one, index) => outcomeLine(one, outcomes[index]!));
    expect(lines.filter((line) => line.includes("src/host: "))).toEqual([]);
    const compared = outcomes.filter(({ kind }) => kind === "equal" || kind === "announced");
    expect(compared.length).toBeGreaterThan(90);
    // Envoy's own counters, over all of it.
    expect(counters).toMatchObject({ wasmFailures: [], unequal: [], moduleErrors: counters.luaErrors });
    expect(counters.scripts).toBeGreaterThan(100);
    expect(counters.luaErrors).toBeGreaterThan(20);
  },
  600_000,
);
