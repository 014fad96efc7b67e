--- values both ways
local co = coroutine.create(function(a, b, ...)
  local c, d = coroutine.yield(a + b, ...)
  local e = coroutine.yield(c, d, "more")
  return e, nil, 3
end)
local t = {}
local function put(...) t[#t + 1] = select("#", ...) .. ":" .. tostring((...)) .. "," .. tostring((select(2, ...))) .. "," .. tostring((select(4, ...))) end
put(coroutine.resume(co, 1, 2, "x", "y"))
put(coroutine.resume(co, "c"))
put(coroutine.status(co))
put(coroutine.resume(co))
put(coroutine.status(co))
put(coroutine.resume(co))
put(coroutine.resume(co, 1))
return table.concat(t, " ")
--- many values
local co = coroutine.wrap(function(...)
  local n = select("#", ...)
  while true do n = select("#", coroutine.yield(n, ...)) end
end)
local r = {co(1, 2, 3, 4, 5, nil, nil)}
local s = {co(1, 2, 3, 4)}
local u = {co()}
local v = {co(nil)}
local w = {co(1, nil, nil, nil, nil)}
return #r, r[1], r[5], r[6], s[1], s[5], u[1], v[1], w[1], w[6]
--- yield gives resume values
local got = {}
local co = coroutine.wrap(function(...)
  got[1] = select("#", ...)
  got[2] = select("#", coroutine.yield())
  got[3] = select("#", coroutine.yield(1, 2))
  got[4] = {coroutine.yield(1, 2, 3, 4, 5)}
  return
end)
co() co(nil) co(1, 2, 3, 4, 5)
local r = {co("a", "b", "c", "d", "e")}
return got[1], got[2], got[3], #got[4], got[4][5], #r
--- generator as iterator
local function range(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i, i * i) end end) end
local sum, squares = 0, 0
for i, s in range(10) do sum = sum + i squares = squares + s end
local t = {}
for a, b, c in coroutine.wrap(function() coroutine.yield(1, 2, 3) coroutine.yield("x", nil, "z") end) do t[#t + 1] = tostring(a) .. tostring(b) .. tostring(c) end
return sum, squares, table.concat(t, ",")
--- permutations
local function permgen(a, n)
  if n == 0 then coroutine.yield(a) else
    for i = 1, n do
      a[n], a[i] = a[i], a[n]
      permgen(a, n - 1)
      a[n], a[i] = a[i], a[n]
    end
  end
end
local t = {}
for p in coroutine.wrap(function() permgen({"a", "b", "c"}, 3) end) do t[#t + 1] = table.concat(p) end
return table.concat(t, " ")
--- producer consumer
local function producer(list) return coroutine.create(function() for _, v in ipairs(list) do coroutine.yield(v) end end) end
local function filter(prod) return coroutine.create(function()
  local n = 1
  while true do
    local _, v = coroutine.resume(prod)
    if not v then return end
    coroutine.yield(string.format("%d %s", n, v))
    n = n + 1
  end
end) end
local f, out = filter(producer({"a", "b", "c"})), {}
while true do
  local ok, v = coroutine.resume(f)
  if not v then break end
  out[#out + 1] = v
end
return table.concat(out, "|"), coroutine.status(f)
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
--- coroutines within coroutines
local function nest(n)
  if n == 0 then coroutine.yield("bottom") return 0 end
  local co = coroutine.wrap(nest)
  local x = co(n - 1)
  coroutine.yield(x .. n)
  return n
end
local co = coroutine.wrap(nest)
return co(5), co()
--- nested deep
local function nest(n) if n == 0 then return 0 end return 1 + coroutine.wrap(nest)(n - 1) end
return nest(150)
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
--- shared upvalues
local n = 0
local function counter() return coroutine.wrap(function() while true do n = n + 1 coroutine.yield(n) end end) end
local a, b = counter(), counter()
return a(), b(), a(), a(), b(), n
--- loops and locals survive
local co = coroutine.wrap(function(a)
  local s, t, x = "s", {}, nil
  for i = 1, 3 do
    local y = i * 2
    repeat
      local z = coroutine.yield(i, y, s, #t, x)
      t[#t + 1] = z
      x = z
      s = s .. z
    until z
  end
  while #t < 5 do t[#t + 1] = coroutine.yield(#t) end
  return table.concat(t, "-")
end)
local out = {}
for i = 1, 6 do out[#out + 1] = table.concat({tostring((co("v" .. i)))}, ",") end
return table.concat(out, " ")
--- yield in expressions
local co = coroutine.wrap(function()
  local t = {coroutine.yield(1), k = coroutine.yield(2), coroutine.yield(3)}
  local x = coroutine.yield(4) + coroutine.yield(5) * 2
  local s = "a" .. coroutine.yield(6) .. "b" .. coroutine.yield(7)
  local f = coroutine.yield(8) and coroutine.yield(9) or coroutine.yield(10)
  t[coroutine.yield(11)] = coroutine.yield(12)
  local function g(...) return select("#", ...) end
  local n = g(coroutine.yield(13), coroutine.yield(14))
  if coroutine.yield(15) then x = x + 1 end
  return t[1], t.k, t[2], x, s, f, t.key, n
end)
local values = {10, 20, 30, 1, 2, "p", "q", false, "never", "key", "val"}
co()
co(10) co(20) co(30, 31) co(1) co(2) co("p") co("q") co(false) co("f") co("key") co("val") co("a", "b") co("c", "d")
return co(true)
--- yield in varargs and tail position
local function tail(...) return coroutine.yield(...) end
local co = coroutine.wrap(function(...) return tail(select(2, ...)) end)
local a, b = co(1, 2, 3)
local c, d, e = co("x", "y", "z")
return a, b, c, d, e
--- library functions as values
local create, resume, yield, status = coroutine.create, coroutine.resume, coroutine.yield, coroutine.status
local co = create(yield)
local a, b, c = resume(co, 1, 2)
local d, e = resume(co, "r")
local f = {coroutine.wrap, coroutine.yield}
local g = f[1](f[2])
return a, b, c, d, e, status(co), g(7), pcall(resume, co)
--- coroutine of a library function
local co = coroutine.create(string.rep)
local w = coroutine.wrap(pcall)
return coroutine.resume(co, "ab", 3), w(error, "x")
--- unfinished ones are dropped
local n = 0
for i = 1, 2000 do
  local co = coroutine.wrap(function() local t = {i} coroutine.yield(t) n = n + 1 end)
  n = n + co()[1]
end
return n
--- scheduler
local log, tasks = {}, {}
local function spawn(f, ...) local co = coroutine.create(f) tasks[#tasks + 1] = {co, ...} end
for name, n in ipairs({3, 1, 2}) do spawn(function(id, count) for i = 1, count do log[#log + 1] = id .. i coroutine.yield() end log[#log + 1] = id .. "end" end, name, n) end
while #tasks > 0 do
  for i = #tasks, 1, -1 do
    local t = tasks[i]
    coroutine.resume(t[1], t[2], t[3])
    if coroutine.status(t[1]) == "dead" then table.remove(tasks, i) end
  end
end
return table.concat(log, " ")
--- error after yield inside nested calls
local function level3(x) local v = coroutine.yield(x) return v.field.more end
local function level2(x) local r = level3(x) return r end
local co = coroutine.create(function(x) local r = level2(x) return r end)
local a, b = coroutine.resume(co, 1)
local c, d = coroutine.resume(co, {})
return a, b, c, d
--- garbage strings across yields
local co = coroutine.wrap(function(s)
  for i = 1, 5 do
    local parts = {}
    for j = 1, i do parts[j] = s .. j end
    s = coroutine.yield(table.concat(parts, ",")) .. i
  end
  return s
end)
return co("a"), co("bb"), co("ccc"), co("d"), co("e"), co("f")
--- wrap in wrap as iterator
local function tree(t) if t then tree(t[1]) coroutine.yield(t.v) tree(t[2]) end end
local function walk(t) return coroutine.wrap(function() tree(t) end) end
local root = {{{nil, nil, v = 1}, nil, v = 2}, {nil, {nil, nil, v = 5}, v = 4}, v = 3}
local a, b = {}, walk(root)
for v in walk(root) do a[#a + 1] = v .. ":" .. tostring(b()) end
return table.concat(a, " ")
