--- and or matrix
local b, n, s, t, z = true, 5, "s", {1}, nil
local f, opt = false, string.match("abc", "x")
local some = string.match("abc", "b")
local v = t[1]
local r = {
  show = 0, tostring(b and n), tostring(f and n), tostring(z and n), tostring(n and s), tostring(opt and n), tostring(some and n), tostring(v and n), tostring(t[2] and n),
  tostring(b or n), tostring(f or n), tostring(z or n), tostring(n or s), tostring(opt or n), tostring(some or n), tostring(v or n), tostring(t[2] or n),
  tostring(b and s), tostring(f and s), tostring(z and s), tostring(opt and s), tostring(some and s), tostring(v and s), tostring(t[2] and s),
  tostring(b or s), tostring(f or s), tostring(z or s), tostring(opt or s), tostring(some or s), tostring(v or s), tostring(t[2] or s),
  tostring(b and z), tostring(f and z), tostring(z and z), tostring(n and z), tostring(opt and z), tostring(some and z), tostring(v and z), tostring(t and z),
  tostring(b or z), tostring(f or z), tostring(z or z), tostring(n or z), tostring(opt or z), tostring(some or z), tostring(v or z),
  tostring(b and f), tostring(f and b), tostring(n and f), tostring(opt and f), tostring(some and b), tostring(v and f), tostring(t and b), tostring(z and b),
  tostring(b or f), tostring(f or b), tostring(n or f), tostring(opt or f), tostring(some or b), tostring(v or f), tostring(z or b),
  tostring(b and opt), tostring(f and opt), tostring(n and opt), tostring(some and opt), tostring(opt and some), tostring(z and opt), tostring(v and some),
  tostring(b or opt), tostring(f or opt), tostring(f or some), tostring(n or opt), tostring(some or opt), tostring(opt or some), tostring(z or some), tostring(v or some),
  tostring((b and t or t) == t), tostring((f and t or t) == t), tostring((opt and t or t) == t), type(opt or t), type(some and t), type(t or some), type(opt and t), type(t[2] or t),
  tostring(f and n or s), tostring(b and n or s), tostring(b and f or s), tostring(b and z or s), tostring(opt and n or s), tostring(some and opt or s), tostring(some and n or z), tostring(not opt and n or z),
  tostring(n and n or n), tostring(b and opt or some), tostring((n > 3) and "big" or "small"), tostring((n > 30) and "big" or nil), tostring(n > 3 and n), tostring(n > 30 and n), tostring(n > 3 or n), tostring(n > 30 or n),
}
return table.concat(r, " ")
--- and or as statements
local function pick(x, y) return x and y end
local function either(x, y) return x or y end
local function cond(c, x, y) return c and x or y end
return pick(nil, 1), pick(false, 1), pick(1, nil), pick("", 0), either(nil, false), either(false, nil), either(0, 1), cond(true, false, 2), cond(nil, 1, 2), cond(1, 2, 3)
--- or default of optional string
local function name(s) local m = string.match(s, "^(%w+)@") or "none" return m .. "!" end
local function raw(s) local m = string.match(s, "^(%w+)@") if m then return m end return nil end
return name("bob@x"), name("@"), raw("a@b"), raw("@")
--- assign optional then narrow
local s = string.match("key=value", "=(.*)")
if not s then s = "none" end
local u = s:upper()
local v = string.match("key", "=(.*)")
local w = v
if v == nil then w = "" else w = v:upper() end
local x
if s then x = #s else x = 0 end
while not v do v = "now" end
return u, w, x, v
--- boolean from comparisons
local a, b = 1, 2
local lt, eq = a < b, a == b
local c = lt and not eq
local d = not (lt and eq) or false
local e = (a < b) == true
local f = not not a
local g = not nil
local h = lt == (b > a)
return lt, eq, c, d, e, f, g, h
--- variable changes type
local x = 1
x = x .. "a"
local y = x
y = {y}
y = y[1] == "1a"
local z
z = 5
z = nil
z = z or "str"
return x, y, z
--- nil only variables
local x
local y = nil
local t = {x, y}
if x then return 1 end
if not y then y = x end
return x, y, x == nil, y == x, #t, x == false
--- numbers and optional numbers
local n = tonumber("12")
local m = tonumber("x")
local p = tonumber("3") or 0
local q = (tonumber("z") or 7) + 1
local r
if n and n > 10 then r = n * 2 end
if m then r = 0 end
local function f(s) local v = tonumber(s) if not v then return "bad" end return v + 1 end
return n, m, p, q, r, f("4"), f("q"), m == nil, n == 12, (n or 0) + (m or 0)
--- optional number operations
local n = tonumber("12")
local ok, e = pcall(function() return tonumber("zz") + 1 end)
local ok2, e2 = pcall(function() return n .. tonumber("zz") end)
local ok3, e3 = pcall(function() return n < tonumber("zz") end)
local t = {[n] = "twelve"}
return n + 1, n .. "", -n, n == 12, t[12], e, e2, e3, n < 13, math.max(n, 3), #tostring(n)
--- optional string operations
local s = string.match("abc", "b")
local z = string.match("abc", "z")
local ok1, e1 = pcall(function() return z .. "x" end)
local ok2, e2 = pcall(function() return #z end)
local ok3, e3 = pcall(function() return z:upper() end)
local ok4, e4 = pcall(function() return z < "a" end)
local ok5, e5 = pcall(function() return z + 1 end)
local ok6, e6 = pcall(function() local u = string.upper(z) end)
local ok7, e7 = pcall(function() z() end)
return s .. "x", #s, s:upper(), s < "c", s == "b", z == "b", z == nil, s ~= nil, z == s, e1, e2, e3, e4, e5, e6, e7
--- tables and optional tables
local function find(k) local all = {a = {1}, b = {2}} return all[k] end
local function make(yes) if yes then return {7} end end
local t, u = make(true), make(false)
local v = t and t[1]
local w = u and u[1]
local x = (u or {9})[1]
return find("a")[1], find("z"), v, w, x, t ~= nil, u == nil, type(u)
--- conditions on optional strings
local function f(s) local m = string.match(s, "^a(b?)c") if m then if m == "" then return "empty" end return m elseif s == "" then return "none" else return nil end end
return f("abc"), f("ac"), f(""), f("zzz")
--- long if chain
local function grade(n)
  if n >= 90 then return "A"
  elseif n >= 80 then return "B"
  elseif n >= 70 then return "C"
  elseif n >= 60 and n ~= 65 then return "D"
  elseif n == 65 then return "sixty-five"
  elseif not n then return "never"
  else return "F" end
end
return grade(95), grade(80), grade(79), grade(61), grade(65), grade(10)
--- string chain
local function method(m)
  local x
  if m == "GET" or m == "HEAD" then x = "read" elseif m == "POST" then x = "write" elseif m == nil then x = "nothing" end
  return x
end
return method("GET"), method("HEAD"), method("POST"), method(nil), method("X"), method(1)
--- string coercions
return "10" + 5, "0x10" * 1, " 10 " + 0, "3" ^ 2, 10 .. 20, 1.5 .. "", -0 .. "", 2^53 .. "", 1e15 .. "", 0.1 .. "", 1/3 .. "", (1/0) .. "", -(1/0) .. "", 10 == "10", "a" .. 1 + 2 .. "b", -"2", -"-2", "5" % 3, "7" / "2"
--- coercion failures
local function try(f) return (select(2, pcall(f))) end
return try(function() return "a" + 1 end), try(function() return 1 + "" end), try(function() return {} .. "" end), try(function() return true .. "" end), try(function() return nil .. "" end), try(function() return -"x" end), try(function() return 2 ^ "y" end), try(function() return true + 1 end)
--- arithmetic
return 7 % 3, -7 % 3, 7 % -3, -7 % -3, 5.5 % 2, -5.5 % 2, 5 % 0, 0 / 0, 1 / 0, -1 / 0, 2 ^ 10, 2 ^ -1, -2 ^ 2, 2 ^ 3 ^ 2, 7 / 2, 1e308 * 10, 5 % (1/0), -5 % (1/0), 0.1 + 0.2, 1 - 1, -0, 0 * -1, 100000000000000, 2^31, 2^53 + 1
--- arithmetic on variables
local a, b, c, i, j = 7, -3, 0.5, 1e300, 0
return a + b, a - b, a * b, a / b, a % b, a ^ 2, -a, a + b * c, (a + b) * c, a - (b - c), a - b - c, a / (b / c), a / b / c, -a ^ 2, -(a ^ 2), - -a, a % b % c, i * i, -i * i, j / j, -j, a - -b, 2 ^ -b
--- precedence
local a, b, c = 1, 2, 3
return a + b .. c, a .. b + c, a < b == true, not a == b, not (a == b), -a .. "", #"abc" + 1, -#"abc", a + b < c + 1 and "y" or "n", a == 1 and b == 2 or c == 4, a or b and c, (a or b) and c, not nil == true, 2 * 3 % 4, 2 + 3 * 4 ^ 2 / 8 - 1
--- comparisons
local n, s = 5, "b"
return n < 6, n <= 5, n > 5, n >= 5, n == 5, n ~= 5, s < "c", s <= "b", s > "a", s >= "c", s == "b", s ~= "b", "a" < "B", "" < "a", "a" < "aa", "Z" < "a", "\0" < "\1", "10" < "9", 0/0 == 0/0, 0/0 ~= 0/0, 0/0 < 1, not (0/0 < 1), 0 == -0
--- negated comparisons with nan
local nan = 0/0
local function f(x, y) if not (x < y) then return "not less" end return "less" end
local function g(x, y) if not (x <= y) then return 1 end return 2 end
local function h(x, y) if not (x == y) then return 1 end return 2 end
return f(nan, 1), f(1, nan), g(nan, nan), h(nan, nan), nan > 1, nan >= nan, not (nan > 1), nan ~= nan
--- number literals
return 0x10, 0xff, 1e2, 1E-2, .5, 5., 0x1p4, 3e0, 4294967296, 2147483648, 9007199254740993, 1e400, 0xffffffff, 123456789012345678
--- string literals
return "a\tb\\n\"q\"", 'its', "\65\066\x41\u{48}", [[long
string]], [==[a]]b]==], "line\
break", "\z   skip", "\0nul", "\255"
--- tostring numbers
return tostring(100), tostring(1e14), tostring(99999999999999), tostring(1e15), tostring(2^63), tostring(0.1), tostring(-0.0), tostring(1/3), tostring(123.456), tostring(1e100), tostring(5e-324), tostring(3.14159265358979)
--- tonumber
return tonumber("10"), tonumber(" 0x1F "), tonumber("1e2"), tonumber(""), tonumber("10", 2), tonumber("zz", 36), tonumber("9", 8), tonumber(nil), tonumber({}), tonumber("1 2"), tonumber("inf"), tonumber(true)
--- length of strings
local s = "héllo"
return #s, #"", #"a\0b", #("x" .. 1), #tostring(12.5)
--- methods on literals and strings
local s = "Hello"
return ("x"):rep(3), s:lower():upper(), s:len(), ("%d"):format(3), s:sub(2, 3):rep(2), #s:sub(2), ("a,b"):find(",", 1, true), s.len(s), s["upper"](s)
--- type of everything
return type(nil), type(true), type(1), type(""), type({}), type(print), type(type), type(string.rep), pcall(type)
--- equality across types
local t, f = {}, function() end
return 1 == "1", nil == false, t == {}, t == t, f == f, "a" == "a", true == 1, t ~= f, "" == nil, 0 == false
--- balanced brackets are no captures
local t = {}
for a, b, c in string.gmatch("f(x)(y(z))", "(%w?)(%b())") do t[#t + 1] = a .. b .. tostring(c) end
for a, b in string.gmatch("f(x) g(y)", "%w%b()") do t[#t + 1] = a .. tostring(b) end
for a, b in string.gmatch("f(x) (y)", "%b()(%s?)") do t[#t + 1] = a .. tostring(b) end
local a, b = string.match("g(x)=1", "%b()(=)")
local c = ("g(x)=1"):match("%b()")
local d = ("g(x)=1"):find("%b()()")
return table.concat(t, ";"), a, b, c, d, (string.gsub("f(x)", "%b()", "<%0>"))
--- the same name assigned twice at once
local count, x = value
x, x = x, "text"
local y = "set"
y, y = nil, "text"
return count, x, y
--- recursion that may give nothing, for every type
local function tree(n, all)
  if n == 0 then return nil end
  local node = { left = tree(n - 1, all), value = n }
  all[#all + 1] = node
  return node
end
local function text(n) if n > 3 then return nil end local deeper = text(n + 1) return deeper and deeper .. "x" or "y" end
local function number(n) if n > 3 then return nil end local deeper = number(n + 1) return (deeper or 0) + n end
local function flag(n) if n > 3 then return nil end local deeper = flag(n + 1) return not deeper end
local function any(n) if n > 3 then return nil end local deeper = any(n + 1) return deeper and { deeper } or n end
local function none(n) if n > 3 then return end none(n + 1) end
local function only(n) if n > 0 then only(n - 1) end return nil end
local function two(n) if n == 0 then return nil, nil end local a, b = two(n - 1) return n, (b or 0) + 1 end
local all = {}
return tree(3, all).left.left.value, #all, text(1), text(4), number(1), number(4), flag(1), flag(4), any(4), any(1), none(1), only(2), two(3)
