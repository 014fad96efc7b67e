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
--- a text with a NUL that a wrapped coroutine raises ends there
local function raised(...) local args = {...} return select(2, pcall(coroutine.wrap(function() error(unpack(args)) end))) end
local inner = coroutine.wrap(function() error("A\0z") end)
local outer = coroutine.wrap(function() inner() end)
return raised("A\0z"), raised("A\0z", 0), raised("\0"), raised(5), raised("plain"), select(2, pcall(outer)),
  select(2, coroutine.resume(coroutine.create(function() error("A\0z") end)))
