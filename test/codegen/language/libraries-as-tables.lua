--- going through a library
local names = {}
for name, f in pairs(math) do names[#names + 1] = name .. ":" .. type(f) end
table.sort(names)
return table.concat(names, " ")
--- going through bit
local count = 0
for _, f in pairs(bit) do if type(f) == "function" then count = count + 1 end end
return count, next(bit) ~= nil, rawget(bit, "band") == bit.band
--- computed names
local results = {}
for _, name in ipairs({"floor", "ceil", "abs"}) do results[#results + 1] = math[name](-1.5) end
local key = "pi"
return table.concat(results, " "), math[key] == math.pi, math["nope" .. 1], math["max"](1, 3)
--- passed to a function
local function apply(library, name, ...) return library[name](...) end
return apply(table, "concat", {1, 2}, "+"), apply(table, "unpack", {4, 5}), pcall(apply, table, "nope")
--- in a table
local libraries = {t = table, m = math}
return libraries.t.concat({"a", "b"}), libraries.m.max(1, 2), libraries.t == table, libraries["m"].huge
--- a copy
local mine = {}
for name, f in pairs(bit) do mine[name] = f end
mine.extra = true
return mine.band(6, 3), bit.extra, mine.bor == bit.bor
--- string as a table
local names = {}
for name in pairs(string) do names[#names + 1] = name end
table.sort(names)
return table.concat(names, " "), type(string.dump)
--- changed by someone who was handed it
local function extend(library) function library.twice(s) return s .. s end end
extend(string)
return string.twice("ab"), ("cd"):twice(), pcall(function() return ("x"):thrice() end)
--- an own upper
local old = string.upper
local function set(library, f) library.upper = f end
set(string, function(s) return "own " .. s end)
local a, b = string.upper("x"), ("y"):upper()
set(string, old)
return a, b, string.upper("x"), ("y"):upper(), string.upper == old

--- libraries in package-loaded
local s = package.loaded["string"]
return s.upper("a"), package.loaded.table.concat({ 1, 2 }), package.loaded.math.floor(1.5), type(package.loaded.bit)
--- what LuaJIT says of itself
local version = jit and jit.version_num >= 20000
return version, type(jit), jit.os, jit.arch, jit.version, select("#", jit.off()), jit.on(true, true), jit.flush()
