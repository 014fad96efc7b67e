import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readMigratedFolder } from "../../src/verify/migrated-folder.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "moonshift-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (file: string, value: unknown): void => writeFileSync(join(folder, file), JSON.stringify(value));

test("what migrate wrote is read, with and without a module", () => {
  write("index.json", {
    schemaVersion: 1,
    filters: [
      { id: "a.b", folder: "a.b" },
      { id: "a.c", folder: "a.c" },
    ],
  });
  for (const id of ["a.b", "a.c"]) {
    mkdirSync(join(folder, id));
    writeFileSync(join(folder, id, "original.lua"), "-- lua");
  }
  write("a.b/verdict.json", {
    id: "a.b",
    verdict: "approximate",
    deviations: [{ construct: "Handle:httpCall", message: "m", locations: [] }],
    needs: { allowOnHeadersStopIteration: false },
    filter: { filterName: "my.lua", clearRouteCache: false },
  });
  writeFileSync(join(folder, "a.b", "filter.wasm"), "wasm");
  write("a.c/verdict.json", { id: "a.c", verdict: "refused" });
  expect(readMigratedFolder(folder)).toEqual([
    {
      id: "a.b",
      folder: join(folder, "a.b"),
      verdict: "approximate",
      deviations: [{ construct: "Handle:httpCall", message: "m" }],
      lua: "-- lua",
      wasm: Buffer.from("wasm"),
      needs: { allowOnHeadersStopIteration: false },
      filterName: "my.lua",
      clearRouteCache: false,
    },
    expect.objectContaining({ id: "a.c", verdict: "refused", deviations: [] }),
  ]);
});

test.each(["../outside", "/etc", "..", "a/b"])(
  "a folder named %s is refused: nothing outside is read or written",
  (name) => {
    write("index.json", { filters: [{ id: name }] });
    expect(() => readMigratedFolder(folder)).toThrow(/is not a (plain )?folder name/);
  },
);

test("what is no such folder is told so", () => {
  expect(() => readMigratedFolder(folder)).toThrow("not a folder that `moonshift migrate` wrote");
  write("index.json", { filters: 1 });
  expect(() => readMigratedFolder(folder)).toThrow("filters");
});
