import { describe, expect, it } from "vitest";
import { studyScript } from "../../src/analyzer/study-script.js";
import { assessLua } from "./audit-text.js";

/** Lines with a concatenation of what may be nil. */
function concatenatedNils(text: string): readonly number[] {
  return assessLua(text)
    .findings.filter(({ ruleId }) => ruleId === "nil-concatenation")
    .map(({ location }) => location.startLine);
}

const word = `local function word(text) return string.match(text, "^/(%a+)") end\n`;

/** The request hook of a script that begins with one line. */
function hook(first: string, ...lines: readonly string[]): string {
  return [first.trimEnd(), "function envoy_on_request(handle)", ...lines, "end"].join("\n");
}

describe("a helper that is called again with a value of the same kind", () => {
  const [a, b] = [`local a = word(handle:headers():get(":path"))`, `local b = word(handle:headers():get(":path"))`];

  it("gives another value: what a condition says of the first does not hold for the second", () => {
    expect(concatenatedNils(hook(word, a, b, `if a then handle:logInfo("" .. a) end`))).toEqual([]);
    expect(concatenatedNils(hook(word, a, b, `if a then handle:logInfo("" .. b) end`))).toEqual([5]);
    expect(concatenatedNils(hook(word, a, b, `if b then handle:logInfo("" .. b) end`))).toEqual([]);
  });

  it("is followed again where a variable that it reads has another value", () => {
    const script = [
      `local function run(handle, name)`,
      `  local function greet(text) return text .. name end`,
      `  handle:logInfo(greet("hello"))`,
      `end`,
      `function envoy_on_request(handle)`,
      `  run(handle, "x")`,
      `  run(handle, handle:headers():get("x-name"))`,
      `end`,
    ].join("\n");
    expect(concatenatedNils(script)).toEqual([2]);
  });

  it("hands back its own argument under the caller's name for it", () => {
    const same = `local function same(value) return value end\n`;
    const lines = [`local x = handle:headers():get("x")`, `local y = handle:headers():get("y")`];
    const use = (guard: string) =>
      concatenatedNils(
        hook(same, ...lines, "same(x)", "local z = same(y)", `if ${guard} then handle:logInfo("" .. z) end`),
      );
    expect(use("y")).toEqual([]);
    expect(use("x")).toEqual([7]);
  });

  it("is not taken for followed when it writes to a variable of others", () => {
    const script = hook(
      `local last`,
      `local function remember(text) last = text end`,
      `remember("x")`,
      `handle:logInfo("" .. last)`,
      `last = handle:headers():get("x")`,
      `remember("x")`,
      `handle:logInfo("" .. last)`,
    );
    expect(concatenatedNils(script)).toEqual([]);
  });
});

describe("a script that calls a helper thousands of times", () => {
  it("is followed in full", () => {
    const escapes = Array.from({ length: 260 }, (_, i) => `  at = skip(text, at + ${i % 3})`).join("\n");
    const script = `local function skip(text, at) return string.find(text, "[^ ]", at) or #text + 1 end
function envoy_on_request(handle)
  local text, at = handle:headers():get(":path"), 1
  for _ = 1, 100 do for _ = 1, 100 do for _ = 1, 100 do for _ = 1, 100 do for _ = 1, 100 do
${escapes}
  end end end end end
end`;
    expect(studyScript(script).facts.complete).toBe(true);
  });
});
