import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MODULES } from "../../src/lua/library.js";
import { packageRoot } from "../../src/support/package-root.js";
import { entriesOf, LibraryGuest, type LuaTable, type LuaValue } from "./library-guest.js";
import { show } from "./oracle-comparison.js";

/**
 * What the libraries themselves gave in LuaJIT 2.1.1753364724 with LUA52COMPAT (lua-cjson 2.1.0.17 as OpenResty has it, rxi's json.lua
 * 0.1.2, lbase64 1.5.3, at `./json.lua` and `./base64.lua`), each call after the one before it: name, arguments, results or error.
 */
type Recorded = readonly [name: string, args: readonly Written[], outcome: string];
/** A value of `LuaValue` as JSON can have it. */
type Written = LuaValue | { readonly number: string };

for (const module of ["cjson", "json", "base64"]) {
  test(`${module} does what the library does`, async () => {
    const recorded = JSON.parse(
      readFileSync(join(packageRoot(), `test/runtime/samples/${module}.json`), "utf8"),
    ) as Recorded[];
    const names = [...new Set(recorded.map(([name]) => name))];
    const guest = await LibraryGuest.of(names);
    for (const [name, args, outcome] of recorded) {
      const values = args.map(read);
      const ours = show(guest.call(name, values));
      if (ours !== outcome) expect(`${name}(${JSON.stringify(args)}): ${ours}`).toBe(outcome);
      guest.release();
    }
  });
}

function read(value: Written): LuaValue {
  if (value === null || typeof value !== "object") return value;
  if ("number" in value) return Number(value.number);
  if (Array.isArray(value)) return value.map(read);
  if ("fn" in value) return value;
  return { entries: entriesOf(value as LuaTable).map(([key, item]) => [read(key), read(item)] as const) };
}

test("nothing traps: texts that end anywhere, deep nesting, cycles", async () => {
  const guest = await LibraryGuest.of(["cjson.decode", "cjson.encode", "json.decode", "json.encode", "base64.decode"]);
  const text = '{"a":[1,-2.5e3,"x\\u00e9\\n\\ud83d\\ude00",true,false,null],"b":{}}';
  for (const name of ["cjson.decode", "json.decode"]) {
    expect(guest.call(name, [text]).ok).toBe(true);
    for (let n = 0; n < text.length; n++) expect(guest.call(name, [text.slice(0, n)]).ok).toBe(false);
    expect(guest.call(name, ["[".repeat(100_000)]).ok).toBe(false);
  }
  expect(show(guest.call("json.decode", ['{"a":'.repeat(100_000)]))).toMatch(/stack overflow/);
  for (let n = 0; n < 20; n++) guest.call("base64.decode", ["QUJDREVGR0hJSktM=".slice(n)]);
});

test("every row of a module that is not refused names a function", () => {
  for (const { name, functions } of MODULES) {
    for (const row of functions) {
      expect(row.name.startsWith(`${name}.`)).toBe(true);
      expect(row.forms.length > 0).toBe(row.status.kind !== "refused");
    }
  }
});
