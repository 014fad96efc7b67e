import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { compileProgram, type WasmModule } from "../../src/codegen/compile.js";
import type { GuestProgram } from "../../src/codegen/generate.js";
import { judgeSite } from "../../src/delivery/migration/migrate-sites.js";
import { chooseLocalEnvoy } from "../../src/harness/choose-envoy.js";
import { collectSites } from "../../src/manifest/collect-sites.js";
import type { LuaSite } from "../../src/manifest/lua-site.js";
import { packageRoot } from "../../src/support/package-root.js";
import { writeWhole } from "../../src/support/write-folder.js";
import { generateRequests } from "../../src/verify/generate-requests.js";
import { readRequestFile } from "../../src/verify/read-requests.js";
import { verifyFilter } from "../../src/verify/verify-filter.js";

const FOLDER = join(packageRoot(), "examples");
const NAMES = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

/** Branches of code that runs when the script is loaded, before the first request, where `verify` does not look. */
const RUN_AT_LOAD: Readonly<Record<string, readonly string[]>> = {
  "jwt-check": ["local function key_pad(key, with)", "for i = 1, 64 do", "for i = 1, #ALPHABET do"],
};
/** Kept as it was written, with its error for a request without the header that it reads. */
const FAILS_ON_SOME = "rate-limit-prototype";
/** Scripts with limits in milliseconds: a machine that stands still for a second may see two Lua VMs differ. */
const RETRIES: Readonly<Record<string, number>> = { "rate-limit": 2, metrics: 2, "external-auth": 2 };

interface Example {
  readonly site: LuaSite;
  readonly program: GuestProgram;
  /** Constructs of the deviations that its verdict announces. */
  readonly announced: readonly string[];
  /** Or why there is none. */
  readonly module: WasmModule | Error;
}

const launcher = await chooseLocalEnvoy(console.error);
const examples = new Map<string, Example>();

beforeAll(async () => {
  for (const name of NAMES) {
    const { sites, problems, notes } = await collectSites([join(FOLDER, name)]);
    expect({ name, scripts: sites.length, problems, notes }).toEqual({ name, scripts: 1, problems: [], notes: [] });
    const { program, assessment } = judgeSite(sites[0]!);
    if (program === undefined) throw new Error(`${name} was not compiled`);
    const announced = assessment.judgement.reasons.map(({ construct }) => construct);
    const module = await compileProgram(program).catch((error: Error) => error);
    examples.set(name, { site: sites[0]!, program, announced, module });
  }
}, 240_000);

test("there is an example for every script and scenario of the article", () => {
  const scripts = ["add-header", "block-bots", "log-path", "rate-limit-prototype"];
  const scenarios = ["external-auth", "json-body", "jwt-check", "metrics", "rate-limit", "swimlane", "trace-id"];
  expect(NAMES).toEqual([...scripts, ...scenarios].sort());
  const readme = readFileSync(join(FOLDER, "README.md"), "utf8");
  expect([...readme.matchAll(/^\| \[(\S+)\]/gm)].map((row) => row[1]).sort()).toEqual(NAMES);
});

test.each(NAMES)("%s is generated as committed", (name) => {
  const { program } = examples.get(name)!;
  expect(program.refusals).toEqual([]);
  const text = program.files.get("filter.ts")!;
  const file = join(FOLDER, name, "_expected", "filter.ts");
  if (process.env.UPDATE_SNAPSHOTS === "1") writeWhole(file, text);
  expect(existsSync(file) ? readFileSync(file, "utf8") : "").toBe(text);
});

describe.concurrent("in Envoy, Lua and Wasm do the same", () => {
  for (const name of NAMES) test(name, { retry: RETRIES[name] ?? 0, timeout: 120_000 }, () => expectSame(name));
});

/** When the request came, for the response to tell how long it took. */
const NOTES_THE_TIME = "metrics";

/** With the requests of the example, which reach all of the script, and with generated ones. */
async function expectSame(name: string): Promise<void> {
  const { site, program, announced, module } = examples.get(name)!;
  if (module instanceof Error) throw module;
  const own = readRequestFile(join(FOLDER, name, "requests.yaml"));
  const result = await verifyFilter({
    id: site.id,
    lua: site.text,
    wasm: module.bytes,
    needs: program.needs,
    announced,
    ...(program.companion && { companion: program.companion }),
    ...(site.filter.filterName === undefined ? {} : { filterName: site.filter.filterName }),
    requests: [...own, ...generateRequests(site.text, 20, 1)],
    launcher,
  });
  expect(result).toMatchObject({
    result: "equal",
    differences: [],
    requests: own.length + 20,
  });
  const chance = new Set(result.nondeterministic.map(({ where }) => where));
  expect([...chance]).toEqual(name === NOTES_THE_TIME ? ['metadata["platform.metrics"]["started"]'] : []);
  expect(result.scriptErrors.wasm).toBe(result.scriptErrors.lua);
  if (name !== FAILS_ON_SOME) expect(result.scriptErrors.lua).toBe(0);
  const lines = site.text.split("\n").map((line) => line.trim());
  const missed = result.coverage.missed.map((line) => lines[line - 1]!);
  expect(missed.filter((line) => !RUN_AT_LOAD[name]?.includes(line))).toEqual([]);
}
