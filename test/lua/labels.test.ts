import { expect, test } from "vitest";
import { LuaSyntaxError, parseScript } from "../../src/lua/parse.js";
import { startOracle } from "../oracle/luajit.js";

/** Chunks with labels: some load in LuaJIT, some do not. */
const CHUNKS = [
  "goto nope",
  "local function f() goto nope end\n::nope::",
  "do ::a:: end goto a",
  "goto a\ndo ::a:: end",
  "::a:: ::a::",
  "::a::\nlocal x\n::a::",
  "::a:: do ::a:: end",
  "do ::a:: end ::a::",
  "\ngoto a\nlocal x, y = 1\n::a::\nprint(x)",
  "goto a\nlocal function g() end\n::a:: print(g)",
  "do goto a end local x ::a:: print(x)",
  "do goto a local y ::a:: return y end",
  "while true do\n goto e local x ::e:: break end",
  "goto a\nlocal x = 1\n::a::",
  "do goto a\nlocal x = 1\n::a:: ::b:: end",
  "if x then goto a local y ::a:: else goto b local y ::b:: end",
  "repeat\n goto c\n local z\n ::c::\nuntil z",
  "repeat local z goto c ::c:: until z",
  "break",
  "for i = 1, 2 do local function f()\n break end end",
  "do return end ::a:: local x goto a",
  "do goto e do ::e:: end local x ::e:: print(x) end",
  "t = {f = function() goto x end} ::x::",
  "local goto = 3",
  "return t.goto",
  "function goto() end",
];

test("labels are refused as LuaJIT refuses them, in its words and at its line", async () => {
  // Two of them never end once they are loaded.
  await using oracle = await startOracle(3_000);
  const results = await oracle.run(CHUNKS.map((text) => ({ text, name: "=chunk" })));
  const theirs = results.map(({ phase, error }) => (phase === "load" ? error : "loads"));
  expect(CHUNKS.map(outcome)).toEqual(theirs);
});

function outcome(text: string): string {
  try {
    parseScript(text);
    return "loads";
  } catch (error) {
    if (!(error instanceof LuaSyntaxError)) throw error;
    return `chunk:${error.at?.line}: ${error.message}`;
  }
}
