import { describe, expect, test } from "vitest";
import { assess } from "../../src/analyzer/assess.js";
import { judgeLanguage } from "../../src/codegen/judge-language.js";
import { findLuaSites } from "../../src/manifest/find-lua-sites.js";
import { assessLua, assessRequest, auditTexts } from "./audit-text.js";

describe("modules", () => {
  const script = (name: string): string =>
    `local m = require("${name}")\nfunction envoy_on_request(handle) m.f() end\n`;
  const judged = (name: string, options = {}) => assessLua(script(name), { judgeLanguage, ...options }).judgement;

  test.each(["redis", "my.helpers"])("%s is refused, and that is said once", (name) => {
    const { verdict, reasons } = judged(name);
    expect(verdict).toBe("refused");
    expect(reasons.map(({ construct }) => construct)).toEqual([`module.${name}`]);
  });

  test("a compiled-in module is a deviation: the Lua needs it on the proxy", () => {
    const { deviations } = assessLua(`local json = require("cjson")\n`, { judgeLanguage }).judgement;
    expect(deviations.map(({ construct }) => construct)).toEqual(["module.cjson"]);
    expect(judged("my.helpers", { modules: ["my.helpers"] }).deviations.map(({ construct }) => construct)).toEqual([
      "module.my.helpers",
    ]);
  });
});

describe("body(true)", () => {
  const verdictOf = (body: string): string => assessRequest(body, { judgeLanguage }).judgement.verdict;

  test("that is only read is approximate, be the flag a variable", () => {
    expect(verdictOf('handle:headers():add("x-size", tostring(handle:body(true):length()))')).toBe("approximate");
    expect(verdictOf('local b = handle:body(handle:headers():get("x") ~= nil)')).toBe("approximate");
  });

  test("that may be written into is refused", () => {
    expect(verdictOf('handle:body(true):setBytes("x")')).toBe("refused");
    expect(verdictOf('local b = handle:body(handle:headers():get("x") ~= nil)\nif b then b:setBytes("x") end')).toBe(
      "refused",
    );
  });

  test("body(false) is body()", () => {
    expect(verdictOf("local b = handle:body(false)")).toBe("exact");
  });
});

describe("filterState():set", () => {
  const verdictOf = (key: string, factory: string): string =>
    assessRequest(`handle:streamInfo():filterState():set(${key}, ${factory}, "v")`, { judgeLanguage }).judgement
      .verdict;

  test("of a key that is not its factory's name is refused, where both are known", () => {
    expect(verdictOf('"my.key"', '"envoy.string"')).toBe("refused");
    expect(verdictOf('"envoy.string"', '"envoy.string"')).toBe("approximate");
    expect(verdictOf('handle:headers():get("x") or "a"', '"envoy.string"')).toBe("approximate");
  });
});

describe("a method that nothing is seen to call", () => {
  const deviations = (lua: string) =>
    assessLua(lua, { judgeLanguage }).judgement.deviations.map(({ construct }) => construct);

  test("is told of in an iterator and in a metamethod", () => {
    const call = `handle:httpCall("c", { [":method"] = "GET", [":path"] = "/", [":authority"] = "a" }, nil, 100)`;
    const iterator = `local function replies() return function() return (${call}) end end\n  for r in replies() do end`;
    const metamethod = `local t = setmetatable({}, { __index = function() return (${call}) end })\n  local x = t.x`;
    for (const body of [iterator, metamethod])
      expect(deviations(`function envoy_on_request(handle)\n  ${body}\nend\n`)).toContain("api.Handle:httpCall");
  });

  test("is told of where the object may be any", () => {
    const lua = `function envoy_on_request(handle)
      local all = { counter = handle:stats():counter("c") }
      for _, one in pairs(all) do one:inc() end
    end`;
    expect(deviations(lua)).toContain("api.Counter:inc");
  });

  test("a write of dynamic metadata that is followed is not told of as one that is not", () => {
    const write = 'handle:streamInfo():dynamicMetadata():set("ns", "k", 1)';
    expect(deviations(`function envoy_on_request(handle)\n  ${write}\nend\n`)).toEqual(["api.DynamicMetadata:set"]);
    const unseen = `function envoy_on_request(handle)
      local t = setmetatable({}, { __index = function() ${write} end })
      local x = t.x
    end`;
    expect(deviations(unseen)).toEqual(["api.DynamicMetadata:set.own"]);
  });
});

test("a side call inside a comparison or a replacement is refused, unless nobody waits for it", () => {
  const verdictOf = (rest: string) =>
    assessRequest(
      `local t = {2, 1}
      table.sort(t, function(a, b)
        handle:httpCall("c", { [":method"] = "GET", [":path"] = "/", [":authority"] = "a" }, nil, 100${rest})
        return a < b
      end)`,
      { judgeLanguage },
    ).judgement;
  expect(verdictOf("").reasons.map(({ construct }) => construct)).toEqual(["waits-in-callback"]);
  expect(verdictOf(", true").verdict).toBe("approximate");
});

test("what a template leaves behind is no syntax error", () => {
  const template = assessLua("function envoy_on_request(handle)\n  local on = {{ .Values.enabled }}\nend\n");
  expect(template.judgement.verdict).toBe("refused");
  expect(template.findings.map(({ ruleId }) => ruleId)).not.toContain("syntax-error");
  expect(template.recommendation.summary).toContain("Render the template");
  const faulty = assessLua('function envoy_on_request(handle)\n  local t = "{{ .Values.x }}"\n  local on = \nend\n');
  expect(faulty.findings.map(({ ruleId }) => ruleId)).toContain("syntax-error");
});

test("a global that a text inside a program uses may stand in another part of it", () => {
  const program = "const A = `\nfunction envoy_on_request(handle)\n  helpers.log(handle)\nend\n`;\n";
  const [site] = findLuaSites("a.ts", program, { embedded: true }).sites;
  expect(assess(site!).findings.filter(({ ruleId }) => ruleId === "undefined-global")).toMatchObject([
    { level: "note", message: expect.stringContaining("another part") },
  ]);
});

test("the type of a filter in a bootstrap is pointed at where it stands", async () => {
  const text = `static_resources:
  listeners:
  - filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.config.filter.network.http_connection_manager.v2.HttpConnectionManager
          http_filters:
          - name: envoy.filters.http.lua
            typed_config:
              "@type": type.googleapis.com/envoy.config.filter.http.lua.v2.Lua
              inline_code: |
                function envoy_on_request(handle) handle:headers():add("a", "b") end
`;
  const { assessments } = await auditTexts({ "envoy.yaml": text });
  const finding = assessments[0]!.findings.find(({ ruleId }) => ruleId === "v2-type");
  expect(finding?.location).toMatchObject({ startLine: 11, startColumn: 15 });
});
