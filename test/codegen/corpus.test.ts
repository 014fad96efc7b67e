import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compileProgram } from "../../src/codegen/compile.js";
import { generate } from "../../src/codegen/generate.js";
import { LuaSyntaxError } from "../../src/lua/parse.js";
import { packageRoot } from "../../src/support/package-root.js";

// Real scripts, third-party: read where they lie. The whole way (compile all, compare each in Envoy) is
// `moonshift migrate ../shared/corpus/documents --out X` and `moonshift verify X`.
const folder = join(packageRoot(), "..", "shared", "corpus", "lua");

describe.skipIf(!existsSync(folder))("the corpus", () => {
  const scripts = existsSync(folder)
    ? readdirSync(folder)
        .sort()
        .map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }))
    : [];
  const programs = scripts.flatMap(({ name, text }) => {
    try {
      return [{ name, program: generate(text) }];
    } catch (error) {
      if (error instanceof LuaSyntaxError) return [];
      throw new Error(`${name}: ${(error as Error).stack}`);
    }
  });
  const accepted = programs.filter(({ program }) => program.refusals.length === 0);

  test("all but two scripts are Lua, and every one that is gets a verdict with reasons and places", () => {
    expect(scripts.length - programs.length).toBe(2);
    for (const { program } of programs) {
      for (const { message, range } of program.refusals) {
        expect(message).not.toBe("");
        expect(range[1]).toBeGreaterThan(range[0]);
      }
    }
  });

  test("at least four in five compile", () => {
    expect(accepted.length / programs.length).toBeGreaterThan(0.8);
  });

  test("the same script gives the same sources and the same bytes", { timeout: 120_000 }, async () => {
    const { name } = accepted[7] as (typeof accepted)[number];
    const text = readFileSync(join(folder, name), "utf8");
    const [first, second] = [await compileProgram(generate(text)), await compileProgram(generate(text))];
    expect(second.sha256).toBe(first.sha256);
    expect([...second.files]).toEqual([...first.files]);
  });
});
