import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findLuaSites } from "../../src/manifest/find-lua-sites.js";
import { locate } from "../../src/manifest/position-map.js";

const corpus = join(import.meta.dirname, "../../../shared/corpus");
const scripts = readdirSync(join(corpus, "lua"));

/** What a document says of itself besides its scripts, all of it true: templates that were never rendered, manifests cut from pages. */
const EXPECTED_NOTES: Readonly<Record<string, readonly string[]>> = {
  "033.yaml": ["18:72 template", "53:52 template"],
  "050.yaml": ["6:29 template"],
  "147.yaml": ["1:1 excerpt"],
  "149.yaml": ["5:14 template"],
  "172.lua": ["4:24 template"],
  "182.yaml": ["1:1 excerpt"],
  "188.yaml": ["5:39 template"],
};

describe("the corpus", () => {
  for (const file of readdirSync(join(corpus, "documents"))) {
    it(`${file}: its scripts, each at its place`, () => {
      const text = readFileSync(join(corpus, "documents", file), "utf8");
      const { sites, problems, notes } = findLuaSites(file, text);
      const own = scripts.filter((name) => name.startsWith(file.slice(0, 3))).sort();
      expect(sites.map((site) => site.text)).toEqual(
        own.map((name) => readFileSync(join(corpus, "lua", name), "utf8")),
      );
      expect(problems).toEqual([]);
      expect(notes.map(({ line, column, code }) => `${line}:${column} ${code}`)).toEqual(EXPECTED_NOTES[file] ?? []);
      for (const site of sites) expectLinesInPlace(text.split("\n"), site);
    });
  }

  it("has scripts in all of its documents", () => {
    const withScripts = new Set(scripts.map((name) => name.slice(0, 3)));
    const documents = readdirSync(join(corpus, "documents")).map((name) => name.slice(0, 3));
    expect(documents.filter((id) => !withScripts.has(id))).toEqual([]);
  });
});

/** All of the corpus is written in literal block scalars and files: each line of a script ends a line of the document. */
function expectLinesInPlace(
  lines: readonly string[],
  { text, positions }: { text: string; positions: Parameters<typeof locate>[0] },
): void {
  let offset = 0;
  for (const scriptLine of text.replace(/\n$/, "").split("\n")) {
    const { line, column } = locate(positions, offset);
    expect(lines[line - 1]!.slice(column - 1)).toBe(scriptLine);
    offset += scriptLine.length + 1;
  }
}
