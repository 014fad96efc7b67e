import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Compilable } from "../../src/codegen/compile.js";
import { ModuleCache } from "../../src/codegen/module-cache.js";

const NEEDS = {
  ...{ stateful: false, yields: false, coroutines: false, indirectYields: false, metatables: false },
  allowOnHeadersStopIteration: false,
};
const BYTES = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
const MODULE = {
  bytes: BYTES,
  sha256: createHash("sha256").update(BYTES).digest("hex"),
  sizeBytes: BYTES.length,
  exports: ["_initialize"],
  files: new Map([["filter.ts", "// as it is kept\n"]]),
};

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "moonshift-cache-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(text: string): Compilable {
  return { files: new Map([["filter.ts", text]]), needs: NEEDS };
}

test("what was kept is found under the same program, and under no other", () => {
  const cache = new ModuleCache(folder);
  cache.keep(program("a"), MODULE);
  expect(new ModuleCache(folder).find(program("a"))).toEqual(MODULE);
  expect(cache.find(program("b"))).toBeUndefined();
  expect(cache.find({ ...program("a"), needs: { ...NEEDS, yields: true } })).toBeUndefined();
});

test("an entry that is broken, or whose bytes are not those it was kept with, is none", () => {
  const cache = new ModuleCache(folder);
  cache.keep(program("a"), { ...MODULE, sha256: MODULE.sha256.replace(/./, "x") });
  expect(cache.find(program("a"))).toBeUndefined();
  cache.keep(program("a"), MODULE);
  for (const name of readdirSync(folder)) writeFileSync(join(folder, name), '{"sha256":');
  expect(cache.find(program("a"))).toBeUndefined();
});

test("a folder that cannot be written is no failure", () => {
  const file = join(folder, "file");
  writeFileSync(file, "");
  const cache = new ModuleCache(join(file, "modules"));
  cache.keep(program("a"), MODULE);
  expect(cache.find(program("a"))).toBeUndefined();
});

test("the oldest make room when there are more than a thousand", () => {
  const cache = new ModuleCache(folder);
  for (let i = 0; i < 1_000; i++) writeFileSync(join(folder, `${i}.json`), "{}");
  cache.keep(program("a"), MODULE);
  expect(readdirSync(folder)).toHaveLength(901);
  expect(cache.find(program("a"))).toEqual(MODULE);
});
