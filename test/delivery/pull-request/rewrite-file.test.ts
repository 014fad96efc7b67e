import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rewriteFile } from "../../../src/delivery/pull-request/rewrite-file.js";
import type { Replacement } from "../../../src/delivery/pull-request/script-places.js";
import { findLuaSites } from "../../../src/manifest/find-lua-sites.js";

const PIECE = {
  text: "- applyTo: EXTENSION_CONFIG\n  patch:\n    value:\n      name: new\n",
  value: { applyTo: "EXTENSION_CONFIG", patch: { value: { name: "new" } } },
};
const PART = [PIECE];
const INDENTED = PIECE.text.replace(/^(?=.)/gm, "  ");

function lua(name: string, column = 2): string {
  const lines = [
    "- applyTo: HTTP_FILTER",
    "  patch:",
    "    operation: INSERT_BEFORE",
    "    value:",
    `      name: ${name}`,
    "      typed_config:",
    '        "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua',
    "        inlineCode: |",
    "          function envoy_on_request(handle)",
    `            handle:logInfo("${name}")`,
    "          end",
  ];
  return lines.map((line) => `${" ".repeat(column)}${line}\n`).join("");
}

const CLUSTER = "  - applyTo: CLUSTER\n    patch: {operation: ADD, value: {name: side}}\n";

function envoyFilter(name: string, patches: string): string {
  return `apiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata:\n  name: ${name}\nspec:\n  configPatches:\n${patches}`;
}

/** Replaces the scripts of the filters named. */
function rewrite(text: string, names: readonly string[], how: Omit<Replacement, "site"> = {}): string | undefined {
  const { sites } = findLuaSites("a.yaml", text);
  const chosen = sites.filter(({ filter }) => names.includes(filter.filterName ?? ""));
  expect(chosen).toHaveLength(names.length);
  return rewriteFile(
    text,
    "a.yaml",
    chosen.map((site) => ({ site, ...how })),
  );
}

describe("taken out", () => {
  test("with its own comments, not with its neighbours'", () => {
    const text = envoyFilter(
      "a",
      `  # about one\n${lua("one")}    # deeper: still one\n  # about side\n${CLUSTER}  # tail\n`,
    );
    expect(rewrite(text, ["one"])).toBe(envoyFilter("a", `  # about side\n${CLUSTER}  # tail\n`));
  });

  test("one blank line between the others", () => {
    const text = envoyFilter("a", `${CLUSTER}\n${lua("one")}\n${CLUSTER}`);
    expect(rewrite(text, ["one"])).toBe(envoyFilter("a", `${CLUSTER}\n${CLUSTER}`));
  });

  test("the last of a file without a line break at its end", () => {
    const text = envoyFilter("a", CLUSTER + lua("one")).trimEnd();
    expect(rewrite(text, ["one"])).toBe(envoyFilter("a", CLUSTER));
  });

  test("carriage returns stay", () => {
    const text = envoyFilter("a", lua("one") + CLUSTER).replaceAll("\n", "\r\n");
    expect(rewrite(text, ["one"])).toBe(envoyFilter("a", CLUSTER).replaceAll("\n", "\r\n"));
  });

  test("all that a file holds: the file goes", () => {
    expect(rewrite(`# mine\n---\n${envoyFilter("a", lua("one") + lua("two"))}---\n`, ["one", "two"])).toBeUndefined();
  });

  test.each([
    ["first", "# licence\n\n# about a\n", "", "# licence\n\n---\n# about b\n"],
    ["first, behind a marker", "# licence\n---\n# about a\n", "", "# licence\n---\n# about b\n"],
  ])("all that a document holds, the %s", (_, before, __, left) => {
    const text = `${before}${envoyFilter("a", lua("one"))}---\n# about b\nkind: Service\n# end\n`;
    expect(rewrite(text, ["one"])).toBe(`${left}kind: Service\n# end\n`);
  });

  test("a document in the middle, and the last", () => {
    const text = `kind: A\n---\n${envoyFilter("a", lua("one"))}---\nkind: B\n---\n${envoyFilter("b", lua("two"))}`;
    expect(rewrite(text, ["one"])).toBe(`kind: A\n---\nkind: B\n---\n${envoyFilter("b", lua("two"))}`);
    expect(rewrite(text, ["two"])).toBe(`kind: A\n---\n${envoyFilter("a", lua("one"))}---\nkind: B\n`);
    expect(rewrite(text, ["one", "two"])).toBe("kind: A\n---\nkind: B\n");
  });

  test("a resource in a List", () => {
    const item = (name: string, patches: string) =>
      `- ${envoyFilter(name, patches).trimEnd().replaceAll("\n", "\n  ")}\n`;
    const text = `kind: List\nitems:\n${item("a", lua("one"))}${item("b", lua("two"))}`;
    expect(rewrite(text, ["one"])).toBe(`kind: List\nitems:\n${item("b", lua("two"))}`);
  });

  test("for any file: nothing but whole runs of lines goes", () => {
    const patch = fc.constantFrom("cluster", "lua", "comment", "blank");
    fc.assert(
      fc.property(
        fc.array(patch, { minLength: 1, maxLength: 8 }),
        fc.infiniteStream(fc.boolean()),
        fc.boolean(),
        (kinds, coin, crlf) => {
          const names: string[] = [];
          const all: string[] = [];
          const parts = kinds.map((kind, index) => {
            if (kind === "comment") return `  # comment ${index}\n`;
            if (kind === "blank") return "\n";
            if (kind === "cluster") return CLUSTER.replace("side", `side${index}`);
            all.push(`f${index}`);
            if (coin.next().value) names.push(`f${index}`);
            return lua(`f${index}`);
          });
          fc.pre(names.length > 0 && (names.length < all.length || kinds.includes("cluster")));
          const source = `kind: A\n---\n${envoyFilter("a", parts.join(""))}---\nkind: Z\n`;
          const text = crlf ? source.replaceAll("\n", "\r\n") : source;
          const left = rewrite(text, names)!.split("\n");
          const before = text.split("\n");
          let at = 0;
          for (const line of before) if (line === left[at]) at++;
          expect(at).toBe(left.length);
          const gone = before.length - left.length;
          expect(gone).toBeGreaterThanOrEqual(names.length * 11);
          for (const name of all) expect(left.join("\n").includes(`name: ${name}`)).toBe(!names.includes(name));
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe("replaced in its place", () => {
  test("at the Lua's indentation, with the comment above it", () => {
    const text = envoyFilter("a", `${CLUSTER}  # about one\n${lua("one")}\n  # about two\n${lua("two")}`);
    expect(rewrite(text, ["one"], { part: PART })).toBe(
      envoyFilter("a", `${CLUSTER}  # about one\n${INDENTED}\n  # about two\n${lua("two")}`),
    );
  });

  test("only its value, where all around it stays the same; what else is needed follows", () => {
    const first = {
      text: "(not used)",
      value: { applyTo: "HTTP_FILTER", patch: { operation: "INSERT_BEFORE", value: { name: "wasm" } } },
      body: "value:\n  name: wasm\n",
    };
    const one = lua("one")
      .replace("HTTP_FILTER", '"HTTP_FILTER" # the place')
      .replace("      value:", "      # what\n      value:");
    const wasm = `${one.slice(0, one.indexOf("      value:"))}      value:\n        name: wasm\n`;
    for (const end of ["\n", ""]) {
      const text = envoyFilter("a", CLUSTER + one).trimEnd() + end;
      const expected = envoyFilter("a", CLUSTER + wasm + INDENTED).trimEnd() + end;
      expect(rewrite(text, ["one"], { part: [first, PIECE] })).toBe(expected);
    }
  });

  test("a list that is not indented", () => {
    const text = `kind: EnvoyFilter\nspec:\n configPatches:\n${lua("one", 1)}other: 1\n`;
    expect(rewrite(text, ["one"], { part: PART })).toBe(
      `kind: EnvoyFilter\nspec:\n configPatches:\n${PIECE.text.replace(/^(?=.)/gm, " ")}other: 1\n`,
    );
  });

  test("lua: of a TrafficExtension becomes wasm:", () => {
    const script = "  lua:\n    inlineCode: |\n      function envoy_on_request(handle)\n      end\n";
    const text = `kind: TrafficExtension\napiVersion: extensions.istio.io/v1alpha1\nspec:\n  # which\n  phase: AUTHN\n${script}  # who\n  selector: {}\n`;
    const { sites } = findLuaSites("a.yaml", text);
    const part = [{ text: "wasm:\n  url: oci://a/b\n", value: { url: "oci://a/b" } }];
    expect(rewriteFile(text, "a.yaml", [{ site: sites[0]!, part }])).toBe(
      text.replace(script, "  wasm:\n    url: oci://a/b\n"),
    );
    expect(() => rewriteFile(text, "a.yaml", [{ site: sites[0]!, part, keptWith: "x" }])).toThrow(
      "has no switch for its Lua",
    );
  });

  test("routes that switch the Lua off, switch the new filter off", () => {
    const route = (name: string, type: string) =>
      `  - applyTo: HTTP_ROUTE\n    patch:\n      operation: MERGE\n      value:\n        typed_per_filter_config:\n          ${name}: # here\n            "@type": type.googleapis.com/${type}\n            disabled: true\n`;
    const old = route("one", "envoy.extensions.filters.http.lua.v3.LuaPerRoute");
    const text = envoyFilter("a", lua("one") + old);
    const paths = ["spec.configPatches[1].patch.value.typed_per_filter_config.one"];
    expect(findLuaSites("a.yaml", text).sites[0]!.filter.routeOverrides).toEqual([{ path: paths[0], disabled: true }]);
    expect(rewrite(text, ["one"], { part: PART, routes: { paths, filter: "new" } })).toBe(
      envoyFilter("a", INDENTED + route("new", "envoy.config.route.v3.FilterConfig")),
    );
  });
});

describe("kept and switched off", () => {
  test("one line, and the new patches behind it", () => {
    const text = envoyFilter("a", lua("one") + CLUSTER);
    const off = lua("one").replace("name: one\n", "name: one\n        disabled: true # why\n");
    expect(rewrite(text, ["one"], { keptWith: "why" })).toBe(envoyFilter("a", off + CLUSTER));
    expect(rewrite(text, ["one"], { keptWith: "why", part: PART })).toBe(envoyFilter("a", off + INDENTED + CLUSTER));
  });

  test("gives its name to the one that takes its place", () => {
    const text = envoyFilter("a", lua("new"));
    const off = lua("new").replace("name: new\n", "name: new-lua\n        disabled: true # why\n");
    expect(rewrite(text, ["new"], { keptWith: "why", part: PART })).toBe(envoyFilter("a", off + INDENTED));
  });
});

describe("rather not", () => {
  test.each([
    [
      "braces",
      `kind: EnvoyFilter\nspec:\n  configPatches: [{applyTo: CLUSTER}, {applyTo: HTTP_FILTER, patch: {operation: INSERT_BEFORE, value: {name: one, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua, inlineCode: "function envoy_on_request(h) end"}}}}]\n`,
      "written in braces",
    ],
    [
      "an anchor that others use",
      `${envoyFilter("a", lua("one").replace("HTTP_FILTER", "&to HTTP_FILTER"))}  - applyTo: *to\n`,
      "anchor that something else refers to",
    ],
  ])("%s", (_, text, message) => {
    expect(() => rewrite(text, ["one"])).toThrow(message);
  });
});
