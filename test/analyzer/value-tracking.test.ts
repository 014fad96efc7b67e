import { describe, expect, test } from "vitest";
import { assessLua, assessRequest, serious } from "./audit-text.js";

const USE = 'handle:headers():replace("x-copy", "a" .. value)';

describe("a header that may be absent", () => {
  test.each([
    ["concatenated as it is", `local value = handle:headers():get("x-a")\n${USE}`],
    ["in the branch where it is nil", `local value = handle:headers():get("x-a")\nif value == nil then ${USE} end`],
    [
      "behind a check of another header",
      `local value = handle:headers():get("x-a")\nif handle:headers():get("x-b") then ${USE} end`,
    ],
    ["through a second local", `local first = handle:headers():get("x-a")\nlocal value = first\n${USE}`],
    [
      "through a helper that hands it back",
      `local function same(v) return v end\nlocal value = same(handle:headers():get("x-a"))\n${USE}`,
    ],
    [
      "after the check was undone",
      `local value = handle:headers():get("x-a") or "b"\nvalue = handle:headers():get("x-a")\n${USE}`,
    ],
    ["removed before", `handle:headers():remove("x-a")\nlocal value = handle:headers():get("x-a")\n${USE}`],
  ])("is reported: %s", (_, body) => {
    expect(serious(assessRequest(body))).toEqual(["nil-concatenation"]);
  });

  test.each([
    ["a default", `local value = handle:headers():get("x-a") or ""\n${USE}`],
    ["a check", `local value = handle:headers():get("x-a")\nif value then ${USE} end`],
    [
      "a check with ~= nil",
      `local value = handle:headers():get("x-a")\nif value ~= nil and #value > 3 then ${USE} end`,
    ],
    ["leaving early", `local value = handle:headers():get("x-a")\nif not value then return end\n${USE}`],
    [
      "responding early",
      `local value = handle:headers():get("x-a")\nif value == nil then handle:respond({[":status"] = "400"}, "") end\n${USE}`,
    ],
    ["raising early", `local value = assert(handle:headers():get("x-a"), "no x-a")\n${USE}`],
    ["a type test", `local value = handle:headers():get("x-a")\nif type(value) == "string" then ${USE} end`],
    ["a comparison with a constant", `local value = handle:headers():get("x-a")\nif value == "yes" then ${USE} end`],
    [
      "a check of the same header by another call",
      `if handle:headers():get("x-a") then\nlocal value = handle:headers():get("X-A")\n${USE} end`,
    ],
    [
      "having been set by the script",
      `handle:headers():replace("x-a", "1")\nlocal value = handle:headers():get("x-a")\n${USE}`,
    ],
    ["a flag", `local value = handle:headers():get("x-a")\nlocal there = value ~= nil\nif there then ${USE} end`],
    [
      "a flag that is set where the value is",
      `local value\nlocal found = false\nfor k, v in pairs(handle:headers()) do if k == "x-a" then value = v; found = true end end\nif not found then return end\n${USE}`,
    ],
    [
      "a predicate",
      `local function given(v) return v ~= nil and v ~= "" end\nlocal value = handle:headers():get("x-a")\nif given(value) then ${USE} end`,
    ],
    [
      "an error value beside it",
      `local function read(h)\nlocal v = h:headers():get("x-a")\nif not v then return nil, "missing" end\nreturn v\nend\nlocal value, err = read(handle)\nif err then return end\n${USE}`,
    ],
    ["being always there", `local value = handle:headers():get(":path")\n${USE}`],
  ])("is not reported after %s", (_, body) => {
    expect(serious(assessRequest(body))).toEqual([]);
  });

  test("is a note where a condition may know more", () => {
    const { findings } = assessRequest(
      `local value = handle:headers():get("x-a")\nif string.len(tostring(value)) > 3 then ${USE} end`,
    );
    expect(findings.filter(({ ruleId }) => ruleId === "nil-concatenation").map(({ level }) => level)).toEqual(["note"]);
  });
});

describe("what outlives a request", () => {
  test("a global read before anything is written has an unknown value, which is no finding", () => {
    const script =
      "function envoy_on_request(handle)\nif cached then handle:logDebug('a' .. cached) end\ncached = 'x'\nend\n";
    expect(serious(assessLua(script))).toEqual([]);
  });

  test("a top-level constant keeps its value", () => {
    const script =
      'local NAME = "x-a"\nfunction envoy_on_request(handle)\nhandle:logDebug("a" .. handle:headers():get(NAME))\nend\n';
    expect(serious(assessLua(script))).toEqual(["nil-concatenation"]);
  });
});

describe("functions", () => {
  test("of a table are followed", () => {
    const script =
      "local M = {}\nfunction M.run(h) h:headers():set('a', 'b') end\nfunction envoy_on_request(handle) M.run(handle) end\n";
    expect(serious(assessLua(script))).toEqual(["unknown-method"]);
  });

  test("that nobody calls are not reported", () => {
    const script = "local function unused(h) h:headers():nope() end\nfunction envoy_on_request(handle) end\n";
    expect(
      serious(assessLua(script).findings ? assessLua(script) : assessLua(script)).filter(
        (id) => id !== "unknown-method",
      ),
    ).toEqual([]);
  });

  test("that recurse end", () => {
    const script =
      "local function down(n) if n > 0 then return down(n - 1) end return n end\nfunction envoy_on_request(handle) handle:logDebug('' .. down(5)) end\n";
    expect(serious(assessLua(script))).toEqual([]);
  });

  test("a script too large to be followed is given up on, quietly and soon", () => {
    const calls = Array.from(
      { length: 14 },
      (_, i) =>
        `local function f${i}(h) ${i === 0 ? "h:headers():get('x')" : `for i = 1, 9 do f${i - 1}(h) f${i - 1}(h) f${i - 1}(h) end`} end`,
    ).join("\n");
    const started = performance.now();
    assessLua(`${calls}\nfunction envoy_on_request(handle) f13(handle) end\n`);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe("suspension", () => {
  test("a body that was read already does not suspend again", () => {
    const body =
      'local body = handle:body()\nlocal headers = handle:headers()\nlocal again = handle:body()\nif again then headers:replace("x-size", tostring(again:length())) end';
    expect(serious(assessRequest(body))).toEqual([]);
  });

  test("an object fetched in one branch only is dead only if that branch was before the wait", () => {
    const body =
      'local headers\nif handle:headers():get("x-a") then handle:body() headers = handle:headers() else headers = handle:headers() end\nheaders:replace("x-b", "1")';
    expect(serious(assessRequest(body))).toEqual([]);
  });

  test("an asynchronous call does not suspend", () => {
    const body =
      'local headers = handle:headers()\nhandle:httpCall("a", {[":method"] = "GET", [":path"] = "/", [":authority"] = "a"}, nil, 10, true)\nheaders:replace("x-b", "1")';
    expect(serious(assessRequest(body))).toEqual([]);
  });
});
