import { afterAll, beforeAll, expect, test } from "vitest";
import { generate } from "../../src/codegen/generate.js";
import { type Oracle, startOracle } from "../oracle/luajit.js";
import { compileQuickly } from "./compile-quickly.js";
import { runModule } from "./run-module.js";

/** Scripts whose top level does it all: variables of the chunk are treated otherwise than those of a function. */
const CHUNKS = {
  "constants in a block": `do
  local base = 3
  function constant() return base end
end
local one, list = 1, {5}
function beside_table() return one + list[1] end
print(constant(), beside_table())`,
  "a string that is set to nil": `local nothing = nil
function keeps_nil() return nothing end
text = "x"
print(text)
text = nil
print(keeps_nil(), text)`,
  "hundreds of functions": Array.from(
    { length: 600 },
    (_, i) =>
      `local ok${i % 100} = pcall(function() return function() return pcall(function() return ${i} end) end end)`,
  )
    .map((line) => `do ${line} end`)
    .concat("print(1)")
    .join("\n"),
};

let oracle: Oracle;
beforeAll(async () => {
  oracle = await startOracle();
});
afterAll(() => oracle[Symbol.asyncDispose]());

test.each(Object.entries(CHUNKS))("%s", async (_, text) => {
  const [result] = await oracle.run([text]);
  const program = generate(text);
  expect(program.refusals).toEqual([]);
  const lines: string[] = [];
  await runModule(await compileQuickly(program), (line) => lines.push(line));
  expect(lines).toEqual(result?.printed);
});
