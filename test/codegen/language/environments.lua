--- the environment of a function that is known by name
local function f() return x end
local same = getfenv(f) == _G
local a, b, c = setfenv(f, { x = 12 }) == f, f(), getfenv(f).x
x = 5
return same, a, b, c, f(), x
--- the environment of the running function
local function g()
  local out = print
  setfenv(1, setmetatable({}, { __index = _G }))
  y = 7
  local function h() z = 1 return y end
  local k = function() return y end
  out(h(), k(), z, getfenv(1).y, getfenv().z, rawget(getfenv(1), "print"))
  local list = { function() return z end }
  return list[1](), ({ pcall(function() return no.field end) })[2]
end
return g()
--- nothing but what the environment holds
local results = { pcall(function() setfenv(1, {}) foo() end) }
results[3] = select(2, pcall(function() setfenv(1, {}) return foo.bar end))
results[4] = select(2, pcall(function() setfenv(1, {}) setfenv(1, {}) end))
results[5] = select(2, pcall(function() setfenv(1, {}) return getfenv() end))
results[6] = select(2, pcall(function() setfenv(1, 1) end))
results[7] = select(2, pcall(function() local function q() end setfenv(q, nil) end))
return unpack(results)
--- each closure has an environment of its own
local made = {}
for i = 1, 3 do
  local function f() n = (n or 0) + i return n end
  setfenv(f, {})
  made[i] = f
end
return made[1](), made[1](), made[2](), made[3](), n
--- a function that was made before keeps its environment
local before, after
local function g()
  before = function() return v end
  setfenv(1, { v = "new" })
  after = function() return v end
end
v = "old"
g()
return before(), after(), v
--- an environment in front of the globals
local function module()
  setfenv(1, setmetatable({}, { __index = _G }))
  total = 0
  function add(n) total = total + n return total end
  local co = coroutine.wrap(function() last = total coroutine.yield(last) return add(1) end)
  return add(2), co(), co(), rawget(_G, "total"), rawget(_G, "add"), string.format("%d", last)
end
return module()
--- the environment of another function (refused: library.setfenv)
local list = { function() return x end }
setfenv(list[1], {})
--- an environment by its level (refused: library.setfenv)
local function f() setfenv(2, {}) end
f()
