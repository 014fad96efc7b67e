import luaparse from "luaparse";
import { beforeAll, describe, expect, it } from "vitest";
import { unboundMethods } from "../../bench/arms/lua-interpreter.js";
import { initialMemoryBytes } from "../../bench/arms/module-memory.js";
import { noOpModule } from "../../bench/arms/wasm.js";
import { armNames } from "../../bench/cells.js";
import { parseCores } from "../../bench/measure/affinity.js";
import { bundledWorkloads } from "../../bench/measure/bundle-memory.js";
import { PRICED_WORKLOADS } from "../../bench/price-list.js";
import { selectWorkloads } from "../../bench/select-workloads.js";
import { FULL, QUICK } from "../../bench/settings.js";
import { TARGET_WORKLOADS } from "../../bench/targets.js";
import { expectedFootprintSeconds, expectedSeconds } from "../../bench/timing.js";
import { allWorkloads } from "../../bench/workloads/index.js";
import { loadOf } from "../../bench/workloads/request-shape.js";
import type { Workload } from "../../bench/workloads/workload.js";
import { InputError } from "../../src/support/failure.js";

let all: readonly Workload[];
beforeAll(async () => {
  all = await allWorkloads();
});

describe("workloads", () => {
  it("have names of their own and scripts that are Lua", () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const { name, lua, wasmLua = lua } of all) {
      expect(name).toMatch(/^[a-z0-9-]+$/);
      for (const script of [lua, wasmLua]) {
        expect(
          () => luaparse.parse(script, { luaVersion: "LuaJIT", encodingMode: "pseudo-latin1" }),
          name,
        ).not.toThrow();
      }
    }
  });

  it("ask for their repeats in the request", () => {
    for (const { measure, request, name } of all) {
      const asked = request.headers.find(([header]) => header === "x-repeat")?.[1];
      expect(asked, name).toBe(measure.form === "repeats" ? String(measure.repeats).padStart(5, "0") : undefined);
    }
  });

  it("hold every example", () => {
    expect(all.filter(({ group }) => group === "examples").length).toBeGreaterThanOrEqual(11);
  });

  it("are all known to the price list and the targets", () => {
    const names = new Set(all.map(({ name }) => name));
    expect([...PRICED_WORKLOADS, ...TARGET_WORKLOADS].filter((name) => !names.has(name))).toEqual([]);
  });

  it("fit into two minutes quick, and thirty in full", () => {
    const seconds = (workloads: readonly Workload[], settings: typeof FULL) =>
      workloads.reduce((sum, workload) => sum + expectedSeconds(workload, settings), 0);
    const selected = (quick: boolean) => selectWorkloads(all, { wanted: [], quick, requests: [] });
    expect(seconds(selected(true), QUICK)).toBeLessThan(105);
    expect(seconds(selected(false), FULL) + expectedFootprintSeconds(FULL)).toBeLessThan(29 * 60);
  });
});

describe("selection", () => {
  const select = (...wanted: string[]) =>
    selectWorkloads(all, { wanted, quick: false, requests: [] }).map(({ name }) => name);

  it("takes names and groups once, behind the control", () => {
    expect(select("concat", "find-plain", "concat")).toEqual(["control-aa", "concat", "find-plain"]);
    expect(select("growth with bytes of body")).toHaveLength(5);
    expect(select("memory", "concat")).toEqual(["control-aa", "concat"]);
  });

  it("takes the first twenty different filters that a WasmPlugin can run into the bundle", () => {
    const bundled = bundledWorkloads({ workloads: all, filters: 20 });
    expect(new Set(bundled.map(({ lua }) => lua)).size).toBe(20);
    // It needs headers held for a body.
    expect(bundled.map(({ name }) => name)).not.toContain("json-body-1kb");
    expect(bundled[0]!.name).toBe("set-constant-header");
  });

  it("refuses what is neither a workload nor a folder, and a folder without migrations", () => {
    expect(() => select("no-such-thing")).toThrow(InputError);
    expect(() => select("test")).toThrow(/index\.json/);
  });
});

describe("arms", () => {
  it("are compared with peers only in whole filters", () => {
    const armsOf = (name: string) => armNames(all.find((workload) => workload.name === name)!);
    expect(armsOf("concat")).toEqual(["lua", "wasm"]);
    expect(armsOf("header-get-first")).toEqual(["no-op lua", "lua", "no-op wasm", "wasm"]);
    expect(armsOf("set-constant-header")).toContain("native");
    expect(armsOf("routing")).toEqual(expect.arrayContaining(["rust sdk", "lua interpreter"]));
    expect(armsOf("json-body-in-lua-1kb")).toContain("lua interpreter");
    expect(armsOf("growth-chain-2")).not.toContain("lua interpreter");
  });

  it("leave the interpreter out where its binding lacks a method of Envoy's, and only there", () => {
    const lacking = (name: string) => unboundMethods(all.find((workload) => workload.name === name)!.lua);
    expect(lacking("routing")).toEqual([]);
    expect(lacking("json-body-1kb")).toEqual([]);
    expect(lacking("http-call")).toEqual(["httpCall"]);
    expect(unboundMethods(`handle : stats():counter("n"):inc(1); handle:logInfo "x"; ("s"):rep(2)`)).toEqual([
      "counter",
      "inc",
      "stats",
    ]);
  });

  it("know the memory of a module", async () => {
    expect(initialMemoryBytes(await noOpModule())).toBe(65_536);
    const withoutMemory = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    expect(initialMemoryBytes(withoutMemory)).toBe(0);
  });
});

describe("loads", () => {
  it("are what verify sends, with the headers of a browser around it", () => {
    const { request, response, calls } = loadOf({
      name: "r",
      method: "POST",
      path: "/p",
      headers: [
        ["Host", "a"],
        ["X-User-Id", "u"],
        ["x-b", "1"],
        ["x-b", "2"],
      ],
      body: ["ab", "c"],
      upstream: { status: 201, headers: [["x-up", "1"]], body: "hi" },
      calls: { auth: [{ status: 403 }, { status: 200 }] },
    });
    const names = request.headers.map(([name]) => name);
    expect(names.filter((name) => name === "x-user-id")).toHaveLength(1);
    expect(names.filter((name) => name === "x-b")).toHaveLength(2);
    expect(names).not.toContain("host");
    expect(request.headers.at(-1)).toEqual(["content-length", "3"]);
    expect(request.body).toBe("abc");
    expect(response).toEqual({ status: 201, headers: [["x-up", "1"]], body: "hi" });
    expect(calls).toEqual({ auth: { status: 403 } });
  });
});

describe("core lists", () => {
  it("are read as the kernel writes them", () => {
    expect(parseCores("0-2,5")).toEqual([0, 1, 2, 5]);
    expect(parseCores("3")).toEqual([3]);
  });
});
