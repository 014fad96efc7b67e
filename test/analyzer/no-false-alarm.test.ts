import { describe, expect, it } from "vitest";
import { auditInputs } from "../../src/analyzer/audit-inputs.js";
import { assessLua, assessRequest } from "./audit-text.js";

/** `level: message` of the findings of a rule. */
function told({ findings }: ReturnType<typeof assessLua>, rule: string): readonly string[] {
  return findings.filter(({ ruleId }) => ruleId === rule).map(({ level, message }) => `${level}: ${message}`);
}

describe("a text of a program that breaks off", () => {
  const ofProgram = async (file: string, text: string) => {
    const { assessments } = await auditInputs([{ type: "file", file, text, named: true }], { embedded: true });
    return assessments.map((one) => ({ syntax: told(one, "syntax-error"), advice: one.recommendation.summary }));
  };

  it("may be a part of a script, and is not said to be broken", async () => {
    const script = 'function envoy_on_response(h)\\n  h:logInfo("';
    const program = `package main\n\nvar code = "${script.replaceAll('"', '\\"')}" + name() + "\\")\\nend"\n`;
    const [part] = await ofProgram("main.go", program);
    expect(part?.syntax).toEqual([expect.stringMatching(/^note: this may be a part of a script/)]);
    expect(part?.advice).toMatch(/as the program puts it together/);
  });

  it("is broken where the fault stands in the middle", async () => {
    const program = "package main\n\nvar code = `function envoy_on_response(h)\n  if x != 1 then end\nend`\n";
    const [whole] = await ofProgram("main.go", program);
    expect(whole?.syntax).toEqual([expect.stringMatching(/^error: Envoy does not load this script/)]);
  });
});

describe("a credential that is compared", () => {
  const rule = "secret-comparison";

  it("with what a function found in the request is no secret of the script", () => {
    const assessed = assessLua(`
      local function cookie(list, name)
        for _, one in ipairs(list) do
          if one:find(name, 1, true) then return (one:gsub(name .. "=", "")) end
        end
      end
      function envoy_on_request(handle)
        local list = {}
        for one in (handle:headers():get("cookie") or ""):gmatch("[^;]+") do table.insert(list, one) end
        local expected = cookie(list, "csrf")
        if handle:headers():get("x-csrf-token") ~= expected then handle:respond({[":status"] = "403"}, "no") end
      end`);
    expect(told(assessed, rule)).toEqual([]);
  });

  it("with a field of a table of the whole script is one", () => {
    const assessed = assessLua(`
      local config = { key = os.getenv("GATE_KEY") or "" }
      function envoy_on_request(handle)
        if handle:headers():get("x-api-key") ~= config.key then handle:respond({[":status"] = "403"}, "no") end
      end`);
    expect(told(assessed, rule)).toHaveLength(1);
  });
});

describe("a module that is required", () => {
  it("of OpenResty cannot work; one of plain Lua may be there", () => {
    const of = (name: string) => told(assessRequest(`local m = require("${name}") m.f()`), "external-module");
    expect(of("resty.jwt")).toEqual([expect.stringMatching(/^warning: `resty.jwt` is a module of OpenResty/)]);
    expect(of("resty.openssl.pkey")).toEqual([expect.stringMatching(/^note: /)]);
    expect(of("cjson")).toEqual([expect.stringMatching(/^note: /)]);
  });
});

describe("an error at the top level", () => {
  it("keeps Envoy from loading the script; one in a hook ends that run", () => {
    const [atLoad] = told(
      assessLua(`local key = options["key"]\nfunction envoy_on_request(handle) handle:logInfo(key) end`),
      "undefined-global",
    );
    expect(atLoad).toMatch(/indexing it raises an error and Envoy does not load the script$/);
    const [inHook] = told(assessRequest(`handle:logInfo(options["key"])`), "undefined-global");
    expect(inHook).toMatch(/indexing it raises an error and the rest of the script does not run$/);
  });
});

describe("a string that grows in a loop", () => {
  const grown = (body: string) => told(assessRequest(body), "quadratic-concatenation").length;

  it("is copied in every round", () => {
    expect(grown(`local s = "" for name in pairs(handle:headers()) do s = s .. name end handle:logDebug(s)`)).toBe(1);
  });

  it("is not where it begins anew in each round, or is only filled up", () => {
    expect(
      grown(`for name in pairs(handle:headers()) do
        local s = ""
        for i = 1, 8 do s = s .. name:sub(i, i) end
        handle:logDebug(s)
      end`),
    ).toBe(0);
    expect(
      grown(`local s = handle:headers():get(":path") for _ = 1, 4 - #s % 4 do s = s .. "=" end handle:logDebug(s)`),
    ).toBe(0);
  });
});

describe("a file that is none of Envoy's scripts", () => {
  it("but a test of one is left out with a note", async () => {
    const text =
      'describe("the hook", function()\n  it("answers", function()\n    assert.are.equal(1, 1)\n  end)\nend)\n';
    const { assessments, notes } = await auditInputs([{ type: "file", file: "hook_spec.lua", text, named: false }]);
    expect(assessments).toEqual([]);
    expect(notes).toMatchObject([{ code: "test", file: "hook_spec.lua", line: 1 }]);
  });

  it("but a module may have hooks that the script which loads it makes global", () => {
    const hook = "local function envoy_on_request(handle)\n  handle:logDebug('x')\nend\n";
    expect(told(assessLua(`${hook}return { envoy_on_request = envoy_on_request }\n`), "local-hook")).toEqual([]);
    expect(told(assessLua(hook), "local-hook")).toHaveLength(1);
  });
});

describe("a body that was asked for with `body(true)`", () => {
  it("is there when it is asked for again", () => {
    const assessed = assessRequest("local text = handle:body(true):getBytes(0, handle:body():length())");
    expect(told(assessed, "body-of-bodiless-message")).toEqual([]);
  });

  it("is not there yet before", () => {
    const assessed = assessRequest("local size = handle:body():length() + handle:body(true):length()");
    expect(told(assessed, "body-of-bodiless-message")).toHaveLength(1);
  });
});

describe("the list of filters that EnvoyFilters no longer have", () => {
  it("is said to run nowhere, and not to go into every proxy", async () => {
    const text = `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: old, namespace: istio-system}
spec:
  filters:
  - filterName: envoy.lua
    filterType: HTTP
    filterConfig:
      inlineCode: |
        function envoy_on_request(handle) handle:logDebug("x") end
`;
    const { assessments } = await auditInputs([{ type: "file", file: "old.yaml", text, named: true }]);
    const ids = assessments[0]?.findings.map(({ ruleId }) => ruleId);
    expect(ids).toContain("removed-filter-list");
    expect(ids).not.toContain("applies-to-every-workload");
  });
});

describe("a global that counts", () => {
  const rule = "per-worker-counter";

  it("the rounds of a loop in front of which it is set counts no requests", () => {
    const assessed = assessLua(`
      function split(text)
        local parts = {}
        i = 1
        for part in text:gmatch("[^,]+") do
          parts[i] = part
          i = i + 1
        end
        return parts
      end
      function envoy_on_request(handle)
        handle:headers():replace("x-first", split(handle:headers():get("x-list") or "")[1] or "")
      end`);
    expect(told(assessed, rule)).toEqual([]);
  });

  it("requests, and is set back when a window ends, counts those of a worker", () => {
    const assessed = assessLua(`
      seen, began = 0, 0
      function envoy_on_request(handle)
        if os.time() > began then
          seen, began = 0, os.time()
        end
        seen = seen + 1
        if seen > 10 then handle:respond({[":status"] = "429"}, "") end
      end`);
    expect(told(assessed, rule)).toEqual([expect.stringMatching(/^warning: `seen` counts what one worker/)]);
  });
});
