import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compileProgram } from "../../src/codegen/compile.js";
import { generate } from "../../src/codegen/generate.js";
import { chooseLocalEnvoy } from "../../src/harness/choose-envoy.js";
import type { FilterArm } from "../../src/harness/filter-arms.js";
import { collectSites } from "../../src/manifest/collect-sites.js";
import { packageRoot } from "../../src/support/package-root.js";
import { ArmStage } from "../../src/verify/arm-stage.js";
import { compareFacts, factsOf } from "../../src/verify/compare.js";
import { metadataHeadersOf } from "../../src/verify/dynamic-metadata.js";
import { generateRequests } from "../../src/verify/generate-requests.js";
import { HostStage } from "../../src/verify/host-stage.js";
import { readRequestFile } from "../../src/verify/read-requests.js";
import { readVocabulary } from "../../src/verify/script-vocabulary.js";

const FOLDER = join(packageRoot(), "examples");
const NAMES = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  // Lets requests through as time passes, which between two requests it does in Envoy only.
  .filter((name) => name !== "rate-limit");
const TIMEOUT_MS = 20_000;

const launcher = await chooseLocalEnvoy(console.error);

describe("the host does with an example what Envoy does", () => {
  // Some have limits in milliseconds, which a machine that stands still for a while passes in Envoy only.
  for (const name of NAMES) test(name, { timeout: 120_000, retry: 2 }, () => expectSame(name));
});

/** With the requests of the example and generated ones, all through one VM in their order. */
async function expectSame(name: string): Promise<void> {
  const { sites } = await collectSites([join(FOLDER, name)]);
  const lua = sites[0]!.text;
  const program = generate(lua);
  const { bytes } = await compileProgram(program);
  const { allowOnHeadersStopIteration } = program.needs;
  const requests = [...readRequestFile(join(FOLDER, name, "requests.yaml")), ...generateRequests(lua, 30, 7)];
  const arm: FilterArm = { name: "wasm", wasm: { bytes, allowOnHeadersStopIteration } };
  const callClusters = readVocabulary(lua).clusters;
  await using envoy = await ArmStage.start({
    launcher,
    arms: [arm],
    callClusters,
    requestTimeoutMs: TIMEOUT_MS,
    metadataHeaders: metadataHeadersOf(requests),
  });
  const host = await HostStage.start({ arm, callClusters, requestTimeoutMs: TIMEOUT_MS });
  for (const [index, request] of requests.entries()) {
    const expected = factsOf(await envoy.observe(arm.name, request, index));
    const differences = compareFacts(expected, factsOf(host.observe(request, index)));
    expect({ request: request.name, differences }).toEqual({ request: request.name, differences: [] });
  }
}
