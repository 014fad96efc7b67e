--- strings
local function id(...) return ... end
local n, s, t = 42, "word", setmetatable({}, { __tostring = function() return "told" end })
return string.format("plain %% text"), string.format("%s:%d", s, n), string.format("%s:%d", n, n), ("%s=%s"):format(id(s), id(n)),
  string.format("%s %s %s %s", nil, true, t, 1.5), string.format("[%5s] [%-5s] [%.2s] [%5.1s] [%-6s]", s, s, s, s, n),
  string.format("%s", "a\0b"), #string.format("%s%s", "a\0b", "\255"), string.format("%q", 'a "quoted"\n\0line')
--- integers
local n = 42
return string.format("%d %d %d %i", 3.99, -3.99, 1e15, 0), string.format("%5d|%-5d|%05d|%+d|% d|%.3d|%.0d", n, n, n, n, n, 7, 0),
  string.format("%x %X %#x %08x %o %#o %u", 255, 255, 255, 48879, 8, 8, 4294967295), string.format("%x %d", -1, 2^53),
  string.format("%c%c%c|%3c|%-3c|", 72, 105, 0, 65, 66), string.format("%d %d", 1e300, -1e300), string.format("%20d|%.20d", -7, 123456789012)
--- fractions
return string.format("%f %.2f %8.3f|%-8.1f|%08.2f %+.1f", 1.5, 2.675, 3.14159, 2.25, -1.5, 0.05),
  string.format("%e %.3E %g %G %g %g %.3g", 12345.678, 0.00012, 1e20, 1e-10, 100000, 1000000, 0.0001234),
  string.format("%g %f %5.1f%% %.0f", 1/0, -1/0, 99.55, 0.5), string.format("%a", 1)
--- converted arguments
local ten, word = "10", "x"
return string.format("%d", "10"), string.format("%s", 10), string.format("%5.2f", "3.14159"), string.format("%x", ten),
  pcall(function() local r = string.format("%d", word) return r end)
--- wrong arguments
return pcall(function() local r = string.format("%d %d", 1) return r end)
--- no number
return pcall(function() local r = string.format("%s %d", 1, nil) return r end)
--- no number in a method
return pcall(function() local r = ("%s and %d"):format("x", {}) return r end)
--- no such conversion
return pcall(function() local r = string.format("%y", 1) return r end)
--- too many
return string.format("%s", "extra", 1), string.format("%s", (function() return 1, 2 end)())
--- arguments before conversions
local log = {}
local function note(x) log[#log + 1] = tostring(x) return x end
local told = setmetatable({}, { __tostring = function() log[#log + 1] = "converted" return "told" end })
local text = string.format("%s %d %s", note(told), note(2), note("z"))
local failed, why = pcall(function() local r = string.format("%d %s", note("no number"), note("evaluated all the same")) return r end)
return text, failed, why, table.concat(log, ",")
--- nested
local lines = {}
for i = 1, 12 do lines[i] = string.format("%03d/%-4s|%s", i * 10 - 1, "ab", string.format("%s-%d", tostring(i % 2 == 0), i)) end
return string.format("%s", string.format("%d-%s", 1, string.format("%x", 17))), table.concat(lines, "\n")
--- every width
local parts = {}
for i = 1, 400, 7 do parts[#parts + 1] = string.format("<%d:%s:%x>", i * 12345.6, i, i * 999) end
return table.concat(parts)
--- strings and whole numbers alone
local function show(s, n) return ("%s:%d"):format(s, n), string.format("%d%d%s%%", n, -n, s), ("[%i]%s"):format(n, n), ("%s"):format(s), ("%d"):format(n) end
local list = {}
for _, n in ipairs{0, -0.0, 1, 9.99, -9.99, 12345678, 123456789, -1, 2 ^ 31, -2 ^ 31, 2 ^ 53, 2 ^ 63, -2 ^ 63, 1e300, -1e300, 0 / 0, 1 / 0} do list[#list + 1] = table.concat({show("t", n)}, " ") end
local v = setmetatable({}, {__tostring = function() return "object" end})
return table.concat(list, "\n"), show(v, "17"), pcall(show, nil, nil), pcall(show, true, "x"), ("%s-%s-%s"):format(nil, true, 1.5)
