--- levels by a parameter
local function f(n) error("m", n) end
local function g(n) f(n) end
local function h(n) g(n) end
return select(2, pcall(h, 1)), select(2, pcall(h, 2)), select(2, pcall(h, 3)), select(2, pcall(h, 4)), select(2, pcall(h, 5)), select(2, pcall(h, 0)), select(2, pcall(h, -1)), select(2, pcall(h, 100)), select(2, pcall(h, "2")), select(2, pcall(h, nil)), select(2, pcall(h, {}))
--- levels through a tail call
local function f(n) error("m", n) end
local function g(n) return f(n) end
local function h(n) g(n) end
return select(2, pcall(h, 1)), select(2, pcall(h, 2)), select(2, pcall(h, 3)), select(2, pcall(h, 4))
--- levels of a tail call of error
local function f(n) return error("m", n) end
local function g(n) f(n) end
local function h(n)
  g(n)
end
return select(2, pcall(h, 1)), select(2, pcall(h, 2)), select(2, pcall(h, 3)), select(2, pcall(h, 4))
--- levels through pcall
local function f(n) pcall(function() end) error("m", n) end
local function h(n) local ok, e = pcall(f, n) error(e, 0) end
return select(2, pcall(h, 1)), select(2, pcall(h, 2)), select(2, pcall(h, 3)), select(2, pcall(h, 4)), select(2, pcall(h, 5)), select(2, pcall(h, 6))
--- levels after errors were caught
local function f(n) error("m", n) end
local function g(n)
  pcall(f, 1) pcall(f, {})
  f(n)
end
local function h(n)
  for i = 1, 3 do pcall(pcall, g, 2) end
  g(n)
end
return select(2, pcall(h, 2)), select(2, pcall(h, 3)), select(2, pcall(h, 4))
--- level 3 in a metamethod
local t = setmetatable({}, {__index = function(t, k) error("no " .. k, 3) end})
local function get() return t.x .. "" end
local function h()
  get()
end
return pcall(h)
--- level 3 in a comparison of sort
local function f() error("s", 3) end
return pcall(table.sort, {3, 2, 1}, function(a, b) f() end)
--- level 4 in a comparison of sort
local function f() error("s", 4) end
local function s()
  table.sort({3, 2, 1}, function(a, b) f() end)
end
return pcall(s)
--- levels in gsub
local function f(n) return function(s) error("s" .. s, n) end end
local function s(n)
  local x = string.gsub("abc", "%w", f(n))
  return x
end
return select(2, pcall(s, 1)), select(2, pcall(s, 2)), select(2, pcall(s, 3)), select(2, pcall(s, 4))
--- levels in a coroutine
local co = coroutine.create(function() local function f() error("s", 3) end
 f() end)
local function deep(n)
  local function f()
    coroutine.yield(1)
    error("s", n)
  end
  local function g()
    f()
  end
  g()
end
local function via(co, ...)
  local ok, e = coroutine.resume(co, ...)
  return e
end
local t = {}
for n = 1, 5 do
  local c = coroutine.create(deep)
  via(c, n)
  t[n] = tostring((via(c)))
end
return coroutine.resume(co), table.concat(t, ";")
--- levels with coroutine wrap
local gen = coroutine.wrap(function(n)
  while true do
    local ok, e = pcall(function() error("w", n) end)
    n = coroutine.yield(e)
  end
end)
local function go(n)
  local r = gen(n)
  return r
end
local function try(n)
  local function f() error("t", n) end
  local a = go(n)
  local ok, e = pcall(f)
  return a .. e
end
return try(1), try(2), try(3), try(4), try(5)
--- levels of a method
local C = {} C.__index = C
function C:check(n) error("bad", n) end
function C:run(n)
  self:check(n)
end
local o = setmetatable({}, C)
return select(2, pcall(o.run, o, 2)), select(2, pcall(function()
  o:run(3)
end))
--- a level that is no number
return pcall(function() error("x", {}) end), pcall(function() error({}, 3) end), pcall(function() error(nil, 3) end), pcall(function() error("x", 2.9) end)
--- levels and recursion
local function f(d, n) if d == 0 then error("r", n) end f(d - 1, n) return d end
return select(2, pcall(f, 5, 3)), select(2, pcall(f, 5, 7)), select(2, pcall(f, 5, 8))
--- a number that is raised with level 0 stays a number
local z = -0
local function f(...) return pcall(error, ...) end
local function kind(...) return type((select(2, ...))) end
return kind(pcall(error, 1, 0)), kind(pcall(error, 1, z)), kind(pcall(error, 1, 0.5)), kind(pcall(error, 1, "0")), kind(pcall(error, 1)), kind(pcall(error, 1, 1)),
  kind(pcall(error, 1, 7)), kind(f(1, -3, 4)), kind(f(1, z)), kind(pcall(function() error(1, z) end)), kind(pcall(function() error(1, 0) end)),
  kind(pcall(function() error(1) end)), kind(pcall(function(l) return error(1, l) end, 0)), kind(pcall(function(l) local x = error(1, l) end, z))
--- the level may be one of several values
local t = {"x", 0}
local function two() return "y", 0 end
local function raise(...) error(...) end
local function call(...) raise(...) end
return select(2, pcall(function() error(unpack(t)) end)), select(2, pcall(function() error(two()) end)), select(2, pcall(raise, "z", 0)),
  select(2, pcall(raise, "z", 2)), select(2, pcall(function(...) return error(...) end, "z", 0)), select(2, pcall(raise)),
  select(2, pcall(raise, "a")), select(2, pcall(raise, "a", nil)), select(2, pcall(raise, {}, 0)) ~= nil, select(2, pcall(call, "b", 1)),
  select(2, pcall(call, "b", 2)), select(2, pcall(call, 7, 0)), select(2, pcall(call, "b", "1")), select(2, pcall(function() error((two())) end)),
  select(2, pcall(function() error(tostring(5)) end)), select(2, pcall(raise, "a", {}))
--- error itself, pcall error 2
local function f() local a, b = pcall(error, "m", 2) return b end
return f()
--- error itself, pcall error default
local function f() local a, b = pcall(error, "m") return b end
return f()
--- error itself, pcall error 1
return pcall(error, "m", 1)
--- error itself, pcall error 3
local function f() local a, b = pcall(error, "m", 3) return b end
local function g() local r = f() return r end
return g()
--- error itself, pcall pcall error
local function f(n) local a, b, c = pcall(pcall, error, "m", n) return c end
return f(1), f(2), f(3), f(4), f(5), f(6)
--- error itself, tail pcall error
local function f(n) return pcall(error, "m", n) end
local function g(n) local a, r = f(n) return r end
return g(1), g(2), g(3), g(4), g(5)
--- error itself, tail pcall in closure
local t = { function(n) return pcall(error, "m", n) end }
local function g(n) local a, r = t[1](n) return r end
return g(1), g(2), g(3), g(4), g(5)
--- error itself, error as value
local function call(f, ...) f(...) end
local function g(...) local a, b = pcall(call, ...) return b end
return g(error, "m"), g(error, "m", 1), g(error, "m", 2), g(error, "m", 3), g(error, "m", 4), g(error, "m", 0)
--- error itself, error as tail value
local function call(f, ...) return f(...) end
local function g(...) local a, b = pcall(call, ...) return b end
return g(error, "m"), g(error, "m", 1), g(error, "m", 2), g(error, "m", 3), g(error, "m", 4), g(error, "m", 0)
--- error itself, error in a field
local t = { e = error }
local function f(n)
  t.e("m", n)
end
local function g(n) local a, b = pcall(f, n) return b end
return g(nil), g(1), g(2), g(3), g(4), g(0)
--- error itself, xpcall error
local function f(n) local a, b = xpcall(error, function(e) return e end, "m", n) return b end
return f(nil), f(1), f(2), f(3), f(4), f(5)
--- error itself, coroutine error
local function f(n) local a, b = coroutine.resume(coroutine.create(error), "m", n) return b end
return f(nil), f(1), f(2), f(3)
--- error itself, wrap error
local function f(n) local a, b = pcall(coroutine.wrap(error), "m", n) return b end
return f(nil), f(1), f(2), f(3)
--- error itself, gsub error
local function f() local a, b = pcall(string.gsub, "abc", "(a)(b)", error) return b end
return f()
--- error itself, gsub error 2
local function f() local a = string.gsub("a2", "(a)(2)", error) return a end
return pcall(f)
--- error itself, sort error
local function f() table.sort({ 2, 3, 1 }, error) end
return pcall(f)
--- error itself, metamethod error
local t = setmetatable({}, { __index = error })
local function f()
  local x = t[2]
end
local function g()
  local x = t.y
end
return select("#", pcall(f)), select("#", pcall(g))
--- error itself, for error
return pcall(function() for k in error, "m", 2 do end end)
--- error itself, for error 1
return pcall(function() for k in error, "m" do end end)
--- error itself, concat error
local s = setmetatable({}, { __concat = error, __add = error, __call = error, __unm = error })
return pcall(function() return "m" .. s end), pcall(function() local x = "m" .. s return x end), pcall(function() local x = 2 + s end), pcall(function() s(2) end)
--- error itself, pcall error table
return pcall(error, nil, 2)
--- error itself, assert as value
local function call(f, ...) f(...) end
local function g(...) local a, b = pcall(call, ...) return b end
return g(assert, false, "m"), g(assert, false), g(assert, nil, "x", "y"), g(assert)
--- error itself, select error
local t = { error, assert }
return pcall(function() t[1]("m", 1) end), pcall(function() t[1]("m", 2) end), pcall(function() t[2](false, "m") end), pcall(function() t[2](false) end)
--- error itself, alias with level
local fail = error
local function f() fail("m", 2) end
local function g()
  f()
end
return pcall(g)
--- error itself, or error
local function make(h)
  h = h or error
  return function(x) h(x, 2) end
end
local f = make()
local function g()
  f("n")
end
return pcall(g)
