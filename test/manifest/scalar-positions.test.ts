import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDocument, stringify } from "yaml";
import { findLuaSites } from "../../src/manifest/find-lua-sites.js";
import { locate } from "../../src/manifest/position-map.js";

/** Lua-looking text that YAML styles find hard: blanks at either end of lines, tabs, quotes, backslashes, colons, hashes, astral characters. */
const luaText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "",
        " ",
        "  x = 1",
        "\tlocal a",
        "end",
        "-- c: # d",
        "'it''s' \\ \"q\"",
        "é 😀 日本",
        "a  b   ",
        "{{1},{2}}",
        "- x",
        "x\\n",
      ),
      fc.string({ maxLength: 12 }).map((text) => text.replace(/[^\x20-\x7e\t]/g, "")),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((lines) => `function envoy_on_request(h)\n${lines.join("\n")}`);

/** The text as a block scalar: the raw body indented, with every line break as it is. */
function block(text: string, header: string, indent: number): string {
  const body = text.split("\n").map((line) => (line === "" ? "" : " ".repeat(indent) + line));
  return `${header}\n${body.join("\n")}\n`;
}

const styles: Readonly<Record<string, (text: string) => string>> = {
  "JSON string": (text) => JSON.stringify(text),
  "JSON string with escapes": (text) =>
    `"${[...text]
      .flatMap((c) => c.split(""))
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join("")}"`,
  "literal, strip": (text) => block(text, "|-", 4),
  "literal, clip": (text) => block(text, "| # a comment", 4),
  "literal, keep": (text) => block(text, "|+", 4),
  "literal, indentation indicator": (text) => block(text, "|2", 4),
  "literal, both indicators": (text) => block(text, "|+2", 4),
  folded: (text) => block(text, ">", 4),
  "folded, strip": (text) => block(text, ">-", 4),
  "folded, keep, indicator": (text) => block(text, ">2+", 4),
  "single-quoted, folded": (text) => `'${text.replaceAll("'", "''").replaceAll("\n", "\n\n   ")}'`,
  "double-quoted, folded": (text) => `"${text.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\n\n   ")}"`,
  "double-quoted, escaped breaks": (text) => `"${text.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n\\\n   ")}"`,
  "written by the library": (text) => stringify(text, { lineWidth: 30 }).trimEnd().replaceAll("\n", "\n    "),
  plain: (text) => text.replace(/[^A-Za-z0-9_()\n ]/g, "x").replaceAll("\n", "\n   "),
};

const documents: Readonly<Record<string, (scalar: string) => string>> = {
  "block map": (scalar) => `a: é😀\nb:\n  inlineCode: ${scalar}\nlast: 1\n`,
  "with CRLF": (scalar) => `a: é😀\nb:\n  inlineCode: ${scalar}\nlast: 1\n`.replaceAll("\n", "\r\n"),
  "later document": (scalar) => `x: 1\n---\n# c\nb:\n  inlineCode: ${scalar}\n...\n`,
  "end of file": (scalar) => `b:\n  inlineCode: ${scalar}`.replace(/\n$/, ""),
};

describe("a script in any scalar style", () => {
  for (const [style, write] of Object.entries(styles)) {
    for (const [shape, wrap] of Object.entries(documents)) {
      it(`${style}, ${shape}: is what YAML says, and each character points at itself`, () => {
        fc.assert(
          fc.property(luaText, (text) => {
            const file = wrap(write(text));
            const whole = shape === "later document" ? file.slice("x: 1\n".length) : file;
            const parsed = parseDocument(whole, { schema: "failsafe", prettyErrors: false });
            fc.pre(parsed.errors.length === 0);
            const expected = parsed.getIn(["b", "inlineCode"]) as string;
            const { sites, problems } = findLuaSites("f.yaml", file);
            expect(problems).toEqual([]);
            expect(sites.map((site) => site.text)).toEqual([expected]);
            expectCharactersInPlace(file, sites[0]!);
          }),
          { numRuns: 40 },
        );
      });
    }
  }

  // Left out: a plain scalar cannot hold YAML, and letters written as escapes hide that there is Lua (see `mentionsLua`).
  const outerStyles = Object.entries(styles).filter(([name]) => !["plain", "JSON string with escapes"].includes(name));
  for (const [style, write] of outerStyles) {
    it(`inside a configuration inside a ${style}: still points at itself`, () => {
      fc.assert(
        fc.property(luaText, fc.constantFrom("literal, clip", "JSON string", "folded, strip"), (text, inner) => {
          const file = `kind: ConfigMap\ndata:\n  e: ${write(`inlineCode: ${styles[inner]!(text)}`)}\n`;
          const outer = parseDocument(file, { schema: "failsafe", prettyErrors: false });
          fc.pre(outer.errors.length === 0);
          const nested = parseDocument(outer.getIn(["data", "e"]) as string, {
            schema: "failsafe",
            prettyErrors: false,
          });
          fc.pre(nested.errors.length === 0);
          const { sites } = findLuaSites("f.yaml", file);
          expect(sites.map((site) => site.text)).toEqual([nested.get("inlineCode")]);
          expectCharactersInPlace(file, sites[0]!);
        }),
        { numRuns: 30 },
      );
    });
  }

  it("is found where its first character stands", () => {
    const { sites } = findLuaSites("f.yaml", 'b:\n  inlineCode: "\\n  function envoy_on_request(h) end"\n');
    expect(locate(sites[0]!.positions, 0)).toEqual({ line: 2, column: 16 });
    expect(locate(sites[0]!.positions, 3)).toEqual({ line: 2, column: 20 });
  });
});

/** Every character that is written as itself stands where the map says; an escape is met at its backslash. */
function expectCharactersInPlace(file: string, site: { text: string; positions: Parameters<typeof locate>[0] }): void {
  const lines = file.split("\n");
  for (let offset = 0; offset < site.text.length; offset++) {
    const unit = site.text[offset]!;
    const { line, column } = locate(site.positions, offset);
    const written = lines[line - 1]?.[column - 1];
    if (unit === "\n" || unit === " ") continue;
    if (written !== unit && written !== "\\") {
      throw new Error(
        `${JSON.stringify(unit)} at ${offset} is said to be at ${line}:${column}, where ${JSON.stringify(written)} is`,
      );
    }
  }
}
