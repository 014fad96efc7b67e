import { describe, expect, it } from "vitest";
import { findLuaSites } from "../../src/manifest/find-lua-sites.js";

const LUA = `"function envoy_on_request(h) end"`;
const MB = 1024 * 1024;

/** Nine levels of nine aliases each: 387 million leaves if written out. */
function aliasBomb(leaf: string): string {
  const levels = [...Array(9).keys()].map(
    (level) => `l${level + 1}: &l${level + 1} [${Array(9).fill(`*l${level}`).join(", ")}]`,
  );
  return `l0: &l0 ${leaf}\n${levels.join("\n")}\n`;
}

/** Processor time, not the clock: other tests run at the same time. */
function quick<T>(run: () => T): T {
  const start = process.cpuUsage();
  const result = run();
  const { user, system } = process.cpuUsage(start);
  expect((user + system) / 1e6).toBeLessThan(10);
  return result;
}

describe("hostile input", () => {
  it("an alias bomb without Lua is walked once", () => {
    const { sites, problems } = quick(() =>
      findLuaSites("f.yaml", `${aliasBomb("x")}http_filters: [{name: lua, config: {inline_code: ${LUA}}}]\n`),
    );
    expect(sites).toHaveLength(1);
    expect(problems).toEqual([]);
  });

  it("an alias bomb of Lua filters ends in a problem", () => {
    const { problems } = quick(() => findLuaSites("f.yaml", aliasBomb(`{name: lua, config: {inline_code: ${LUA}}}`)));
    expect(problems.map(({ message }) => message)).toEqual(["more than 1000 scripts in one document (aliases?)"]);
  });

  it("an alias bomb in what is kept as plain data ends in a problem", () => {
    const patch = `{applyTo: HTTP_FILTER, match: {listener: *l9}, patch: {value: {name: lua, config: {inline_code: ${LUA}}}}}`;
    const { sites, problems } = quick(() => findLuaSites("f.yaml", `${aliasBomb("x")}configPatches: [${patch}]\n`));
    expect(sites).toEqual([]);
    expect(problems).toEqual([
      { file: "f.yaml", line: 11, column: 47, message: "aliases expand to more than 50000 values" },
    ]);
  });

  it("a bomb of merge keys ends in a problem", () => {
    const keys = [...Array(2000).keys()].map((key) => `k${key}: 1`).join(", ");
    const merges = [...Array(200).keys()].map((key) => `m${key}: {<<: *all}`).join("\n");
    const { problems } = quick(() => findLuaSites("f.yaml", `all: &all {${keys}}\n${merges}\nlua: 1\n`));
    expect(problems.map(({ message }) => message)).toEqual(["merge keys expand too far"]);
  });

  it("nesting without end ends in a problem", () => {
    for (const depth of [1000, 100_000]) {
      const { problems } = quick(() => findLuaSites("f.yaml", `lua: ${"[".repeat(depth)}${"]".repeat(depth)}\n`));
      expect(problems).toHaveLength(1);
      expect(problems[0]!.message).toMatch(/nested/);
    }
  });

  it("a 50 MB document that mentions Lua is refused in one line", () => {
    const { sites, problems } = quick(() => findLuaSites("f.yaml", `lua: 1\n${"x: yyyyyyyy\n".repeat(4.5 * MB)}`));
    expect(sites).toEqual([]);
    expect(problems.map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual([
      "1:1 a document of 54.0 MB; at most 4.0 MB are read",
    ]);
  });

  it("a 50 MB script is refused in one line", () => {
    const { problems } = quick(() => findLuaSites("f.lua", "x = 1234567890\n".repeat(3.5 * MB)));
    expect(problems.map(({ message }) => message)).toEqual(["a script of 52.5 MB; at most 4.0 MB are read"]);
  });

  it("a 50 MB dump of a cluster is searched, as YAML list, as documents and as JSON", () => {
    const other = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, data: { a: 'x"]}\\'.repeat(1000) } };
    const filter = {
      apiVersion: "networking.istio.io/v1alpha3",
      kind: "EnvoyFilter",
      metadata: { name: "f", namespace: "n" },
      spec: {
        configPatches: [
          { patch: { value: { name: "lua", typed_config: { inlineCode: "function envoy_on_request(h) end" } } } },
        ],
      },
    };
    const items = [...Array(7000).fill(other), filter, other];
    const json = JSON.stringify({ apiVersion: "v1", items, kind: "List" });
    const yamlOther = `apiVersion: v1\nkind: Secret\ndata:\n  a: |\n${"    - xxxxxxx\n".repeat(560)}`;
    const yamlFilter = `apiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: {name: f, namespace: n}\nspec:\n  configPatches:\n  - patch: {value: {name: lua, config: {inlineCode: ${LUA}}}}\n`;
    const yamlItems = [...Array(7000).fill(yamlOther), yamlFilter, yamlOther];
    const list = `apiVersion: v1\nitems:\n${yamlItems.map((item) => `- ${item.trimEnd().replaceAll("\n", "\n  ")}\n`).join("")}kind: List\n`;
    for (const [text, path, at] of [
      [json, "items[7000].spec", { line: 1, column: json.indexOf("function envoy") + 1 }],
      [list, "items[7000].spec", { line: 2 + 7000 * 564 + 6, column: 56 }],
      [yamlItems.join("---\n"), "spec", { line: 7000 * 565 + 6, column: 54 }],
    ] as const) {
      const { sites, problems } = quick(() => findLuaSites("f", text));
      expect(problems).toEqual([]);
      expect(sites.map(({ id, source: { line, column } }) => ({ id, line, column }))).toEqual([{ id: "n.f", ...at }]);
      expect(sites[0]!.source.path.startsWith(path)).toBe(true);
    }
  });

  it("random text never throws", async () => {
    const fc = (await import("fast-check")).default;
    const piece = fc.constantFrom(
      "lua:",
      " ",
      "\n",
      "  ",
      "- ",
      "{",
      "}",
      "[",
      "]",
      ":",
      "'",
      '"',
      "|",
      ">",
      "&a",
      "*a",
      "<<:",
      "---\n",
      "inline_code:",
      "x",
      "\t",
      "#",
      "!!str",
      "%",
      "?",
      ",",
      "spec:",
      "kind: EnvoyFilter",
      "configPatches:",
      "patch:",
      "value:",
      "\\",
      "data:",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        findLuaSites("f.yaml", `${pieces.join("")}\nlua: 1\n`, { checkSyntax: true });
      }),
      { numRuns: 2000 },
    );
  });
});
