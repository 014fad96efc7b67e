import { describe, expect, test } from "vitest";
import { findLuaSites } from "../../src/manifest/find-lua-sites.js";
import { locate } from "../../src/manifest/position-map.js";

const FILTER = `name: envoy.filters.http.lua
typed_config:
  "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
  inline_code: |
    function envoy_on_request(h)
      h:headers():add("x", "1")
    end
`;
const SCRIPT = 'function envoy_on_request(h)\n  h:headers():add("x", "1")\nend\n';
const indented = (text: string, by: string): string => text.replace(/^(?=.)/gm, by);
const escaped = (text: string): string => JSON.stringify(text);

/** Name of the file, its text; the script has to be found in it, every character of it where it stands. */
const CASES: readonly (readonly [what: string, file: string, text: string])[] = [
  ["a fence", "a.md", `# Title\n\n\`\`\`yaml\n${FILTER}\`\`\`\nText.\n`],
  ["a fence in a list", "a.md", `1. First:\n\n   \`\`\`yaml\n${indented(FILTER, "   ")}   \`\`\`\n`],
  ["a fence with a script", "a.md", `~~~~lua\n${SCRIPT}~~~~\n`],
  ["a raw string of Go", "a.go", `package a\n\nconst it = "it's" // don't\nvar filter = \`\n${FILTER}\`\n`],
  [
    "joined strings of Go",
    "a.go",
    `var s = "function envoy_on_request(h)\\n" +\n\t"  h:headers():add(\\"x\\", \\"1\\")\\n" +\n\t"end\\n"\n`,
  ],
  ["a docstring of Python", "a.py", `# it's\nFILTER = """\n${FILTER}"""\n`],
  ["a raw string of Python", "a.py", `FILTER = r'''${FILTER}'''\n`],
  [
    "adjacent strings of Python",
    "a.py",
    `S = ("function envoy_on_request(h)\\n"\n     '  h:headers():add("x", "1")\\n'\n     "end\\n")\n`,
  ],
  ["a heredoc", "a.tf", `resource "x" "y" {\n  yaml = <<-EOT\n${indented(FILTER, "    ")}    EOT\n}\n`],
  ["a script in a heredoc", "a.hcl", `inline = <<EOF\n${SCRIPT}EOF\n`],
  ["a template of TypeScript", "a.ts", `export const filter = \`\n${FILTER}\`;\n`],
  ["an escaped string", "a.ts", `const filter = ${escaped(FILTER)};\n`],
];

describe.each(CASES)("%s", (_, file, text) => {
  test("is found, each character at its own place", () => {
    const { sites, problems } = findLuaSites(file, text, { embedded: true });
    expect(problems).toEqual([]);
    expect(sites.map((site) => site.text)).toEqual([SCRIPT]);
    const [site] = sites;
    const lines = text.split("\n");
    for (const [offset, character] of [...SCRIPT].entries()) {
      if (!/\w/.test(character)) continue;
      const { line, column } = locate(site!.positions, offset);
      expect(lines[line - 1]?.[column - 1]).toBe(character);
    }
  });
});

test("nothing is looked into without the flag", () => {
  for (const [, file, text] of CASES) {
    if (!file.endsWith(".md")) continue;
    expect(findLuaSites(file, `no yaml: [\n${text}`, { embedded: false }).sites).toEqual([]);
  }
});

test("a string that only mentions Lua, or is no YAML, is left alone", () => {
  const text = 'var a = "lua: cannot load {"\nvar b = `\nlua: [\n  broken`\nvar c = "unterminated\nvar d = `x`\n';
  expect(findLuaSites("a.go", text, { embedded: true })).toMatchObject({ sites: [], problems: [], notes: [] });
});
