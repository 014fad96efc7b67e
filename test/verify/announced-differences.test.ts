import { expect, test } from "vitest";
import { isAnnounced, requestsWithoutModule, withoutPrints } from "../../src/verify/announced-differences.js";
import type { Observation } from "../../src/verify/observation.js";

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
  expect(isAnnounced(difference, ["api.Handle:httpCall"])).toBe(true);
  expect(isAnnounced(difference, ["api.Handle:respond"])).toBe(false);
  expect(isAnnounced({ ...difference, wasm: "10.0.0.2" }, ["api.Handle:httpCall"])).toBe(false);
  expect(isAnnounced({ ...difference, where: 'upstream.headers["x-forwarded-for"]' }, ["api.Handle:httpCall"])).toBe(
    false,
  );
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
