import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { generate } from "../../src/codegen/generate.js";
import { packageRoot } from "../../src/support/package-root.js";
import { compileQuickly } from "./compile-quickly.js";
import { runModule } from "./run-module.js";

/** Calls (`J` is the module) and what dkjson 2.8 itself gave in Envoy's LuaJIT, as `PRELUDE` tells it. */
type Recorded = readonly [call: string, outcome: string];

/** Tells tables with their sorted keys and what their metatable says of them. */
const PRELUDE = `local J = require("dkjson")
local O = {"a", "b", "c", "n"}
local function show(v)
  if v == J.null then return "null" end
  if type(v) == "string" then return string.format("%q", v) end
  if type(v) == "number" then return string.format("%.17g", v) end
  if type(v) ~= "table" then return type(v) == "boolean" and tostring(v) or type(v) end
  local parts = {}
  for key, item in pairs(v) do parts[#parts + 1] = show(key) .. "=" .. show(item) end
  table.sort(parts)
  local meta = getmetatable(v)
  return (meta and meta.__jsontype or "") .. "{" .. table.concat(parts, ",") .. "}"
end
local function report(...)
  local parts = {}
  for i = 1, select("#", ...) do parts[i] = show((select(i, ...))) end
  print((table.concat(parts, " "):gsub("[^ -~]", function(c) return string.format("\\\\x%02x", c:byte()) end)))
end
function envoy_on_request(handle)
`;

function scriptOf(calls: readonly string[]): string {
  return `${PRELUDE}${calls.map((call) => `report(pcall(function() local function all(...) return ... end return all(${call}) end))`).join("\n")}\nend\n`;
}

test("dkjson does what the library does", async () => {
  const recorded = JSON.parse(
    readFileSync(join(packageRoot(), "test/codegen/samples/dkjson.json"), "utf8"),
  ) as Recorded[];
  const lines: string[] = [];
  const program = generate(scriptOf(recorded.map(([call]) => call)));
  expect(program.refusals).toEqual([]);
  await runModule(await compileQuickly(program), (line) => lines.push(line));
  expect(recorded.map(([call], i) => [call, lines[i]])).toEqual(recorded);
});
