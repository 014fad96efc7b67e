import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { packageRoot } from "../../src/support/package-root.js";
import { startOracle } from "../oracle/luajit.js";
import { type Case, compare } from "./run-compiled.js";

const folder = join(packageRoot(), "test/codegen/language");
const files = readdirSync(folder).filter((name) => name.endsWith(".lua"));

/** `--- name` begins a case; `--- name (refused: id)` one that the compiler must refuse. */
function casesOf(file: string): { cases: readonly Case[]; refusals: Readonly<Record<string, string>> } {
  const refusals: Record<string, string> = {};
  const cases = readFileSync(join(folder, file), "utf8")
    .split(/^--- /m)
    .slice(1)
    .map((part) => {
      const [, name, refusal, lua] = /^([\w ,.-]+?)(?: \(refused: ([\w.-]+)\))?\n([\s\S]*)$/.exec(
        part,
      ) as RegExpExecArray;
      if (refusal) refusals[name as string] = refusal;
      return { name: name as string, lua: (lua as string).trimEnd() };
    });
  return { cases, refusals };
}

describe("compiled Lua does what LuaJIT does", () => {
  test.each(files)("%s", { timeout: 180_000 }, async (file) => {
    const { cases, refusals } = casesOf(file);
    // An Envoy of its own: where LuaJIT places a stack overflow depends on what ran before in the same VM.
    await using oracle = await startOracle();
    const { differences, refused } = await compare(oracle, cases);
    expect(differences).toEqual([]);
    expect(Object.fromEntries([...refused].map(([name, { id }]) => [name, id]))).toEqual(refusals);
  });
});
