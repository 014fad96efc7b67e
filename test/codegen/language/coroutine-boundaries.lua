--- errors through resume
local co = coroutine.create(function(x) coroutine.yield(1) local t = x.y.z end)
local a, b = coroutine.resume(co, {})
local c, d = coroutine.resume(co)
local e, f = coroutine.resume(co)
local g, h = coroutine.resume(coroutine.create(function() error({code = 5}) end))
local i, j = coroutine.resume(coroutine.create(function() error("plain", 0) end))
local k, l = coroutine.resume(coroutine.create(function() error() end))
local m, n = coroutine.resume(coroutine.create(function() error("two", 2) end))
return a, b, c, d, e, f, coroutine.status(co), g, h.code, i, j, k, l, m, n
--- errors through wrap
local function e(f, ...) return (select(2, pcall(f, ...))) end
local w = coroutine.wrap(function() coroutine.yield(1) error("boom") end)
local first = w()
local second = e(function() local x = w() return x end)
local third = e(function() local x = w() return x end)
local fourth = e(w)
local fifth = e(coroutine.wrap(function() error({1, 2}) end))
local sixth = e(function() local x = coroutine.wrap(function() error(42) end)() return x end)
local seventh = e(function() local x = coroutine.wrap(function() error(nil) end)() return x end)
local eighth = e(function() for x in coroutine.wrap(function() coroutine.yield(1) error("in loop") end) do end end)
local ninth = e(function() local x = coroutine.wrap(function() local y = nil + 1 end)() return x end)
return first, second, third, fourth, fifth[2], sixth, seventh, eighth, ninth
--- finished wrap
local w = coroutine.wrap(function() return 1 end)
local a = w()
local ok, e = pcall(function() local x = w() return x end)
return a, ok, e
--- argument errors
local function e(f, ...) return (select(2, pcall(f, ...))) end
return e(function() local x = coroutine.create() end), e(function() local x = coroutine.create(1) end), e(function() local x = coroutine.wrap("x") end), e(function() local x = coroutine.resume() end), e(function() local x = coroutine.resume(1) end), e(function() local x = coroutine.status() end), e(function() local x = coroutine.status({}) end), e(coroutine.resume), e(coroutine.create, {}), e(coroutine.status, nil), e(coroutine.wrap), e(function() local x = coroutine.resume(nil, 1, 2) end)
--- resume itself and the one that resumed it
local outer
outer = coroutine.create(function()
  local self = coroutine.running()
  local a, b = coroutine.resume(self)
  local inner = coroutine.create(function() return coroutine.resume(outer) end)
  local _, c, d = coroutine.resume(inner)
  local w
  w = coroutine.wrap(function() return pcall(w) end)
  local x, y = w()
  return a, b, c, d, x, y, self == outer
end)
return coroutine.resume(outer)
--- status
local outer, inner, seen
outer = coroutine.create(function()
  inner = coroutine.create(function() seen = coroutine.status(outer) .. coroutine.status(inner) coroutine.yield() end)
  coroutine.resume(inner)
  seen = seen .. coroutine.status(inner)
  coroutine.resume(inner)
  seen = seen .. coroutine.status(inner)
end)
local before = coroutine.status(outer)
coroutine.resume(outer)
return before, seen, coroutine.status(outer)
--- running and isyieldable
local main, ismain = coroutine.running()
local co
co = coroutine.create(function()
  local r, m = coroutine.running()
  return r == co, m, coroutine.isyieldable(), coroutine.status(main), r == main, type(r)
end)
return type(main), ismain, main == coroutine.running(), coroutine.isyieldable(), coroutine.status(main), coroutine.resume(co)
--- type and tostring
local co = coroutine.create(function() end)
local t = {[co] = 1}
return type(co), tostring(co):match("^thread: 0x") , co == co, co ~= coroutine.create(function() end), t[co], type(coroutine.wrap(function() end)), rawequal(co, co), select(2, pcall(function() return co.x end)), select(2, pcall(function() co.x = 1 end)), select(2, pcall(function() return #co end)), select(2, pcall(function() return co + 1 end)), select(2, pcall(function() return co .. "" end)), select(2, pcall(function() return co < co end)), select(2, pcall(function() co() end)), select(2, pcall(function() co:x() end))
--- yield across pcall
local t = {}
local co = coroutine.create(function()
  local ok, e = pcall(function()
    t[#t + 1] = coroutine.yield("in pcall")
    error("after")
  end)
  t[#t + 1] = tostring(ok) .. e
  local a, b, c = pcall(coroutine.yield, 1, 2)
  t[#t + 1] = tostring(a) .. b .. c
  local x, y = xpcall(function() coroutine.yield("xp") error("E", 0) end, function(m) return "h" .. m end)
  t[#t + 1] = tostring(x) .. y
  return "finish"
end)
local function step(...) t[#t + 1] = select("#", ...) .. tostring(select(2, ...)) end
step(coroutine.resume(co))
step(coroutine.resume(co, "resumed"))
step(coroutine.resume(co, "p", "q"))
step(coroutine.resume(co))
return table.concat(t, " ")
--- yield in metamethods
local mt = {}
for _, name in ipairs({"__add", "__concat", "__unm", "__len", "__index", "__call"}) do mt[name] = function(a, b) return coroutine.yield(name) end end
mt.__eq = function() return coroutine.yield("__eq") end
mt.__lt = function() return coroutine.yield("__lt") end
mt.__le = function() return coroutine.yield("__le") end
mt.__newindex = function(t, k, v) coroutine.yield("__newindex" .. k) end
mt.__tostring = function() return "n" .. coroutine.yield("__tostring") end
local a, b = setmetatable({}, mt), setmetatable({}, mt)
local out = {}
local co = coroutine.wrap(function()
  out[1] = a + b
  out[2] = a .. b
  out[3] = -a
  out[4] = #a
  out[5] = a.field
  out[6] = a(1)
  out[7] = a == b
  out[8] = a < b
  out[9] = a <= b
  a.key = 1
  out[10] = tostring(a)
  return "done"
end)
local names, x = {}, co()
while x ~= "done" do names[#names + 1] = x x = co(#names) end
return table.concat(names, " "), out[1], out[2], out[3], out[4], out[5], out[6], out[7], out[8], out[9], out[10]
--- yield in pairs and iterators
local function iter(t, i) i = i + 1 coroutine.yield("step" .. i) if t[i] then return i, t[i] end end
local mt = {__pairs = function(t) coroutine.yield("pairs") return iter, {5, 6}, 0 end}
local co = coroutine.wrap(function()
  local sum = 0
  for i, v in iter, {1, 2, 3}, 0 do sum = sum + v coroutine.yield(sum) end
  for k, v in pairs(setmetatable({}, mt)) do sum = sum + v end
  for k, v in pairs({10, 20}) do coroutine.yield(k) sum = sum + v end
  for k, v in ipairs({10, 20}) do coroutine.yield(k) sum = sum + v end
  for w in ("a b c"):gmatch("%a") do coroutine.yield(w) end
  return "sum" .. sum
end)
local t = {}
repeat t[#t + 1] = co() until tostring(t[#t]):find("^sum%d")
return table.concat(t, " ")
--- yield across C boundaries
local function e(f) local co = coroutine.create(f) local a, b, c = coroutine.resume(co) return tostring(a) .. tostring(b) .. tostring(c) end
local mt = {__tostring = function() coroutine.yield() return "x" end, __lt = function() coroutine.yield() return true end}
local function object() return setmetatable({}, mt) end
return e(function() table.sort({3, 2, 1}, function(a, b) coroutine.yield() return a < b end) end),
  e(function() return pcall(table.sort, {3, 2, 1}, function(a, b) coroutine.yield() return a < b end) end),
  e(function() local s = ("abc"):gsub("%w", function(c) coroutine.yield(c) end) end),
  e(function() local s = ("abc"):gsub("%w", coroutine.yield) end),
  e(function() local s = ("abc"):gsub("%w", setmetatable({}, {__index = function() coroutine.yield(1) end})) end),
  e(function() table.sort({object(), object()}) end),
  e(function() local s = string.format("%s", object()) end),
  e(function() return xpcall(error, function() coroutine.yield(1) end) end),
  e(function() local s = ("abc"):gsub("%w", function(c) return tostring(coroutine.isyieldable()) end) return s, coroutine.isyieldable() end)
--- yields again after a boundary was left by an error
local co = coroutine.wrap(function()
  local ok = pcall(table.sort, {3, 2, 1}, function(a, b) error("x") end)
  local x = coroutine.yield("first")
  local ok2, e2 = pcall(string.gsub, "abc", "%w", function() coroutine.yield() end)
  local y = coroutine.yield("second")
  return tostring(ok) .. x .. tostring(ok2) .. e2 .. y
end)
return co(), co("1"), co("2")
--- coroutines inside C boundaries
local t = {3, 1, 2}
table.sort(t, function(a, b)
  local co = coroutine.wrap(function(x, y) coroutine.yield() return x < y end)
  co(a, b)
  return co()
end)
local s = ("abc"):gsub("%w", function(c) local co = coroutine.wrap(function(x) while true do x = coroutine.yield(x .. x) end end) co(c) return co("z") end)
return t[1], t[2], t[3], s
--- yield in foreach
local t = {}
local co = coroutine.wrap(function() table.foreachi({"a", "b"}, function(i, v) coroutine.yield(i .. v) end) return "finish" end)
return co(), co(), co()
--- error through nested coroutines
local co = coroutine.wrap(function() local w = coroutine.wrap(function() error("deep") end) w() end)
local ok, e = pcall(function() co() end)
return ok, e
--- recursion in coroutines
local function depth(n) if n == 0 then return coroutine.yield("bottom") end return 1 + depth(n - 1) end
local co = coroutine.create(depth)
local a, b = coroutine.resume(co, 200)
local c, d = coroutine.resume(co, 5)
return a, b, c, d
--- endless recursion in a coroutine
local function forever(n) return 1 + forever(n) end
local co = coroutine.create(forever)
local ok, e = coroutine.resume(co, 1)
local again, f = pcall(forever, 1)
return ok, e:match("stack overflow"), coroutine.status(co), again, f:match("stack overflow")
--- error after yield inside nested calls
local function level3(x) local v = coroutine.yield(x) return v.field.more end
local function level2(x) local r = level3(x) return r end
local co = coroutine.create(function(x) local r = level2(x) return r end)
local a, b = coroutine.resume(co, 1)
local c, d = coroutine.resume(co, {})
return a, b, c, d
