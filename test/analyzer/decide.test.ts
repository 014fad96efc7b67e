import { describe, expect, test } from "vitest";
import { readAnswers, writeQuestions } from "../../src/analyzer/answers.js";
import { DECISION_TREE, FIRST_QUESTION, isOutcome, type QuestionId } from "../../src/analyzer/decision-tree.js";
import { PRICE_LIST } from "../../src/analyzer/price-list.js";
import { readPrices } from "../../src/analyzer/read-prices.js";
import { assessLua, assessRequest, auditTexts } from "./audit-text.js";

const answered = (text: string) => ({ answers: readAnswers("answers.yaml", text) });

test("the five questions of the article are asked in its order", () => {
  const asked = Object.values(DECISION_TREE).filter(({ fromArticle }) => fromArticle);
  expect(asked.map(({ id }) => id)).toEqual([
    "performance",
    "external-service",
    "complex-data",
    "changes-often",
    "team",
  ]);
});

test("every path through the tree ends, and every outcome can be reached", () => {
  const outcomes = new Set<string>();
  const follow = (id: QuestionId, seen: readonly QuestionId[]): void => {
    expect(seen).not.toContain(id);
    for (const next of [DECISION_TREE[id].yes, DECISION_TREE[id].no]) {
      if (isOutcome(next)) outcomes.add(next);
      else follow(next, [...seen, id]);
    }
  };
  follow(FIRST_QUESTION, []);
  expect([...outcomes].toSorted()).toEqual(["keep-lua", "native", "other-language", "traffic-extension-lua", "wasm"]);
});

describe("outcomes", () => {
  test("constant headers: native, with the resource", () => {
    const { recommendation } = assessRequest('handle:headers():replace("x-a", "1")');
    expect(recommendation.outcome).toBe("native");
    expect(recommendation.native?.resource).toContain('key: x-a\n            value: "1"\n');
    expect(recommendation.path).toHaveLength(1);
    expect(recommendation.path[0]?.evidence).toMatchObject({ file: "script.lua", startLine: 2 });
  });

  test("constant headers under a condition: not native", () => {
    expect(
      assessRequest('if handle:headers():get("x-b") then handle:headers():replace("x-a", "1") end').recommendation
        .outcome,
    ).not.toBe("native");
  });

  test("sockets: another language", () => {
    const script =
      'local http = require("socket.http")\nfunction envoy_on_request(handle) http.request("http://a") end\n';
    expect(assessLua(script).recommendation.outcome).toBe("other-language");
  });

  test("much string work under load: Wasm", () => {
    const script = assessRequest(
      'local path = handle:headers():get(":path")\nfor k, v in path:gmatch("([^&=?]+)=([^&=]*)") do if k:lower():sub(1, 1) == "t" and v:find("x", 1, true) then handle:headers():replace("x-t", v:upper():gsub("%W", "")) end end',
      answered("defaults: {requestsPerSecond: 3000}\n"),
    );
    expect(script.recommendation.path.map(({ id, answer }) => [id, answer])).toContainEqual(["performance", "yes"]);
    expect(script.recommendation.outcome).toBe("wasm");
  });

  test("a simple filter that changes often: keeps its Lua, with the answers' line as evidence", () => {
    const { recommendation } = assessRequest(
      'handle:headers():replace("x-a", handle:headers():get(":path"))',
      answered("defaults:\n  changesOften: true\n"),
    );
    expect(recommendation.outcome).toBe("keep-lua");
    expect(recommendation.path.find(({ id }) => id === "changes-often")).toMatchObject({
      answer: "yes",
      evidence: { file: "answers.yaml", startLine: 2 },
    });
  });

  test("a module is no filter", () => {
    expect(assessLua("local M = {}\nfunction M.a() end\nreturn M\n").recommendation.path.map(({ id }) => id)).toEqual([
      "is-filter",
    ]);
  });
});

describe("the answers file", () => {
  test("that --questions writes is read back", () => {
    const answers = readAnswers("q.yaml", writeQuestions(["shop.tag", "default.x"]));
    expect(answers.find("shop.tag", "requestsPerSecond")).toBeUndefined();
  });

  test("a filter's own answer comes before the default", () => {
    const answers = readAnswers(
      "q.yaml",
      "defaults:\n  requestsPerSecond: 1\nfilters:\n  shop.tag:\n    requestsPerSecond: 2\n",
    );
    expect(answers.find("shop.tag", "requestsPerSecond")).toEqual({ value: 2, file: "q.yaml", line: 5 });
    expect(answers.find("other", "requestsPerSecond")).toEqual({ value: 1, file: "q.yaml", line: 2 });
  });

  test.each([
    ["defaults:\n  requestsPerSecond: many\n", 2],
    ["defaults:\n  changesOften: [\n", 3],
  ])("with a mistake is refused with its line", (text, line) => {
    expect(() => readAnswers("q.yaml", text)).toThrow(
      expect.objectContaining({ at: expect.objectContaining({ file: "q.yaml", line }) }),
    );
  });
});

describe("the price list", () => {
  const bench = (workloads: readonly object[]): string => JSON.stringify({ startedAt: "2026-11-20", workloads });
  const costs = (lua: number, wasm: number) => ({
    lua: { costNs: { median: lua, ci95: [lua - 1, lua + 1] } },
    wasm: { costNs: { median: wasm, ci95: [wasm - 1, null] } },
  });

  test("takes one's own bench where it measured, and keeps the rest", () => {
    const list = readPrices("bench.json", bench([{ name: "header-set", arms: costs(100, 50) }]));
    expect(list.prices.headerWrite.lua).toEqual({ low: 99, likely: 100, high: 101 });
    expect(list.prices.headerWrite.wasm).toEqual({ low: 49, likely: 50, high: 50 });
    expect(list.prices.body).toEqual(PRICE_LIST.prices.body);
    expect(list.source).toContain("bench.json");
  });

  test.each([["no JSON"], ["{}"], [bench([])]])("is refused when it prices nothing: %s", (text) => {
    expect(() => readPrices("bench.json", text)).toThrow(/measured|bench/);
  });
});

test("with Istio 1.30 an EnvoyFilter's Lua is advised to move into a TrafficExtension", async () => {
  const manifest = `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: tag, namespace: shop}
spec:
  configPatches:
  - applyTo: HTTP_FILTER
    patch:
      operation: INSERT_BEFORE
      value:
        name: envoy.filters.http.lua
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
          inlineCode: |
            function envoy_on_request(handle)
              handle:headers():replace("x-route", handle:headers():get(":path"))
            end
`;
  const outcome = async (istioVersion: string) =>
    (await auditTexts({ "tag.yaml": manifest }, { settings: { istioVersion } })).assessments[0]?.recommendation.outcome;
  expect(await outcome("1.30.1")).toBe("traffic-extension-lua");
  expect(await outcome("1.29")).toBe("keep-lua");
});

test("the price of a script that calls another service is said to leave the call out", () => {
  const { recommendation } = assessRequest(
    'handle:httpCall("auth", {[":method"] = "GET", [":path"] = "/", [":authority"] = "auth"}, "", 5000)',
  );
  expect(recommendation.summary).toMatch(/µs per request besides its side calls/);
  expect(recommendation.predictedCost.basis).toMatch(/side calls, which cost the same either way, are not counted$/);
  expect(assessRequest("handle:clearRouteCache()").recommendation.predictedCost.basis).not.toMatch(/side call/);
});
