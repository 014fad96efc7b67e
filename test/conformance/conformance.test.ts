import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readCases } from "../../scripts/conformance/case-file.js";
import { countersLine } from "../../scripts/conformance/envoy-counters.js";
import { outcomeLine, summaryLine } from "../../scripts/conformance/outcome.js";
import { runCases } from "../../scripts/conformance/run-cases.js";
import { expectedLines, startedFunctions, streamsOf } from "../../scripts/conformance/steps.js";
import { chooseLocalEnvoy } from "../../src/harness/choose-envoy.js";
import { InputError } from "../../src/support/failure.js";
import { packageRoot } from "../../src/support/package-root.js";

const file = join(packageRoot(), "../shared/conformance/envoy-lua-tests.json");

describe("the digest of a test", () => {
  test("gives the streams, frame by frame", () => {
    const steps = [
      `clearRouteCache() & decodeHeaders({:path: /, a: b; Path=/, a: c}) -> Continue LOGS [trace:"/"]`,
      `decodeData("he\\0llo") -> Continue`,
      `decodeTrailers({foo: bar}) -> Continue`,
      `call response {:status: 200}`,
      `call response body "good"`,
      `encode1xxHeaders({:status: 100}) -> Continue`,
      `encodeHeaders({:status: 200}) -> Continue`,
      `encodeData("", end_stream) -> Continue`,
      `decodeHeaders({:path: /2}, end_stream) -> Continue`,
    ];
    expect(streamsOf(steps)).toEqual([
      {
        request: {
          headers: [
            [":path", "/"],
            ["a", "b; Path=/"],
            ["a", "c"],
          ],
          chunks: ["he\0llo"],
          trailers: [["foo", "bar"]],
          endsWithHeaders: false,
        },
        response: { headers: [[":status", "200"]], chunks: [""], endsWithHeaders: false },
        calls: [{ headers: [[":status", "200"]], chunks: ["good"], endsWithHeaders: false }],
      },
      { request: { headers: [[":path", "/2"]], chunks: [], endsWithHeaders: true }, calls: [] },
    ]);
  });

  test("gives what must be logged and started", () => {
    const thrown = `THROWS "[string \\"...\\"]:9: no" <- start("shouldFail")`;
    expect(
      expectedLines([
        `a -> b LOGS [trace:"std::string(\\"re\\\\0p\\", 4)"; error:"x"]`,
        `b DOES NOT LOG [trace:"100"]`,
        `print "1"`,
        thrown,
      ]),
    ).toEqual([
      { level: "trac", text: "re\0p" },
      { level: "erro", text: "x" },
      { level: "info", text: "1" },
      { level: "erro", text: `[string "..."]:9: no` },
    ]);
    expect(startedFunctions([`start("ok")`, thrown])).toEqual([
      { name: "ok" },
      { name: "shouldFail", error: `[string "..."]:9: no` },
    ]);
  });

  test("a file of another form is refused by name", () => {
    expect(() => readCases(join(packageRoot(), "package.json"))).toThrow(InputError);
  });
});

/** Cases that between them take every way through the runner. */
const EXPECTED: Readonly<Record<string, RegExp>> = {
  "LuaHttpFilterTest.RequestAndResponse": /: equal$/,
  "LuaHttpFilterTest.ThreadEnvironments": /: equal$/,
  "LuaIntegrationTest.UpstreamAsyncHttpCall":
    /: equal but for what the verdict announced: calls\["lua_cluster"\]\[0\].headers\["x-forwarded-for"\]$/,
  "LuaHttpFilterTest.HttpCallImmediateFailure":
    /: equal but for what the verdict announced: calls\["cluster"\]\[0\].headers\["x-forwarded-for"\]$/,
  "LuaIntegrationTest.Respond": /: equal$/,
  "LuaHttpFilterTest.HttpCallInvalidCluster": /: equal but for what the verdict announced: log\[0\]$/,
  "LuaHttpFilterTest.SetUpstreamOverrideHost": /: refused: .*no host call sets the upstream host/,
  "LuaStreamInfoWrapperTest.ReturnRequestedServerName": /: not runnable: .*Lua does not log "some.sni.io"$/,
  "LuaHeaderMapWrapperTest.ModifiableMethods": /: equal$/,
  "LuaHeaderMapWrapperTest.GetAtIndex": /: equal$/,
  "LuaMetadataMapWrapperTest.Iterators": /: equal$/,
  "LuaTest.MarkDead": /: not runnable: .*by hand/,
};

test.skipIf(!existsSync(file))(
  "a handful of Envoy's own tests in a real Envoy",
  async () => {
    const tests = readCases(file).filter(({ id }) => id in EXPECTED);
    const { outcomes, counters } = await runCases(tests, { kind: "envoy", launcher: await chooseLocalEnvoy() });
    for (const [index, one] of tests.entries()) {
      expect(outcomeLine(one, outcomes[index]!)).toMatch(EXPECTED[one.id]!);
    }
    expect(summaryLine(outcomes)).toBe(
      "12 cases: 6 equal, 3 equal but for what the verdict announced, 1 refused, 0 different, 2 not runnable",
    );
    expect(countersLine(counters)).toBe(
      "Envoy's counters, 10 scripts in 2 Envoys: no Wasm VM failed or was made anew; http.*.lua.*.errors 5, errors logged by the modules 5",
    );
  },
  240_000,
);

test("a script that does not load, nor its module, is equal; one of which the test expects more is not", async () => {
  const fails = (id: string, steps: readonly string[]) => ({
    id,
    kind: "filter" as const,
    scripts: [{ name: "SCRIPT", lua: "\nlocal x = nil\nx.y = 1\nfunction envoy_on_request(handle) end\n" }],
    other_inputs: [],
    steps: ["decodeHeaders({:path: /}, end_stream) -> Continue", ...steps],
    wasm: "exact" as const,
  });
  const tests = [fails("Fails", []), fails("FailsOtherwise", [`THROWS "some other reason" <- load()`])];
  const { outcomes } = await runCases(tests, { kind: "envoy", launcher: await chooseLocalEnvoy() });
  expect(outcomes.map(({ kind }) => kind)).toEqual(["equal", "not runnable"]);
}, 120_000);
