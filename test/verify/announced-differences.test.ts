import { describe, expect, test } from "vitest";
import { isAnnounced, requestsWithoutModule, withoutPrints } from "../../src/verify/announced-differences.js";
import type { Observation } from "../../src/verify/observation.js";
import { ownWrites } from "../../src/verify/written-metadata.js";

const logging = (...lines: readonly string[]): Observation => ({
  outcome: { kind: "closed", partial: "" },
  upstream: [],
  calls: [],
  log: lines.map((line) => ({ level: line.split(" ")[0]!, text: line })),
  wasmFailures: [],
  branches: [],
  scriptErrors: 0,
});

test("printed lines of a module are taken away, logged ones stay", () => {
  const script = logging("info one", "warning two", "info three");
  const module = logging("info printed", "info one", "warning two", "info also printed", "info three");
  expect(withoutPrints(module, script, ["library.print"]).log).toEqual(script.log);
  expect(withoutPrints(module, script, [])).toBe(module);
});

test("a line that is missing or other than the script's stays a difference", () => {
  const script = logging("info one", "error two");
  expect(withoutPrints(logging("info printed", "info one", "error other"), script, ["library.print"]).log).toEqual(
    logging("info one", "error other").log,
  );
  expect(withoutPrints(logging("error two", "warning more", "info x"), script, ["library.print"]).log).toEqual(
    logging("error two", "warning more").log,
  );
});

test("only what a deviation explains is announced", () => {
  const difference = {
    request: 0,
    name: "",
    where: 'calls["c"][0].headers["x-forwarded-for"]',
    lua: "10.0.0.1",
    wasm: null,
  };
  expect(isAnnounced({ ...difference, lua: "1.2.3.4,10.0.0.1", wasm: "1.2.3.4" }, ["api.Handle:httpCall"])).toBe(true);
  expect(isAnnounced({ ...difference, lua: "1.2.3.4,10.0.0.1", wasm: "1.2.3" }, ["api.Handle:httpCall"])).toBe(false);
  expect(isAnnounced(difference, ["api.Handle:httpCall"])).toBe(true);
  expect(isAnnounced(difference, ["api.Handle:respond"])).toBe(false);
  expect(isAnnounced({ ...difference, wasm: "10.0.0.2" }, ["api.Handle:httpCall"])).toBe(false);
  expect(isAnnounced({ ...difference, where: 'upstream.headers["x-forwarded-for"]' }, ["api.Handle:httpCall"])).toBe(
    false,
  );
});

test("of a call to a cluster that is not there, the module may name another fault of it first", () => {
  const lua = 'error: [string "x"]:1: http call cluster invalid. Must be configured';
  const isKnown = (wasm: string) =>
    isAnnounced({ request: 0, name: "", where: "log[0]", lua, wasm }, ["api.Handle:httpCall"]);
  expect(isKnown("error: bad argument #8 to 'httpCall' (string expected, got boolean)")).toBe(true);
  expect(isKnown("error: http call timeout must be >= 0")).toBe(false);
});

describe("dynamic metadata that only the script sees", () => {
  const set = (...args: readonly string[]) => `handle:streamInfo():dynamicMetadata():set(${args.join(", ")})`;
  const script = (...lines: readonly string[]) => `function envoy_on_request(handle)\n${lines.join("\n")}\nend\n`;
  const made = 'handle:headers():get(":path")';
  const explains = (lua: string, where: string, wasm: string | null = null) =>
    isAnnounced({ request: 0, name: "", where, lua: '"v"', wasm }, ["api.DynamicMetadata:set.own"], ownWrites(lua));

  test("is announced where the script may have written it, nowhere else", () => {
    const lua = script(set('"made"', made, "1"), set(made, '"up"', "1"), set('"fixed"', '"k"', "1"));
    expect(explains(lua, 'metadata["made"]["anything"]')).toBe(true);
    expect(explains(lua, 'metadata["anything"]["up"]')).toBe(true);
    expect(explains(lua, 'metadata["fixed"]["k"]')).toBe(false);
    expect(explains(lua, 'metadata["other"]["sup"]')).toBe(false);
    expect(explains(lua, 'metadata["made"]["anything"]', "2")).toBe(false);
  });

  test("may be an older value that was carried", () => {
    const lua = script(set('"ns"', '"k"', "1"), set('"ns"', made, "2"));
    expect(explains(lua, 'metadata["ns"]["k"]', "1")).toBe(true);
    expect(explains(lua, 'metadata["ms"]["k"]', "1")).toBe(false);
  });

  test("may be anywhere when nothing is seen to write it", () => {
    const lua = script(`local t = setmetatable({}, { __index = function() ${set('"ns"', '"k"', "1")} end })`, "t()");
    expect(explains(lua, 'metadata["ns"]["k"]')).toBe(true);
    expect(explains(script("local x = 1"), 'metadata["ns"]["k"]')).toBe(false);
  });
});

test("of a request in which Envoy lacks a module that is compiled in, nothing can be said", () => {
  const at = (request: number, lua: string | null) => ({ request, name: "", where: "log[0]", lua, wasm: null });
  const differences = [
    at(2, "error: [string \"x\"]:1: module 'cjson' not found:\n\tno field"),
    at(2, "404"),
    at(3, "error: [string \"x\"]:1: module 'other' not found:\n\tno field"),
    at(4, "404"),
  ];
  expect([...requestsWithoutModule(differences, ["module.cjson"])]).toEqual([2]);
  expect([...requestsWithoutModule(differences, [])]).toEqual([]);
});
