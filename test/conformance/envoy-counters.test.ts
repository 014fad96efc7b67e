import { readdirSync } from "node:fs";
import { join } from "node:path";
import binaryen from "binaryen";
import { expect, test } from "vitest";
import { CounterWatch, countersLine, type ScriptRun } from "../../scripts/conformance/envoy-counters.js";
import { compileProgram } from "../../src/codegen/compile.js";
import { generate } from "../../src/codegen/generate.js";
import { chooseLocalEnvoy } from "../../src/harness/choose-envoy.js";
import { collectSites } from "../../src/manifest/collect-sites.js";
import { packageRoot } from "../../src/support/package-root.js";
import { ArmStage } from "../../src/verify/arm-stage.js";
import { metadataHeadersOf } from "../../src/verify/dynamic-metadata.js";
import type { Observation } from "../../src/verify/observation.js";
import { readRequestFile } from "../../src/verify/read-requests.js";
import { readVocabulary } from "../../src/verify/script-vocabulary.js";
import type { VerifyRequest } from "../../src/verify/verify-request.js";

const EXAMPLES = join(packageRoot(), "examples");
/** For which rate-limit-prototype fails: it reads a header that is not there. */
const BARE: VerifyRequest = { name: "GET /", method: "GET", path: "/", headers: [], upstream: {}, calls: {} };
const launcher = await chooseLocalEnvoy(console.error);

test("over all examples no VM fails, and modules log as many errors as Envoy counts for their scripts", async () => {
  const names = readdirSync(EXAMPLES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const examples = await Promise.all(
    names.map(async ({ name }) => {
      const { sites } = await collectSites([join(EXAMPLES, name)]);
      const lua = sites[0]!.text;
      const requests = [...readRequestFile(join(EXAMPLES, name, "requests.yaml")), BARE];
      const program = generate(lua);
      return { name, lua, requests, needs: program.needs, ...(await compileProgram(program)) };
    }),
  );
  await using stage = await ArmStage.start({
    launcher,
    arms: examples.flatMap(({ name, lua, bytes, needs: { allowOnHeadersStopIteration } }) => [
      { name: `lua-${name}`, lua: { text: lua } },
      { name: `wasm-${name}`, wasm: { bytes, allowOnHeadersStopIteration, failurePolicy: "FAIL_RELOAD" } },
    ]),
    callClusters: [...new Set(examples.flatMap(({ lua }) => readVocabulary(lua).clusters))],
    requestTimeoutMs: 20_000,
    metadataHeaders: metadataHeadersOf(examples.flatMap(({ requests }) => requests)),
  });
  const watch = await CounterWatch.start(stage.envoy);
  const runs: ScriptRun[] = [];
  for (const { name, requests } of examples) {
    const [lua, module] = [
      await observeAll(stage, `lua-${name}`, requests),
      await observeAll(stage, `wasm-${name}`, requests),
    ];
    runs.push({ name, luaArm: `lua-${name}`, lua, module });
  }
  const counters = await watch.read(runs);
  expect(counters).toMatchObject({ scripts: names.length, wasmFailures: [], unequal: [] });
  expect(counters.moduleErrors).toBe(counters.luaErrors);
  expect(counters.luaErrors).toBeGreaterThan(0);
}, 240_000);

/** A module whose callback traps. */
const TRAPS = `(module
  (memory (export "memory") 1)
  (func (export "proxy_abi_version_0_2_1"))
  (func (export "proxy_on_memory_allocate") (param i32) (result i32) (i32.const 1024))
  (func (export "_initialize"))
  (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32) unreachable))`;

test("a VM that fails and is made anew is seen, and so is an error that only one of the two has", async () => {
  const failing = `function envoy_on_request(handle) local x = nil; x.y = 1 end`;
  await using stage = await ArmStage.start({
    launcher,
    arms: [
      { name: "lua", lua: { text: failing } },
      {
        name: "trap",
        wasm: {
          bytes: binaryen.parseText(TRAPS).emitBinary(),
          allowOnHeadersStopIteration: false,
          failurePolicy: "FAIL_RELOAD",
        },
      },
    ],
    callClusters: [],
    requestTimeoutMs: 5_000,
  });
  const watch = await CounterWatch.start(stage.envoy);
  const lua = await observeAll(stage, "lua", [BARE]);
  const module = await observeAll(stage, "trap", [BARE]);
  await new Promise((resolve) => setTimeout(resolve, 1_500)); // Envoy waits for a second before it makes a new VM
  module.push(...(await observeAll(stage, "trap", [BARE])));
  const counters = await watch.read([{ name: "failing", luaArm: "lua", lua, module }]);
  expect(counters).toMatchObject({ luaErrors: 1, moduleErrors: 0, unequal: ["failing"] });
  expect(counters.wasmFailures).toEqual(["wasm.envoy.wasm.runtime.v8.created 1", "wasm.trap.vm_reload_success 1"]);
  expect(countersLine(counters)).toContain(
    "http.*.lua.*.errors 1, errors logged by the modules 0, not the same in failing",
  );
}, 60_000);

async function observeAll(stage: ArmStage, arm: string, requests: readonly VerifyRequest[]): Promise<Observation[]> {
  const seen: Observation[] = [];
  for (const [index, request] of requests.entries()) seen.push(await stage.observe(arm, request, index));
  return seen;
}
