--- numeric for
local t = {}
for i = 1, 3 do t[#t + 1] = i end
for i = 3, 1, -1 do t[#t + 1] = i end
for i = 1, 2, 0.5 do t[#t + 1] = i end
for i = 1, 0 do t[#t + 1] = "never" end
for i = 0.1, 0.5, 0.1 do t[#t + 1] = i end
for i = 10, 1, -4 do t[#t + 1] = i end
return table.concat(t, ",")
--- numeric for strings
local t = {}
for i = "1", "3" do t[#t + 1] = type(i) .. i end
for i = 1, "2" do t[#t + 1] = i end
for i = 4, 1, "-1" do t[#t + 1] = i end
return table.concat(t, ",")
--- numeric for errors
local function try(f) return (select(2, pcall(f))) end
local x, t = nil, {}
return try(function() for i = x, 1 do end end), try(function() for i = 1, t do end end), try(function() for i = 1, 2, x do end end), try(function() for i = "a", 2 do end end), try(function() for i = 1, "b" do end end), try(function() for i = {}, {} do end end)
--- loop variable assigned
local t = {}
for i = 1, 3 do i = i * 10 t[#t + 1] = i end
for i = 1, 3 do local i = i + 1 t[#t + 1] = i end
return table.concat(t, ",")
--- bounds evaluated once
local n, t = 3, {}
local function lim() t[#t + 1] = "lim" return n end
for i = 1, lim() do n = 10 t[#t + 1] = i end
for i = #t, #t + 1 do t[#t + 1] = i end
return table.concat(t, ",")
--- while with break
local i, t = 0, {}
while true do i = i + 1 if i == 3 then break end t[#t + 1] = i end
while i < 6 do i = i + 1 if i % 2 == 0 then t[#t + 1] = i end end
return table.concat(t, ","), i
--- repeat until
local i = 0
repeat i = i + 1 local done = i >= 3 until done
repeat local x = i i = i + 1 if i > 5 then break end until x > 100
return i
--- nested break
local t = {}
for i = 1, 3 do for j = 1, 3 do if j == 2 then break end t[#t + 1] = i * 10 + j end end
return table.concat(t, ",")
--- break in middle
for i = 1, 3 do do break end end
local n = 0
while true do n = n + 1 if n > 2 then do break end else n = n + 1 end end
return n
--- goto continue
local t = {}
for i = 1, 5 do
  if i % 2 == 0 then goto continue end
  t[#t + 1] = i
  ::continue::
end
for _, v in ipairs({1, 2, 3}) do
  if v == 2 then goto next end
  for j = 1, 2 do if j == 1 then goto next end t[#t + 1] = v * 10 + j ::next:: end
  ::next::
end
local i = 0
while i < 5 do i = i + 1 if i == 3 then goto cont end t[#t + 1] = i ::cont:: end
return table.concat(t, ",")
--- goto continue out of inner block
local t = {}
for i = 1, 3 do
  do local x = i if x == 2 then goto continue end t[#t + 1] = x end
  ::continue::
end
return table.concat(t, ",")
--- goto from inner loop
local t = {}
for i = 1, 3 do
  for j = 1, 3 do if j == 2 then goto continue end t[#t + 1] = i * 10 + j end
  ::continue::
end
return table.concat(t, ",")
--- pairs over array and map
local t, keys, sum = {10, 20, 30, x = 1, y = 2}, {}, 0
for k, v in pairs(t) do keys[#keys + 1] = tostring(k) sum = sum + v end
table.sort(keys)
return table.concat(keys, ","), sum
--- pairs clears while iterating
local t, n = {a = 1, b = 2, c = 3, 1, 2}, 0
for k in pairs(t) do t[k] = nil n = n + 1 end
return n, next(t)
--- ipairs stops at nil
local n = 0
for i, v in ipairs({1, 2, nil, 4}) do n = n + v end
for i, v in ipairs({}) do n = 100 end
return n
--- next by hand
local t, n = {5, 6, 7}, 0
local k, v = next(t)
while k do n = n + v k, v = next(t, k) end
return n, next({}), type(next), rawequal(t, t)
--- for in next
local n = 0
for k, v in next, {1, 2, 3} do n = n + k * v end
for k, v in next, {a = 4}, nil do n = n + v end
return n
--- stateless iterator
local function iter(max, i) i = i + 1 if i <= max then return i, i * i end end
local t = {}
for i, sq in iter, 3, 0 do t[#t + 1] = i .. ":" .. sq end
return table.concat(t, ",")
--- closure iterator
local function words(s) local i = 0 local list = {} for w in s:gmatch("%a+") do list[#list + 1] = w end return function() i = i + 1 return list[i], i end end
local t = {}
for w, i in words("the quick fox") do t[#t + 1] = i .. w end
return table.concat(t, ",")
--- iterator with many values
local function it(s, i) if i < 2 then return i + 1, "a", "b", nil, "d" end end
local t = {}
for i, a, b, c, d in it, nil, 0 do t[#t + 1] = i .. a .. b .. tostring(c) .. d end
return table.concat(t, ",")
--- for in errors
local function try(f) return (select(2, pcall(f))) end
local x, t = nil, {}
return try(function() for k in x do end end), try(function() for k in t do end end), try(function() for k in pairs(nil) do end end), try(function() for k in ipairs(nil) do end end), try(function() for k in 5 do end end), try(function() for k in pairs(x) do end end)
--- control variable of generic for assigned
local t = {}
for i, v in ipairs({"a", "b"}) do i = i * 10 v = v .. i t[#t + 1] = v end
return table.concat(t, ",")
--- gmatch
local t = {}
for k, v in string.gmatch("a=1, b=2", "(%w+)=(%w+)") do t[#t + 1] = k .. v end
for w in ("x y z"):gmatch("%a") do t[#t + 1] = w end
return table.concat(t, ",")
--- return inside loops
local function f(n) for i = 1, 10 do while true do repeat if i == n then return i * 2 end until true break end end return "none" end
return f(4), f(40)
--- while with side effects
local n = 0
local function next_() n = n + 1 return n < 4 and n or nil end
local t, v = {}, next_()
while v do t[#t + 1] = v v = next_() end
local s = "aXbXc"
local parts = {}
while s do local a, b = s:match("^(.-)X(.*)$") parts[#parts + 1] = a or s s = b end
return table.concat(t, ","), table.concat(parts, "|")
--- shadowed loop names
local i = 100
for i = 1, 2 do for i = i, 3 do i = i + 0 end end
for k, k in pairs({a = "b"}) do i = k end
return i
--- holes and length
local t = {1, 2, 3}
t[#t + 1] = 4
t[#t] = nil
local u = {n = 1}
u[1] = 1 u[2] = 2
local w = {1, 2, 3, nil}
local x = {}
for i = 1, 100 do x[i] = i end
for i = 100, 51, -1 do x[i] = nil end
return #t, #u, #w, #x, #{}, #{nil}, #{n = 3}
--- integer and other keys
local t = {}
t[1] = "a" t[1.0] = "b" t["1"] = "c" t[2^53] = "d" t[-1] = "e" t[0] = "f" t[1.5] = "g" t[true] = "h" t[false] = "i"
return t[1], t["1"], t[2^53], t[-1], t[0], t[1.5], t[true], t[false], t[nil], #t, t[-0]
--- table as keys
local a, b = {}, {}
local t = {[a] = 1, [b] = 2, [print] = 3}
return t[a], t[b], t[{}]
--- nested tables
local t = {a = {b = {c = {1, 2, {3}}}}, ["x y"] = 1, [10] = "ten", "first"; "second"}
t.a.b.d = t.a.b.c[3][1]
t["a"]["b"].e = "E"
return t.a.b.c[3][1], t.a.b.d, t["x y"], t[10], t[1], t[2], #t, t.a.b.e
--- table library
local t = {5, 2, 8}
table.insert(t, 1) table.insert(t, 1, 9)
table.sort(t)
local r = table.remove(t) local q = table.remove(t, 1)
table.sort(t, function(a, b) return a > b end)
return table.concat(t, ","), r, q, #t, unpack(t), select("#", unpack({}, 1, 3)), table.concat({}, ","), table.concat({1, 2, 3}, "-", 2, 3)
--- empty statements and breaks in mid-block
;;; local n = 0;;
do ;;; end
while true do n = n + 1; if n > 2 then break; n = 100 end; end
local s = "x"
local t = s
:upper()
local u = tostring
(t)
return n, t, u
--- a step of zero
local function run(f) local n = 0 f(function() n = n + 1 return n > 3 end) return n end
local r = {}
r[1] = run(function(stop) for j = 0, 3, 0 do if stop() then break end end end)
r[2] = run(function(stop) for j = 3, 0, 0 do if stop() then break end end end)
r[3] = run(function(stop) for j = 3, 0, -0 do if stop() then break end end end)
r[4] = run(function(stop) for j = 0, 3, -0 do if stop() then break end end end)
r[5] = run(function(stop) for j = 0, 3, 0.0 do if stop() then break end end end)
r[6] = run(function(stop) for j = 0, 3, 1-1 do if stop() then break end end end)
r[7] = run(function(stop) for j = 0, 3, "0" do if stop() then break end end end)
r[8] = run(function(stop) for j = 0, 3, "-0" do if stop() then break end end end)
return unpack(r)
--- a step of zero in variables
local function run(a, b, c) local n = 0 for j = a, b, c do n = n + 1 if n > 3 then break end end return n end
local z = 0
return run(0, 3, 0), run(3, 0, 0), run(3, 0, -z), run(0, 3, -z), run(0, 3, "0"), run(3, 0, "-0"), run(0, 3, "-0"), run(0,3,0/0), run(3,0,0/0)
--- a step of zero from a text
local z = tonumber("0")
local n, m, o, p = 0, 0, 0, 0
for j = 0, 3, z do n = n + 1 if n > 3 then break end end
for j = 0, 3, -z do m = m + 1 if m > 3 then break end end
for j = 3, 0, -z do o = o + 1 if o > 3 then break end end
for j = 3, 0, z do p = p + 1 if p > 3 then break end end
return n, m, o, p
--- line of an iterator that raises
local function f(...)
  for k in coroutine.wrap(function()
    error("x")
  end) do
  end
end
return pcall(f)
--- line of an iterator that is nil
local function f(t)
  for k in
    t
    .x
    .y
  do
  end
end
local function g(t)
  for k
  in t.x, {
    1
  }, nil
  do
  end
end
local function h(t)
  for k in next, {
    1
  }, "missing"
  do
  end
end
local function i(t)
  for k in pairs(
    nil
  )
  do
  end
end
local function j()
  for k in (function() 
   return 5
  end)() do end
end
return select(2, pcall(f, {x = {}})), select(2, pcall(g, {})), (select(2, pcall(h, {}))), select(2, pcall(i, {})), select(2, pcall(j))
