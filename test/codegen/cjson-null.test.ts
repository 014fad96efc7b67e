import { expect, test } from "vitest";
import { generate } from "../../src/codegen/generate.js";
import { compileQuickly } from "./compile-quickly.js";
import { runModule } from "./run-module.js";

// Envoy has no cjson to compare with: what LuaJIT says of any light userdata.
test("cjson.null has no fields", async () => {
  const text = `local cjson = require("cjson")
print(pcall(function() return cjson.null.x end))
print(pcall(function() local v = cjson.decode("[null]")[1] return v.x end))
print(pcall(function() cjson.null.x = 1 end))
print(pcall(function() return cjson.null:x() end))
function envoy_on_request() end
`;
  const lines: string[] = [];
  await runModule(await compileQuickly(generate(text)), (line) => lines.push(line));
  const chunk = '[string "local cjson = require("cjson")..."]';
  expect(lines).toEqual([
    `false\t${chunk}:2: attempt to index field 'null' (a userdata value)`,
    `false\t${chunk}:3: attempt to index local 'v' (a userdata value)`,
    `false\t${chunk}:4: attempt to index field 'null' (a userdata value)`,
    `false\t${chunk}:5: attempt to index field 'null' (a userdata value)`,
  ]);
});
