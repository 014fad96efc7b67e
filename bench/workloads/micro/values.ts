import type { Workload } from "../workload.js";
import { repeated } from "./repeated.js";

/** Tables, closures and numbers: Lua with nothing of Envoy in it. */
export const VALUE_WORKLOADS: readonly Workload[] = repeated("tables, closures and numbers", [
  {
    name: "table-record",
    about: "making a table with three named fields and reading them",
    each: `local point = { x = i, y = i + 1, name = "p" }
sum = sum + point.x + point.y + #point.name`,
    quick: true,
  },
  {
    name: "table-array",
    about: "appending 32 numbers to a table and walking it with ipairs (per number)",
    before: `local list = {}`,
    each: `list[#list + 1] = i
if #list == 32 then
  for _, value in ipairs(list) do sum = sum + value end
  list = {}
end`,
  },
  {
    name: "table-map",
    about: "counting words in a table by string key",
    before: `local words = {"alpha", "bravo", "charlie", "delta", "echo"}
local counts = {}`,
    each: `local word = words[i % 5 + 1]
counts[word] = (counts[word] or 0) + 1`,
    after: `for _, word in ipairs(words) do sum = sum * 7 + (counts[word] or 0) end`,
  },
  {
    name: "closure",
    about: "making a closure over two variables and calling it",
    each: `local step = i % 3
local function add(value) return value + step + i end
sum = sum + add(i)`,
  },
  {
    name: "number-loop",
    about: "four arithmetic operations on numbers",
    each: `sum = (sum * 3 + i) % 1000003 - i % 7`,
    repeats: 1025,
  },
  {
    name: "pcall",
    about: "pcall of a function that does not fail",
    before: `local function half(value) return value / 2 end`,
    each: `local ok, value = pcall(half, i)
if ok then sum = sum + value end`,
  },
  {
    name: "pcall-error",
    about: "pcall of a function that raises an error",
    before: `local function fail(value) error("no " .. value % 4) end`,
    each: `local ok, message = pcall(fail, i)
if not ok then sum = sum + #message end`,
  },
]);
