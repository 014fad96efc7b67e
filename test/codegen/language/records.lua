--- fields are read and written
local p = {x = 1, y = 2, ["name"] = "p"}
p.x = p.x + p.y
p["y"] = p.name .. p.x
p.x, p.y = p.y, p.x
return p.x, p.y, p.name, p.missing
--- values in the order of the text calls cut to one value
local log = {}
local function f(v) log[#log + 1] = v return v, v * 2 end
local t = {a = f(1), b = f(2), c = (f(3)), d = select("#", f(4))}
return t.a, t.b, t.c, t.d, table.concat(log, ",")
--- a field made later by assignment and by function statement
local m = {}
m.limit = 10
function m.below(n) return n < m.limit end
m.twice = function(n) if n > 100 then return m.twice(n - 1) end return n * 2 end
return m.below(9), m.below(10), m.twice(4), m.twice(102)
--- called before it is there
local m = {}
local function later() return m.f(1) end
local ok, message = pcall(later)
function m.f(n) return n + 1 end
return ok, message, later()
--- functions that call each other
local m = {}
function m.even(n) if n == 0 then return true end return m.odd(n - 1) end
function m.odd(n) if n == 0 then return false end return m.even(n - 1) end
return m.even(10), m.odd(10)
--- a function that is replaced
local m = {}
function m.f() return 1 end
local first = m.f()
function m.f() return 2 end
return first, m.f()
--- a function that is taken as a value
local m = {f = function(a) return a + 1 end}
local f = m.f
return f(1), m.f(2), pcall(m.f, 3)
--- a field that refers to itself
local m = {}
m.n = m.n or 5
m.n = (m.n or 0) + 1
return m.n
--- shared with closures
local s = {count = 0, last = "none"}
local function hit(name) s.count = s.count + 1 s.last = name return s.count end
hit("a")
local n = s.count + hit("b")
return n, s.count + hit("c"), s.last
--- a new one in every turn
local fs = {}
for i = 1, 3 do
  local box = {value = i}
  box.more = (box.more or 0) + box.value
  fs[i] = function() box.value = box.value + box.more return box.value end
end
return fs[1](), fs[1](), fs[2](), fs[3]()
--- records in records
local config = {limits = {burst = 20, names = {first = "a"}}, on = true}
config.limits.burst = config.limits.burst + 1
config.limits.extra = {deep = "d"}
return config.limits.burst, config.limits.names.first, config.limits.extra.deep, config.on
--- a record that becomes something else
local config = {limits = {burst = 20}}
config.limits = {burst = 3}
local other = config.limits
return other.burst, config.limits.burst
--- what leaves is a table
local t = {a = 1}
local u = {t = t}
t.b = 2
local n = 0
for k in pairs(u.t) do n = n + 1 end
return n, u.t.b, #t
--- texts of errors
local t = {n = 5, s = "x", f = false}
local u = {}
return pcall(function() return t.n.x end), pcall(function() return t.s + 1 end), pcall(function() return t.f .. "a" end),
  pcall(function() return u.missing.x end), pcall(function() return u.g() end), pcall(function() t.n() end),
  pcall(function() t.none.x = 1 end), pcall(function() return t.n < t.s end), pcall(function() return -t.none end)
--- texts of errors in the chunk itself
local ok, message = pcall(function()
  local t = {n = 5, s = {}}
  return t.n + t.s
end)
local ok2, message2 = pcall(function()
  local t = {n = 5}
  return t.n.a.b
end)
return message, message2
--- the first of two operands is read before the second is called
local t = {n = 1}
local function bump() t.n = t.n + 10 return t.n end
return t.n + bump(), t.n .. bump(), t.n < bump(), ({t.n, bump()})[1]
--- assigned together
local t = {a = 1, b = 2, c = 3}
t.a, t.b, t.c = t.c, t.a, t.b
local function two() return 7, 8 end
t.a, t.d = two()
return t.a, t.b, t.c, t.d
--- in branches and loops
local t = {total = 0}
for i = 1, 4 do
  if i % 2 == 0 then t.even = (t.even or 0) + i else t.odd = i end
  t.total = t.total + i
end
return t.total, t.even, t.odd
--- names that are words elsewhere
local t = {class = 1, ["new"] = 2, ["content-type"] = "a", ["x y"] = 3, [""] = 4}
t.type = "b"
return t.class, t["new"], t["content-type"], t["x y"], t[""], t.type
--- the same name twice in the constructor
local t = {a = 1, a = 2}
return t.a
--- a name in between
local t_a = "outer"
local t = {a = "field"}
return t_a, t.a
--- nothing given
local t = {}
t.a = nil
return t.a, t.b == nil, (t.a or "default")
--- varargs and parentheses
local function f(...)
  local t = {first = ..., rest = select("#", ...)}
  return t.first, t.rest
end
return f("a", "b", "c"), f()
--- a jump over the first assignment
local t = {}
local n = 0
::again::
n = n + 1
if t.seen then goto done end
t.seen = n
if n < 3 then goto again end
::done::
return t.seen, n
--- library functions in fields
local s = {fmt = string.format, up = string.upper}
return s.fmt("%d-%s", 3, "x"), s.up("abc")
--- methods keep the table
local m = {base = 10}
function m:add(n) self.base = self.base + n return self.base end
return m:add(5), m.base
--- recursion with a record in each call
local function depth(n)
  local frame = {n = n}
  if n == 0 then return 0 end
  local below = depth(n - 1)
  return below + frame.n
end
return depth(10)
