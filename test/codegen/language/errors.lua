--- error levels
local function one() error("msg") end
local function two() error("msg", 2) end
local function zero() error("msg", 0) end
local function e(f) return select(2, pcall(f)) end
return e(one), e(function() two() end), e(zero), e(function() error() end), e(function() error(nil) end), e(function() error(42) end), e(function() error("x", 1) end), e(function() error({1}) end)[1], e(function() error(true) end)
--- error level two through calls
local function check(x) if type(x) ~= "number" then error("expected number, got " .. type(x), 2) end return x end
local function use(v)
  local r = check(v)
  return r
end
local t = {check = check}
return pcall(use, 1), select(2, pcall(use, "a")), select(2, pcall(check, "a")), select(2, pcall(function() local y = t.check({}) end))
--- assert
local ok1, e1 = pcall(function() assert(false) end)
local ok2, e2 = pcall(function() assert(nil, "custom") end)
local ok3, e3 = pcall(function() assert(false, {code = 7}) end)
local a, b, c = assert(1, 2, 3)
local ok4, e4 = pcall(function() assert() end)
local ok5, e5 = pcall(assert, nil, "m")
local ok6, e6 = pcall(assert, false)
return e1, e2, e3.code, a, b, c, e4, e5, e6
--- pcall results
local function f(...) return ... end
return pcall(f, 1, nil, 3), select("#", pcall(f)), pcall(f), pcall(error), pcall(error, nil), pcall(nil), pcall({}), (pcall(f, 1))
--- nested pcall
local ok, e = pcall(function()
  local ok, e = pcall(function() error("inner", 0) end)
  error(e .. " outer", 0)
end)
return ok, e
--- rethrow keeps table
local err = {}
local ok, e = pcall(function() local ok, e = pcall(error, err) error(e) end)
return ok, e == err
--- xpcall
local function handler(e) return "handled: " .. tostring(e) end
local ok, e = xpcall(function() error("x", 0) end, handler)
local ok2, a, b = xpcall(function(...) return ... end, handler, 1, 2)
local ok3, e3 = xpcall(function() local x; return x.y end, function(e) return #e > 0 end)
return ok, e, ok2, a, b, ok3, e3
--- locals after error
local n = 0
pcall(function() n = 1 error("x") n = 2 end)
local t = {}
pcall(function() t.a = 1 t.b.c = 2 t.d = 3 end)
return n, t.a, t.d
--- error in loop
local r = {}
for i = 1, 3 do
  local ok, e = pcall(function() if i == 2 then error("two", 0) end return i end)
  r[#r + 1] = tostring(ok) .. tostring(e)
end
return table.concat(r, ",")
--- library argument errors
local function e(f) return (select(2, pcall(f))) end
local n, t = nil, {}
return e(function() local r = string.rep() end), e(function() local r = ("x"):rep({}) end), e(function() local r = string.upper(n) end), e(function() local r = string.sub("x", "a") end), e(function() local r = math.floor("x") end), e(function() local r = math.max() end), e(function() local r = table.concat({{}}) end), e(function() local r = table.concat(n) end), e(function() local r = tonumber() end), e(function() local r = tostring() end), e(function() local r = type() end), e(function() local r = string.format("%d", "x") end), e(function() local r = string.char(-1) end), e(function() local r = table.insert(t, 1, 2, 3) end), e(function() local r = unpack(n) end), e(function() local r = select(0) end), e(function() local r = string.format("%y", 1) end), e(function() local r = ("x"):bad() end)
--- named library aliases
local rep, up = string.rep, string.upper
local function e(f) return (select(2, pcall(f))) end
return e(function() local r = rep() end), e(function() local u = string.lower local r = u() end), e(function() local r = up({}) end)
--- multi line positions
local function f()
  local x = nil
  local t = {
    a = 1,
    b = x.y,
  }
  return t
end
local function g()
  local s = "a" ..
    "b" ..
    {}
  return s
end
local function h(a)
  return a
    .b
    .c
end
local function k()
  local y =
    undefinedfunction(
      1,
      2
    )
end
local function e(f, ...) return (select(2, pcall(f, ...))) end
return e(f), e(g), e(h, {}), e(k)
--- operators over lines
local function e(f, ...) return (select(2, pcall(f, ...))) end
return e(function(a)
  return 1 +
    a
end), e(function(a)
  return a
    + 1
end), e(function(a)
  if a
    < 1 then return 1 end
end), e(function(a)
  return #
    a
end), e(function(a)
  a.x = 1
end)
--- names in messages
local up = nil
local tab = {}
local function e(f, ...) return (select(2, pcall(f, ...))) end
return e(function(p) return p.x end), e(function() return up.x end), e(function() return tab.x.y end), e(function() return tab.x.y.z end), e(function() tab.x() end), e(function() tab.x.y() end), e(function() tab:m() end), e(function() glob() end), e(function() glob.x = 1 end), e(function() return tab.a + 1 end), e(function() return 1 + up end), e(function(p) return p .. "x" end), e(function() return tab.x .. "x" end), e(function() return glob .. "x" end), e(function() return -tab.x end), e(function() return #tab.x end), e(function() return tab[1].x end), e(function() return tab["k"].x end), e(function(p) return tab[p].x end, "q"), e(function() return (up)() end), e(function() return up + tab end), e(function() return tab.f().x end), e(function() return ("x" .. up) end), e(function() return 2 ^ tab end), e(function(...) local a, b = ... return b.c end, 1)
--- names with constants
local function e(f, ...) return (select(2, pcall(f, ...))) end
local s = "str"
local b = true
return e(function() return s.x.y end), e(function() return s.x() end), e(function() return s + 1 end), e(function() return b.x end), e(function() return b() end), e(function() s.x = 1 end), e(function() return (1).x end), e(function() return ("a").b.c end), e(function() return s:nope() end), e(function() return (nil)[1] end), e(function() local n = 5 return n.x end), e(function() local n = 5 n.x = 1 end), e(function() local n = 5 return n() end), e(function() local n = 5 return n:x() end), e(function() local f = function() end return f.x end), e(function() local f = function() end return f + 1 end)
--- compare messages
local function e(f, ...) return (select(2, pcall(f, ...))) end
return e(function() return {} < {} end), e(function() return {} < 1 end), e(function() return nil > 1 end), e(function() return "a" < 1 end), e(function() return 1 <= "a" end), e(function() return print < print end), e(function() return true >= true end), e(function(a, b) return a < b end, 1), e(function(a, b) return a > b end, 1), e(function(a, b) return a >= b end, "x", {})
--- error with non string concatenations
local ok, e = pcall(function() error("code: " .. 404) end)
local ok2, e2 = pcall(function() error("a" .. nil) end)
return e, e2
--- error objects with methods
local E = {}
E.__index = E
E.__tostring = function(s) return "E(" .. s.m .. ")" end
local function throw(m) error(setmetatable({m = m}, E)) end
local ok, e = pcall(throw, "boom")
return ok, tostring(e), getmetatable(e) == E, e.m
--- return value or error
local function parse(s) local n = tonumber(s) if not n then return nil, "not a number: " .. s end return n end
local v, err = parse("x")
local w, err2 = parse("5")
local x = parse("7")
return v, err, w, err2, x, (parse("q")), select("#", parse("q")), select("#", parse("1"))
--- state across calls
calls = (calls or 0) + 1
seen = seen or {}
seen[#seen + 1] = calls
return calls, #seen, _VERSION
--- globals
function globalfn(x) return x * 2 end
globalvar = globalfn(4)
local globalvar2 = globalvar
globalvar = nil
return globalvar, globalvar2, globalfn(1), undefinedglobal, type(globalfn)
--- gmatch in a loop names the line of the loop
local function each(s, p)
  local n = 0
  for a in string.gmatch(s, p) do n = n + 1 end
  return n
end
return each("aab", "a"), pcall(each, "abc", "a%2"), select(2, pcall(each, "abc", "(a")), select(2, pcall(function()
  for a, b, c in string.gmatch("abc", "(a)%2") do end
end))
--- library functions in tail position under pcall
local function e(f, ...) return select(2, pcall(f, ...)) end
local n
return e(function() return string.rep() end), e(function() return ("x"):rep({}) end), e(function() return string.upper(n) end), e(function(s) return s:rep({}) end, "x"), e(function() return math.floor("x") end), e(function() return table.concat({ {} }) end), e(function() return string.char(-1) end), e(function() return setmetatable(1, {}) end), e(function() return string.format("%d", "x") end), e(function() return ("x"):find("[") end), e(function() return string.gsub("x", "%", "") end), e(function() return tonumber("1", 99) end), e(function() return unpack(n) end), e(function() return select(0) end), e(function() return ipairs(n) end), e(function() return assert(false, "m") end), e(function() return table.insert({}, 1, 2, 3) end), e(function() return tostring() end), e(function() return rawset(1, 2, 3) end), e(function() return next({}, "x") end), e(function() return coroutine.resume(1) end)
--- the position of library functions in tail position
local f = function(s) return s .. "", string.rep(s, {}) end
local g = function(s) return table.concat({ s }) end
local h = function(s)
  return table.concat({ s })
end
local function use(f)
  local r = f({})
  return r
end
return (select(2, pcall(use, g)):match("^(.-:%d+:)")), (select(2, pcall(use, h)):match("^(.-:%d+:)"))
--- NUL in the text of an assertion
local function f(m) local x = assert(false, m) return x end
return select(2, pcall(f, "A\0z")), select(2, pcall(f, "\0")), select(2, pcall(f, "")), select(2, pcall(f, 12)), select(2, pcall(assert, nil, "a\0b")), select(2, pcall(assert, false, "a\0b", 1)), select(2, pcall(error, "a\0b")), select(2, pcall(f, "plain")), select(2, pcall(f))
--- a number stays a number where no position is asked for
local function kind(...) local ok, e = pcall(...) return type(e), e end
local level = tonumber("0")
return kind(function() error(42, level) end), kind(error, 42, 0), kind(error, 42, -1), kind(function() error(42, 0) end), kind(function() error(1.5, 1) end), kind(error, "7", 0)
--- an assertion with more than a message
local function raised(...) local list = { pcall(assert, ...) } return type(list[2]) .. " " .. (type(list[2]) == "table" and "" or tostring(list[2])) end
return raised(nil, "m", "x"), raised(nil, {}, "x"), raised(false, 12, "x"), raised(false, nil, "z"), raised(false, true, 5), raised(false, nil), raised(nil, {}, {}), select(2, pcall(function() assert(false, nil, "z") end)), select(2, pcall(function() assert(false, true, 7, "w") end)), select(2, pcall(function() assert(false, 12, "w") end))
