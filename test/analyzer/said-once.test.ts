import { describe, expect, test } from "vitest";
import { assessLua, assessRequest, auditTexts, only } from "./audit-text.js";

const CALL = '"c", {[":method"] = "GET", [":path"] = "/", [":authority"] = "c"}, nil, 100';

describe("one fact is one finding", () => {
  test("calls of one loop are counted, not listed", () => {
    const loops = `for tag in tags:gmatch("%w+") do handle:httpCall(${CALL}) handle:httpCall(${CALL}) end`;
    const tags = 'local tags = handle:headers():get("x-tags") or ""';
    const { findings } = assessRequest(
      `${tags}\n${loops}\nfor tag in tags:gmatch("%w+") do handle:httpCall(${CALL}) end`,
    );
    const messages = findings.filter(({ ruleId }) => ruleId === "http-call-in-loop").map(({ message }) => message);
    expect(messages).toEqual([
      "each round of the loop waits for its 2 calls, one after the other",
      "each round of the loop waits for its call, one after the other",
    ]);
  });

  test("a method that is handed to `pcall` is one place", () => {
    const { judgement } = assessRequest(`pcall(handle.httpCall, handle, ${CALL})`);
    expect(judgement.deviations.map(({ locations }) => locations.length)).toEqual([1]);
  });

  test("the search path that both hooks lengthen is one finding with two places", () => {
    const hook = (name: string): string =>
      `function ${name}(handle)\n  package.path = package.path .. ";/lua/?.lua"\nend\n`;
    const { findings } = assessLua(hook("envoy_on_request") + hook("envoy_on_response"));
    expect(only(findings, "growing-search-path").related).toHaveLength(1);
  });

  test("an entry of the list that Istio has removed is not blamed for the filter's old name, too", async () => {
    const manifest = `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: tag, namespace: shop}
spec:
  workloadLabels: {app: cart}
  filters:
  - filterName: envoy.lua
    filterConfig:
      inlineCode: |
        function envoy_on_request(handle) handle:headers():add("x-tag", "1") end
`;
    const { assessments } = await auditTexts({ "a.yaml": manifest });
    const ids = assessments.flatMap(({ findings }) => findings.map(({ ruleId }) => ruleId));
    expect(ids).toContain("removed-filter-list");
    expect(ids).not.toContain("old-filter-name");
  });
});

describe("what is said is true", () => {
  test("a value that either of two headers gives is nil only without both", () => {
    const { findings } = assessRequest(
      'local ip = handle:headers():get("x-a") or handle:headers():get("x-b")\nhandle:logDebug("ip " .. ip)',
    );
    expect(only(findings, "nil-concatenation").message).toContain("no `x-a` header and no `x-b` header");
  });

  test("one of the two that Envoy usually sets makes it a note", () => {
    const { findings } = assessRequest(
      'local ip = handle:headers():get("x-forwarded-for") or handle:headers():get("x-b")\nhandle:logDebug("ip " .. ip)',
    );
    expect(only(findings, "nil-concatenation").level).toBe("note");
  });

  test.each([
    ['local on = ("FEATURE" == "true")\nif on then handle:logDebug(FEATURE_NAME:lower()) end', "warning"],
    [
      'local on = handle:headers():get("x-on") == "true"\nif on then handle:logDebug(FEATURE_NAME:lower()) end',
      "error",
    ],
  ])("behind a placeholder that was not filled in nothing is certain: %s", (script, level) => {
    expect(only(assessRequest(script).findings, "undefined-global").level).toBe(level);
  });

  test("an excerpt does not tell that a cluster is missing", async () => {
    const patches = `configPatches:
- applyTo: HTTP_FILTER
  patch:
    operation: INSERT_FIRST
    value:
      name: envoy.filters.http.lua
      typed_config:
        "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
        inlineCode: |
          function envoy_on_request(handle) handle:httpCall(${CALL}) end
`;
    const whole = `apiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: {name: a}\nspec:\n${patches.replace(/^/gm, "  ")}`;
    const { assessments } = await auditTexts({ "part.yaml": patches, "whole.yaml": whole });
    const files = assessments
      .flatMap(({ findings }) => findings)
      .filter(({ ruleId }) => ruleId === "missing-companion-cluster")
      .map(({ location }) => location.file);
    expect(files).toEqual(["whole.yaml"]);
  });

  test("a header that is logged of both directions keeps both in the access log", async () => {
    const hook = (name: string): string => `function ${name}(h) h:logInfo(h:headers():get("x-id") or "-") end\n`;
    const { recommendation } = assessLua(hook("envoy_on_request") + hook("envoy_on_response"));
    expect(recommendation.native?.resource).toContain('request-x-id: "%REQ(X-ID)%"');
    expect(recommendation.native?.resource).toContain('response-x-id: "%RESP(X-ID)%"');
  });

  test("the resource that takes the script's place is for the same proxies, and matches what they have", async () => {
    const manifest = (context: string, filter: string): string => `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: tag, namespace: shop}
spec:
  workloadSelector: {labels: {app: cart}}
  configPatches:
  - applyTo: HTTP_FILTER
    match: {context: ${context}, listener: {filterChain: {filter: {name: ${filter}, subFilter: {name: envoy.router}}}}}
    patch:
      operation: INSERT_BEFORE
      value:
        name: envoy.filters.http.lua
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
          inlineCode: |
            function envoy_on_request(handle) handle:headers():add("x-tag", "1") end
`;
    const { assessments } = await auditTexts({
      "in.yaml": manifest("SIDECAR_INBOUND", "envoy.http_connection_manager"),
      "out.yaml": manifest("SIDECAR_OUTBOUND", "envoy.filters.network.http_connection_manager"),
    });
    const [inbound = "", outbound = ""] = assessments.map(({ recommendation }) => recommendation.native?.resource);
    expect(inbound).toContain("name: envoy.filters.http.router");
    expect(inbound).not.toContain("envoy.http_connection_manager");
    expect(outbound).toMatch(/sourceLabels:\s+app: cart\s+sourceNamespace: shop/);
  });

  test("a string that its line does not end is marked where it begins", () => {
    const { location } = only(assessLua('x = 1\nlocal s = (loadfile "/a.lua)()\nx = 2\n').findings, "syntax-error");
    expect(location).toMatchObject({ startLine: 2, startColumn: 21, endLine: 2, endColumn: 22 });
  });

  test.each([
    ["if a != b then end", "Lua writes `~=`"],
    ["x += 1", "write `x = x + 1`"],
    ["if a && b then end", "Lua writes `and`"],
    ['local s = "abc', "Close the string"],
    ["if a then x()", "with `end`"],
  ])("the way out of a syntax error fits it: %s", (line, help) => {
    expect(only(assessRequest(line).findings, "syntax-error").help).toContain(help);
  });
});
