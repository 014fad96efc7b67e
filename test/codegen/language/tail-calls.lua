--- a function value calls itself
local deep
deep = function(n) if n > 0 then return deep(n - 1) end return "stop" end
return deep(30000)
--- a method calls itself
local a = {}
function a:deep(n) if n > 0 then return self:deep(n - 1) else return 101 end end
return a:deep(30000)
--- functions call each other
local even, odd
function even(n) if n == 0 then return true end return odd(n - 1) end
function odd(n) if n == 0 then return false end return even(n - 1) end
local t = { even, odd }
return even(20001), odd(20001), t[1](10)
--- with many arguments and results
local f
f = function(n, ...)
  if n == 0 then return n, select("#", ...), ... end
  return f(n - 1, n, ...)
end
return f(5)
--- through pcall and iterators
local function it(s, i) if i < 3 then return (function(x) return x, x * 2 end)(i + 1) end end
local sum = 0
for i, v in (function() return it, nil, 0 end)() do sum = sum + v end
local id = function(...) return ... end
local function call(...) return id(...) end
return sum, pcall(call, 1, nil, 3)
--- what is no function
local n = 1
local f = function() return n() end
return pcall(f)
--- what can be called
local object = setmetatable({}, { __call = function(self, a, b) return b, a end })
local f = function(...) return object(...) end
return f(1, 2)
--- error in tail position
local function f() return error("x") end
local function g()
  local a = f()
  return a
end
local values = { f = function() return error("y") end }
return select(2, pcall(g)), select(2, pcall(f)), select(2, pcall(function()
  local x = values.f()
  return x
end))
--- assert in tail position
local function f(v) return assert(v, "m") end
local function g()
  local a = f(false)
  return a
end
return f(1), select(2, pcall(g)), select(2, pcall(f)), pcall(function() return assert(false) end)
--- error of level 2 through tail calls
local function check(x) if not x then error("need", 2) end return x end
local function f(x) return check(x) end
local function g(x)
  local a = f(x)
  return a
end
local h = function(x) return check(x) end
return g(1), select(2, pcall(g)), select(2, pcall(f)), select(2, pcall(function()
  local y = h(false)
  return y
end))
--- error in tail position of parentheses is none
local function f() return (error("x")) end
return pcall(f)
--- method of a library in tail position
local function f(s, n) return s:rep(n) end
local g = function(s) return s:upper() end
return f("ab", 3), g("x")
--- tail of a plain function
local function g(x) return string.rep(x) end
local function h(x)
  local r = g(x)
  return r
end
return pcall(h, {}), pcall(h, "x")
--- tail of a tail of a plain function
local function g(x) return string.rep(x, 2) end
local function h(x)
  return g(x)
end
local function i(x)
  local r = h(x)
  return r
end
return pcall(i, {}), pcall(i, "x")
--- tail in a plain function by other functions
local function c(t) return table.concat(t, ",") end
local function f(x) return string.format("%d", x) end
local function n(x) return tonumber(x, 99) end
local function m(x) return math.floor(x) end
local function u(t) return unpack(t) end
local function su(x) return (x .. ""):sub(x, x) end
local function e(k, x)
  local r
  if k == 1 then r = c(x) end
  if k == 2 then r = f(x) end
  if k == 3 then r = n(x) end
  if k == 4 then r = m(x) end
  if k == 5 then r = u(x) end
  if k == 7 then r = su(x) end
  return r
end
return select(2, pcall(e, 1, { {} })), select(2, pcall(e, 1, 5)), select(2, pcall(e, 2, "x")), select(2, pcall(e, 3, "1")), select(2, pcall(e, 4, {})), select(2, pcall(e, 5, nil)), select(2, pcall(e, 7, "x"))
--- tail with a constant pattern
local function g(x) return x:match("^%d+$") end
local function t(x) return (tostring(x):gsub("a", "b")) end
local function h(x)
  local r = g(x)
  return r, t(x)
end
return pcall(h, "12"), pcall(h, {})
--- tail of a value
local q = string.rep
local t = { function(x) return q(x) end }
return pcall(function()
  local f = t[1]
  local r = f({})
  return r
end)
--- a plain function calls itself
local function sum(n, total, last)
  if n == 0 then return total, last end
  for i = 1, 3 do
    while true do
      if n % 2 == 0 then return sum(n - 1, total + n, nil) end
      break
    end
  end
  return sum(n - 1, n + total, "x" .. n)
end
return sum(30001, 0)
--- a plain function calls itself with its arguments changed about
local function swap(a, b, n) if n == 0 then return a, b end return swap(b, a, n - 1) end
local function few(n, m)
  if n == 0 then return m end
  if n == 5 then return few(n - 1) end
  return few(n - 1, m or n, print("extra"))
end
return few(7, 1), swap("a", "b", 30001)
--- a plain function calls itself and gives nothing
local function void(n) if n == 0 then print("end") return end return void(n - 1) end
local function nothing(n) if n > 0 then return nothing(n - 1) end end
return select("#", void(30000)), select("#", nothing(30000))
--- a plain function calls itself, its variables shared by closures
local list = {}
local function make(n)
  local m = n * 2
  if n == 0 then return #list end
  list[#list + 1] = function() n = n + 1 return n end
  list[#list + 1] = function() m = m + 1 return m + n end
  return make(n - 1)
end
return make(4), list[1](), list[2](), list[3](), list[4](), list[1]()
--- a plain function calls itself, and errors name who called it first
local function fail(n)
  if n == 0 then error("up", 2) end
  return fail(n - 1)
end
return pcall(function()
  fail(3)
end)
--- a plain function calls itself in tail position and elsewhere
local function both(n)
  local i = 0
  ::again::
  i = i + 1
  if i < 3 then goto again end
  if n == 0 then return i end
  if n % 2 == 0 then return both(n - 1) end
  return (both(n - 1)) + 1
end
return both(101)
--- plain functions call each other
local odd
local function even(n) if n == 0 then return true end return odd(n - 1) end
function odd(n) if n == 0 then return false end return even(n - 1) end
return (even(30001))
--- a plain function between others
local function bounce(f, n) return f(n) end
local down
down = function(n) if n == 0 then return "down" end return bounce(down, n - 1) end
local o = {}
local function back(x, n) return x:back(n) end
function o:back(n) if n == 0 then return "back" end return back(self, n - 1) end
return down(30000), o:back(30000)
--- a method of anything, called last by a plain function
local function last(x)
  return x:m()
end
local function caller(x)
  local v = last(x)
  return v
end
local texts = {}
for _, x in ipairs({ {}, { m = 1 }, { m = function() error("in m", 2) end }, { m = function(self) self.none.x = 1 end }, { m = string.rep } }) do
  texts[#texts + 1] = select(2, pcall(caller, x))
end
texts[#texts + 1] = select(2, pcall(caller, "text"))
texts[#texts + 1] = select(2, pcall(caller, nil))
return table.concat(texts, "\n")
--- a method of a string, called last by a plain function
local function last(x, ...)
  return x:rep(...)
end
local function plain(x, y)
  return x:rep(y)
end
local function caller(f, x, y)

  local v = f == 1 and plain(x, y) or last(x, y)
  return v
end
return select(2, pcall(caller, 1, "a", {})), select(2, pcall(caller, 2, "a", {})), select(2, pcall(caller, 1, "a")),
  select(2, pcall(caller, 2, "a")), select(2, pcall(caller, 1, {}))
--- a function, called last by plain functions
local function last(f, a, b)
  return f(a, b)
end
local function between(f, a, b)
  return last(f, a, b)
end
local function caller(f, a, b)
  local v = between(f, a, b)

  return v, last(f, a, b, a, b)
end
return select(2, pcall(caller, 1)), select(2, pcall(caller, function(a) error(a, 2) end, "up")),
  select(2, pcall(caller, setmetatable({}, { __call = function(self, a) error(a, 1) end }), "called"))
