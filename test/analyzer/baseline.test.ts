import { expect, test } from "vitest";
import { applyBaseline, readBaseline, writeBaseline } from "../../src/analyzer/baseline.js";
import { auditTexts } from "./audit-text.js";

const FAULT = 'handle:headers():replace("x-b", "b" .. handle:headers():get("x-a"))';
const script = (...lines: string[]): string => `function envoy_on_request(handle)\n${lines.join("\n")}\nend\n`;
const NONE = { file: "known.json", entries: [] };

async function baselineOf(text: string) {
  return readBaseline("known.json", writeBaseline(await auditTexts({ "a.lua": text }), NONE, { force: false }).text);
}

async function statesIn(text: string, baseline: Awaited<ReturnType<typeof baselineOf>>) {
  const { audit, gone } = applyBaseline(await auditTexts({ "a.lua": text }), baseline);
  return {
    states: audit.assessments.flatMap(({ findings }) => findings.map(({ baselineState }) => baselineState)),
    gone: gone.length,
  };
}

test("findings that only moved are known", async () => {
  const baseline = await baselineOf(script(FAULT));
  expect(await statesIn(script("local a = 1", "", "-- a comment", `  ${FAULT}`), baseline)).toEqual({
    states: ["unchanged"],
    gone: 0,
  });
});

test("the same mistake a second time is new", async () => {
  const baseline = await baselineOf(script(FAULT));
  const twice = script(FAULT, 'handle:headers():replace("x-b", "b" .. handle:headers():get("x-a"))');
  expect((await statesIn(twice, baseline)).states).toEqual(["unchanged"]);
  const other = script(FAULT, 'handle:headers():replace("x-c", "c" .. handle:headers():get("x-d"))');
  expect((await statesIn(other, baseline)).states).toEqual(["unchanged", "new"]);
});

test("what is mended is gone", async () => {
  expect(await statesIn(script("local a = 1"), await baselineOf(script(FAULT)))).toEqual({ states: [], gone: 1 });
});

test("a baseline is not overwritten by a run that found less, unless forced", async () => {
  const baseline = await baselineOf(script(FAULT));
  const mended = await auditTexts({ "a.lua": script("local a = 1") });
  expect(() => writeBaseline(mended, baseline, { force: false })).toThrow(/has 1 findings/);
  expect(writeBaseline(mended, baseline, { force: true })).toMatchObject({ added: 0, removed: 1, total: 0 });
});

test.each([["not json"], ['{"findings": 3}'], ["[]"]])("what is no baseline is refused: %s", (text) => {
  expect(() => readBaseline("known.json", text)).toThrow(/baseline/);
});
