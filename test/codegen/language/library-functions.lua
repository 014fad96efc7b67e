--- pairs outside of for
local f, t, k = pairs({10, 20})
return type(f), type(t), k, f(t), f(t, 1), f(t, 2), f == next
--- ipairs outside of for
local f, t, i = ipairs({"a", "b"})
return type(f), type(t), i, f(t, i), select("#", f(t, 2)), f(t, 1), f == ipairs({})
--- pairs passed on
local function each(iterate, t)
  local found = {}
  for k, v in iterate(t) do found[#found + 1] = tostring(k) .. "=" .. tostring(v) end
  return table.concat(found, " ")
end
local named = {x = 1}
return each(pairs, {1, 2}), each(ipairs, {3, 4, nil, 5}), each(pairs, named), each(function(t) return next, t end, {7})
--- pairs with metamethod outside of for
local proxy = setmetatable({}, {__pairs = function(t) return function(_, k) if not k then return 1, "one" end end, t, nil end})
local f, t, k = pairs(proxy)
local g = pairs
local first, second = g(proxy)
return type(f), t == proxy, k, f(t, k), type(first), second == proxy
--- ipairs with metamethod outside of for
local proxy = setmetatable({}, {__ipairs = function(t) return "f", "s", "v" end})
return ipairs(proxy)
--- next in a for
local sum = 0
for k, v in next, {1, 2, 3} do sum = sum + k * v end
for k, v in next, {5, 6}, 1 do sum = sum + v end
return sum
--- next as a value
local n = next
local t = {1}
return n(t), n(t, 1), n({}), next == n, (rawequal(next, n))
--- wrong arguments of pairs
local function e(f, ...) return (select(2, pcall(f, ...))) end
return e(pairs), e(pairs, nil), e(pairs, 5), e(ipairs), e(ipairs, "x"), e(next, {}, "zz"), e(next), e(function() pairs(nil) end), e(function() ipairs() end)
--- the iterator of ipairs called by hand
local f = ipairs({})
local function e(f, ...) return (select(2, pcall(f, ...))) end
return f({5, 6}, 1), f({5}, 0.5), f({5, 6}, "1"), e(f, 1, 2), e(f, {}, "x")
--- functions of the library have one identity
local p, q = print, print
return print == print, p == q, string.upper == string.upper, string.upper == ("x").upper, table.unpack == unpack, print == type, string.lower == string.upper
--- functions of the library as keys
local names = {[print] = "print", [string.format] = "format", [pairs] = "pairs"}
names[type] = "type"
return names[print], names[string.format], names[pairs], names[type], names[next], names[("").format]
--- functions of the library in a list
local list = {string.upper, string.lower, math.floor, tostring, type}
return list[1]("aB"), list[2]("aB"), list[3](1.5), list[4](nil), list[5](list), list[1] == string.upper
--- methods of strings as values
local s = "hello"
local up, sub = s.upper, s.sub
local n = ("x").nope
return up(s), sub(s, 2, 3), n, s.len("four"), up == string.upper
--- aliases of libraries
local s, t = string, table
local m = math
return s.upper("x"), t.concat({1, 2}, "-"), m.floor(2.5), m.pi > 3
--- a local named after its library
local string, table = string, table
return string.rep("ab", 2), table.concat({"x"})
--- what a library does not have
return string.nope, table.foo, math.tointeger, string.pack, (math.ult or "none"), table.unpack ~= nil, type(string.trim), bit32, utf8
--- calling what a library does not have
local function e(f, ...) return (select(2, pcall(f, ...))) end
return e(function() string.trim("x") end), e(function() return math.nope.x end), e(function() local s = string s.nope() end), e(function() nothing() end)
--- comparing libraries
return string == string, string ~= table, rawequal(math, math), type(os), not string, string and "yes", #bit
--- require of libraries
return type(require("string")), require("table").concat({1}), type(require "math"), require("table.new") == require("table.new"), pcall(function() return table.new end)
--- conditional function
local f = 1 > 2 and string.upper or string.lower
local g = (print and tostring)
return f("aB"), g(12), f == string.lower
--- tracebacks and locales
local function start(text) return type(text) == "string" and text:match("^.-stack traceback:\n\t") or text end
local t = {}
local ok, e = xpcall(function() error("x", 0) end, debug.traceback)
return start(debug.traceback()), start(debug.traceback("m")), start(debug.traceback("m", 2)), start(debug.traceback(5)), debug.traceback(nil), debug.traceback(t) == t, ok, start(e), os.setlocale(), os.setlocale("C"), os.setlocale(nil, "all"), os.setlocale("xx_YY")
--- arguments of a string in a variable of any type
local function make2(n)
return function(p) n = n:sub(nil, 2^31) return n end, function() return n end
end
local index_f, self_f = make2("k=v; x=y")
print(index_f(false))
return 1
--- deg of a boolean
local r = math.deg(true)
return r
--- deg of a text
local r = math.deg("x")
return r
--- deg and rad
return math.deg("10"), math.deg(1), math.rad("0x10"), math.rad(180), pcall(math.deg), pcall(math.deg, "5"), pcall(math.rad, {})
--- level of an error in a method added to strings
local function f(s)
  local r = s:added(1)
  return r
end
function string.added(s, n) return error("from " .. s .. n, 2) end
local ok, e = pcall(f, "x")
function string.added(s, n) error("from " .. s .. n, 2) return 1 end
return e, select(2, pcall(f, "x")), select(2, pcall(f, 1))
--- NUL ends a pattern
local t = {}
for a, b, c in string.gmatch("x()y", "%b()\0*((a)b)") do t[#t + 1] = tostring(a) .. tostring(b) .. tostring(c) end
for a, b in string.gmatch("ab", "(.)\0(.)") do t[#t + 1] = tostring(a) .. tostring(b) end
for a, b in string.gmatch("a\0b", "(.)%\0(.)") do t[#t + 1] = tostring(a) .. tostring(b) end
for a, b in string.gmatch("a\0b", "(.)[\0](.)") do t[#t + 1] = tostring(a) .. tostring(b) end
return table.concat(t, " "), ("a\0b"):match("(.)\0(.)"), ("ab"):match("(.)\0(.)"), ("a\0b"):match("(.)[\0](.)")
--- select as a value and by a name
local s = { select }
local function any(n, ...) return select(n, ...) end
print(s[1]("#", 1, 2), s[1]("2", 1, 2), s[1](-1, 1, 2), pcall(s[1]), pcall(s[1], "x"), pcall(s[1], 0))
print(any("#"), any("#", nil), any(2, 5, 6), any("1", 7), pcall(any, "#x", 1), pcall(any, ""), pcall(any))
return pcall(function() select() end), pcall(function() return (select({})) end)
--- what is absent where LuaJIT has a function in Lua
local list = { table.getn, table.move, table.foreach }
print(pcall(function() table.getn() end), pcall(function() table.foreach() end), pcall(function() table.foreach({}) end))
print(pcall(function() table.foreachi({}) end), pcall(function() table.move() end), pcall(function() table.move({}, 1, 2) end))
print(pcall(list[1]), pcall(list[2], {}, 1), pcall(list[3], {}), pcall(function() table.move({}, 1, 2, 3, 4) end))
return pcall(function() xpcall(print) end), pcall(function() xpcall() end), pcall(function() xpcall(print, 1) end), pcall(xpcall, print)
--- powers of one to infinity and NaN
local inf, nan = math.huge, 0/0
local function p(a, b) return a ^ b end
return p(1, inf), p(-1, inf), p(1, -inf), p(-1, -inf), p(1, nan), p(nan, 0), p(-1, nan), math.pow(1, inf), math.pow(-1, inf), math.pow(1, nan), 1 ^ inf, (-1) ^ -inf, 1 ^ (0/0), math.pow(1, math.huge)
--- functions of math at the ends of their ranges
local inf, nan = math.huge, 0/0
local t = {}
local function add(x) t[#t+1] = string.format("%.14g", x) end
for _, f in ipairs{math.exp, math.log, math.log10, math.sqrt, math.sin, math.cos, math.tan, math.asin, math.acos, math.atan, math.sinh, math.cosh, math.tanh, math.floor, math.ceil, math.abs} do
  for _, x in ipairs{0, -0, 0.5, -0.5, 1, -1, inf, -inf} do add(f(x)) end
end
return table.concat(t, " ")
--- functions of two numbers at the ends of their ranges
local inf, nan = math.huge, 0/0
local t = {}
local function add(x) t[#t+1] = string.format("%.14g", math.abs(x)) .. (1/x < 0 and "-" or "") end
for _, f in ipairs{math.fmod, math.atan2, math.pow, math.max, math.min, function(a, b) return a % b end} do
  for _, x in ipairs{0, -0, 0.5, -0.5, 1, -1, inf, -inf} do for _, y in ipairs{0, -0, 0.5, -0.5, 1, -1, inf, -inf, 3} do add(f(x, y)) end end
end
return table.concat(t, " ")
