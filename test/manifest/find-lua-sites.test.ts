import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findLuaSites } from "../../src/manifest/find-lua-sites.js";
import { locate } from "../../src/manifest/position-map.js";

const samples = join(import.meta.dirname, "samples");

describe("samples", () => {
  for (const name of readdirSync(samples)) {
    it(name, () => {
      const folder = join(samples, name);
      const input = readdirSync(folder).find((file) => file.startsWith("input."))!;
      const actual = shown(input, readFileSync(join(folder, input), "utf8"));
      const expected = join(folder, "expected.json");
      if (process.env.UPDATE_SNAPSHOTS === "1" || !existsSync(expected)) writeFileSync(expected, actual);
      expect(actual).toBe(readFileSync(expected, "utf8"));
    });
  }
});

/** Everything found, with the places of each script's line starts instead of the whole map. */
function shown(file: string, text: string): string {
  const { sites, ...rest } = findLuaSites(file, text);
  const withLines = sites.map(({ positions, text: script, ...site }) => ({
    ...site,
    lines: linesOf(script).map(({ line, offset }) => {
      const at = locate(positions, offset);
      return `${at.line}:${at.column} ${line}`;
    }),
  }));
  return `${JSON.stringify({ sites: withLines, ...rest }, null, 2)}\n`;
}

function linesOf(script: string): { line: string; offset: number }[] {
  let offset = 0;
  return script.split("\n").map((line) => {
    const start = offset;
    offset += line.length + 1;
    return { line, offset: start };
  });
}
