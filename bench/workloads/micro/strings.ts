import type { Workload } from "../workload.js";
import { repeated } from "./repeated.js";

const PATHS = `local paths = {"/api/v1/users/4711/orders", "/api/v2/groups/77/members", "/static/css/site.css", "/api/v1/items/8/parts"}`;
const WORDS = `local words = {"alpha", "bravo", "charlie", "delta"}`;

export const STRING_WORKLOADS: readonly Workload[] = repeated("strings", [
  {
    name: "concat",
    about: 'joining three strings, `a .. "-" .. b`',
    before: WORDS,
    each: `local joined = words[i % 4 + 1] .. "-" .. i
sum = sum + #joined`,
    quick: true,
  },
  {
    name: "append-loop",
    about: "appending 5 bytes to a growing string, 64 times (per append)",
    before: `${WORDS}
local text = ""`,
    each: `text = text .. words[i % 4 + 1]
if i % 64 == 0 then
  sum = sum + #text
  text = ""
end`,
    quick: true,
  },
  {
    name: "table-concat",
    about: "collecting 16 strings in a table and joining them with table.concat (per string)",
    before: `${WORDS}
local parts, count = {}, 0`,
    each: `count = count + 1
parts[count] = words[i % 4 + 1]
if count == 16 then
  sum = sum + #table.concat(parts, ",")
  parts, count = {}, 0
end`,
  },
  {
    name: "format-constant",
    about: 'string.format with a constant format, `"%s:%d"`',
    before: WORDS,
    each: `sum = sum + #string.format("%s:%d", words[i % 4 + 1], i)`,
    quick: true,
  },
  {
    name: "format-hex-padded",
    about: 'string.format with `"%08x"`',
    each: `sum = sum + #string.format("%08x", i * 7919)`,
  },
  {
    name: "find-plain",
    about: "string.find of a plain word in 25 bytes",
    before: PATHS,
    each: `if paths[i % 4 + 1]:find("/users/", 1, true) then sum = sum + 1 end`,
  },
  {
    name: "find-pattern",
    about: 'string.find with a constant pattern, `"^/api/v%d+/"`',
    before: PATHS,
    each: `if paths[i % 4 + 1]:find("^/api/v%d+/") then sum = sum + 1 end`,
  },
  {
    name: "match-captures",
    about: "string.match with three captures of a constant pattern",
    before: PATHS,
    each: `local version, kind, id = string.match(paths[i % 4 + 1], "^/api/v(%d+)/(%a+)/(%d+)")
if id then sum = sum + #version + #kind + #id end`,
    quick: true,
  },
  {
    name: "match-variable-pattern",
    about: "string.match with a pattern that is known only at run time",
    before: `${PATHS}
local patterns = {"^/api/v(%d+)/", "/(%a+)$", "(%d+)", "^/static/(.-)/"}`,
    each: `local found = string.match(paths[i % 4 + 1], patterns[(i + 1) % 4 + 1])
if found then sum = sum + #found end`,
  },
  {
    name: "gmatch-words",
    about: "splitting a cookie header of 4 pairs with string.gmatch",
    before: `local cookies = {"a=1; bb=22; ccc=333; dddd=4444", "x=9; yy=88; zzz=777; wwww=6666"}`,
    each: `for name, value in string.gmatch(cookies[i % 2 + 1], "(%w+)=(%w+)") do
  sum = sum + #name + #value
end`,
    repeats: 129,
  },
  {
    name: "gsub-constant",
    about: "string.gsub of a character class in 25 bytes",
    before: PATHS,
    each: `sum = sum + #string.gsub(paths[i % 4 + 1], "%d+", "N")`,
    quick: true,
  },
  {
    name: "gsub-function",
    about: "string.gsub with a function, percent-decoding 3 escapes",
    before: `local texts = {"a%20b%2Fc%3Dd", "q%3D1%26r%3D2", "x%2By%2Bz%20", "%41%42%43def"}`,
    each: `local decoded = string.gsub(texts[i % 4 + 1], "%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end)
sum = sum + #decoded`,
    repeats: 129,
  },
  {
    name: "lower",
    about: "string.lower of 20 bytes",
    before: `local names = {"X-Forwarded-ProtoAB", "Content-Type-OPTIONS", "ACCEPT-Encoding-XYZ", "Strict-Transport-SEC"}`,
    each: `local low = string.lower(names[i % 4 + 1])
sum = sum + string.byte(low, 1)`,
  },
  {
    name: "byte-loop",
    about: "a hash over 24 bytes with string.byte (per string)",
    before: PATHS,
    each: `local text = paths[i % 4 + 1]
local hash = 5381
for at = 1, #text do
  hash = (hash * 33 + string.byte(text, at)) % 4294967296
end
sum = (sum + hash) % 4294967296`,
    repeats: 129,
    quick: true,
  },
  {
    name: "sub",
    about: "string.sub, 8 bytes out of 25",
    before: PATHS,
    each: `sum = sum + #string.sub(paths[i % 4 + 1], i % 8 + 1, i % 8 + 8)`,
  },
  {
    name: "number-to-string",
    about: "tostring of a whole number and of a fraction",
    each: `sum = sum + #tostring(i) + #tostring(i / 8)`,
  },
  {
    name: "string-to-number",
    about: "tonumber of a string of 5 digits",
    before: `local texts = {"10234", "77.25", "80000", "0x1f2"}`,
    each: `sum = sum + tonumber(texts[i % 4 + 1])`,
  },
]);
