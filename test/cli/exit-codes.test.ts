import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { run } from "../../src/cli/run.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "moonshift-cli-"));
});

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  rmSync(folder, { recursive: true, force: true });
});

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Calls the command line as a user would, in this process. */
async function moonshift(...args: string[]): Promise<Outcome> {
  const text = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    vi.spyOn(process[stream], "write").mockImplementation((chunk: string | Uint8Array) => {
      text[stream] += chunk.toString();
      return true;
    });
  }
  const code = await run(["node", "moonshift", ...args]);
  vi.restoreAllMocks();
  return { code, ...text };
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const HEADER = 'function envoy_on_request(handle)\n  handle:headers():add("x-a", "1")\nend\n';

test("an unknown flag or command is one line and exit code 2", async () => {
  const flag = await moonshift("audit", "--no-such-flag");
  expect(flag.code).toBe(2);
  expect(flag.stderr.trim().split("\n")).toEqual(["moonshift: unknown option '--no-such-flag'"]);
  expect((await moonshift("no-such-command")).code).toBe(2);
});

test("a missing file does not keep the others from being audited", async () => {
  const good = file("good.lua", HEADER);
  const { code, stdout, stderr } = await moonshift(
    "audit",
    join(folder, "missing.yaml"),
    good,
    "--format",
    "json",
    "--quiet",
  );
  expect(code).toBe(2);
  expect(stderr).toBe(`${join(folder, "missing.yaml")}: no such file or directory\n`);
  expect(JSON.parse(stdout).sites).toHaveLength(1);
});

test("malformed YAML and malformed Lua are told with file, line and column", async () => {
  const yaml = file("broken.yaml", "kind: EnvoyFilter\nspec: [envoy.filters.http.lua\n");
  const broken = await moonshift("audit", yaml, "--quiet");
  expect(broken.code).toBe(2);
  expect(broken.stderr).toMatch(/^\S+broken\.yaml:\d+:\d+: \S.*\n$/);

  const lua = file("broken.lua", "function envoy_on_request(handle)\n  handle:headers(\nend\n");
  const { code, stdout } = await moonshift("audit", lua, "--format", "json", "--quiet");
  expect(code).toBe(1);
  const [site] = JSON.parse(stdout).sites;
  expect(site.verdict).toBe("refused");
  expect(site.findings).toContainEqual(
    expect.objectContaining({ ruleId: "syntax-error", location: expect.objectContaining({ startLine: 3 }) }),
  );
});

test("a binary file is one line", async () => {
  const { code, stderr } = await moonshift("audit", file("binary.yaml", Uint8Array.from([0, 1, 2, 255, 0])), "--quiet");
  expect(code).toBe(2);
  expect(stderr.trim().split("\n")).toHaveLength(1);
});

test("migrate writes what compiles, refuses what does not, and leaves nothing half-written", {
  timeout: 120_000,
}, async () => {
  const inputs = join(folder, "in");
  const out = join(folder, "out");
  mkdirSync(inputs);
  writeFileSync(join(inputs, "good.lua"), HEADER);
  writeFileSync(join(inputs, "never.lua"), 'function envoy_on_request(handle)\n  os.execute("true")\nend\n');
  const { code, stdout } = await moonshift("migrate", inputs, "--out", out, "--quiet");
  expect(code).toBe(1);
  expect(stdout).toContain("default.good: exact");
  expect(stdout).toMatch(/default\.never: refused\n {2}\S+never\.lua:2:3: .*os\.execute/);
  expect(readdirSync(out).sort()).toEqual(["default.good", "default.never", "index.json"]);
  expect(existsSync(join(out, "default.never", "filter.wasm"))).toBe(false);
  const verdict = JSON.parse(readFileSync(join(out, "default.good", "verdict.json"), "utf8"));
  expect(verdict).toMatchObject({ schemaVersion: 1, verdict: "exact", needs: { allowOnHeadersStopIteration: false } });

  const first = readFileSync(join(out, "default.good", "filter.wasm"));
  await moonshift("migrate", inputs, "--out", out, "--quiet");
  expect(readFileSync(join(out, "default.good", "filter.wasm")).equals(first)).toBe(true);
});
