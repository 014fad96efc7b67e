import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { chooseLocalEnvoy } from "../../src/harness/choose-envoy.js";
import type { FilterArm } from "../../src/harness/filter-arms.js";
import { assemble } from "../../src/runtime/toolchain/assemble.mjs";
import { packageRoot } from "../../src/support/package-root.js";
import { ArmStage } from "../../src/verify/arm-stage.js";
import { compareFacts, factsOf } from "../../src/verify/compare.js";
import { HostStage } from "../../src/verify/host-stage.js";
import type { VerifyRequest } from "../../src/verify/verify-request.js";

const source = readFileSync(join(packageRoot(), "test/host/probe.as"), "utf8");

const request = (name: string, more: Partial<VerifyRequest>): VerifyRequest => ({
  name,
  method: "POST",
  path: "/",
  headers: [],
  upstream: { status: 200, body: "hello" },
  calls: {},
  ...more,
});

const REQUESTS: readonly VerifyRequest[] = [
  request("without a body", { method: "GET" }),
  request("with a body", { body: ["hello"] }),
  request("in chunks, with trailers", { body: ["hel", "lo"], trailers: [["x-t", "1"]] }),
  request("the upstream hangs up", { upstream: { reset: true } }),
];

test("callbacks come in Envoy's order, and host calls give Envoy's results", async () => {
  const bytes = await assemble({
    read: (name) => (name === "entry.ts" ? source : null),
    ...{ stateful: false, yields: false, metatables: false },
  });
  const arm: FilterArm = { name: "probe", wasm: { bytes, allowOnHeadersStopIteration: true } };
  const launcher = await chooseLocalEnvoy(console.error);
  const options = { callClusters: [], requestTimeoutMs: 20_000 };
  await using envoy = await ArmStage.start({ ...options, launcher, arms: [arm] });
  const host = await HostStage.start({ ...options, arm });
  for (const [index, one] of REQUESTS.entries()) {
    const [expected, seen] = [await envoy.observe(arm.name, one, index), host.observe(one, index)];
    const lines = ({ log }: typeof seen): readonly string[] => log.map(({ text }) => text);
    expect({ request: one.name, lines: lines(seen) }).toEqual({ request: one.name, lines: lines(expected) });
    expect(compareFacts(factsOf(expected), factsOf(seen))).toEqual([]);
  }
}, 120_000);
