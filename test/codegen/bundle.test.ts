import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundle } from "../../src/codegen/bundle.js";
import { compileProgram } from "../../src/codegen/compile.js";
import { generate } from "../../src/codegen/generate.js";
import { chooseLocalEnvoy } from "../../src/harness/choose-envoy.js";
import type { FilterArm } from "../../src/harness/filter-arms.js";
import { ArmStage } from "../../src/verify/arm-stage.js";
import type { VerifyRequest } from "../../src/verify/verify-request.js";

const FOLDER = join(import.meta.dirname, "bundle");

const FILTERS = [{ name: "counter" }, { name: "caller" }, { name: "words", filterName: "team.words" }];

const GET: VerifyRequest = {
  ...{ name: "a request", method: "GET", path: "/some/words", headers: [] },
  ...{ upstream: { body: "from upstream" }, calls: { side: [{ body: "yes " }] } },
};

const launcher = await chooseLocalEnvoy(() => {});
let stage: ArmStage;

let bytes: Uint8Array;

function wasm(name: string, configuration = "") {
  return { bytes, configuration, rootId: `default.${name}`, vmId: "bundle", allowOnHeadersStopIteration: true };
}

function start(arms: readonly FilterArm[]): Promise<ArmStage> {
  const routeMetadata = { "team.words": { greeting: "hello" } };
  return ArmStage.start({ launcher, arms, callClusters: ["side"], requestTimeoutMs: 5000, routeMetadata });
}

beforeAll(async () => {
  const filters = FILTERS.map(({ name, filterName }) => ({
    id: `default.${name}`,
    program: generate(script(name), { bundled: true, ...(filterName && { filterName }) }),
  }));
  expect(filters.flatMap(({ program }) => program.refusals)).toEqual([]);
  ({ bytes } = await compileProgram(bundle(filters)));
  stage = await start(
    FILTERS.flatMap(({ name, filterName = "envoy.filters.http.lua" }) =>
      ["", " again"].flatMap((again) => [
        { name: `lua ${name}${again}`, filterName, lua: { text: script(name) } },
        { name: `wasm ${name}${again}`, filterName, wasm: wasm(name, again) },
      ]),
    ),
  );
}, 240_000);

afterAll(() => stage?.[Symbol.asyncDispose]());

describe("filters of a bundle", () => {
  // One VM: each request may find the variables, names and methods of another filter in place.
  const order = ["counter", "caller", "counter", "words", "caller again", "counter again", "counter", "words again"];

  test("do what their Lua does, each with globals of its own", async () => {
    for (const [i, name] of order.entries()) {
      const request: VerifyRequest = { ...GET, headers: i === 6 ? [["x-die", "1"]] : [] };
      const lua = await observe(`lua ${name}`, request, i);
      expect(JSON.stringify(lua)).toContain(i === 6 ? "attempt to index local 'nothing'" : "x-");
      expect(await observe(`wasm ${name}`, request, i), `${i}: ${name}`).toEqual(lua);
    }
  });

  test("are refused under a name that is none of theirs", async () => {
    await expect(start([{ name: "unknown", wasm: wasm("unknown") }])).rejects.toThrow("failed to load");
  });
});

function script(name: string): string {
  return readFileSync(join(FOLDER, `${name}.lua`), "latin1");
}

/** Without what the verdict announces (headers of a side call), what only Lua counts, and the time. */
async function observe(arm: string, request: VerifyRequest, index: number): Promise<unknown> {
  const { calls, outcome, scriptErrors: _, ...seen } = await stage.observe(arm, request, index);
  if (outcome.kind !== "response") return { outcome };
  const { status, body, headers } = outcome.response;
  return {
    ...{ ...seen, status, body, headers: headers.filter(([name]) => name !== "date") },
    calls: calls.map((call) => call.headers.find(([name]) => name === ":path")),
  };
}
