--- multiple assignment swaps
local a, b = 1, 2
a, b = b, a
return a, b
--- multiple assignment order
local log = {}
local function v(x) log[#log + 1] = x return x end
local t = {}
t[v(1)], t[v(2)] = v(3), v(4)
return table.concat(log, ","), t[1], t[2]
--- assignment same target
local a
a, a = 1, 2
return a
--- assignment index uses old
local i, t = 1, {}
i, t[i] = i + 1, 20
return i, t[1], t[2]
--- assignment calls spread
local function f() return 1, 2, 3 end
local a, b, c, d = f()
local x, y = (f())
local p, q, r = f(), 10
local m, n, o, s = 0, f()
return a, b, c, d, x, y, p, q, r, m, n, o, s
--- fewer and more values
local a, b, c = 1
local d, e = 1, 2, 3
return a, b, c, d, e
--- call argument order
local log = {}
local function v(x) log[#log + 1] = x return x end
local function g(...) return select("#", ...) end
g(v(1), v(2), v(3), v(4), v(5))
local t = {f = function(self, a, b) return a + b end}
local r = t:f(v(6), v(7))
return table.concat(log, ","), r
--- constructor order
local log = {}
local function v(x) log[#log + 1] = x return x end
local t = {v(1), a = v(2), v(3), [v(4)] = v(5), v(6)}
return table.concat(log, ","), #t, t[1], t[2], t[3], t[4], t.a
--- concat failing operand
local log = {}
local function v(x) log[#log + 1] = tostring(x) return x end
local ok, e = pcall(function() return v("a") .. v(nil) .. v("c") end)
return ok, e, table.concat(log, ",")
--- concat tables fail
local x = {}
local ok, e = pcall(function() return "a" .. x end)
local ok2, e2 = pcall(function() return x .. "a" end)
local ok3, e3 = pcall(function() return 1 .. x.y end)
local ok4, e4 = pcall(function() return x.y .. 1 end)
return e, e2, e3, e4
--- arithmetic failing operands
local x, s, t = nil, "abc", {}
local function try(f) local ok, e = pcall(f) return e end
return try(function() return x + 1 end), try(function() return 1 + x end), try(function() return s * 2 end), try(function() return 2 - t end), try(function() return -t end), try(function() return -s end), try(function() return t.a.b end), try(function() return t.a + 1 end), try(function() return undefinedglobal + 1 end), try(function() return t[1] ^ 2 end), try(function() return x % t end), try(function() return ("a") / 1 end)
--- local errors
local x, t = nil, {}
local e1 = select(2, pcall(function() local y; return y.z end))
local e2 = select(2, pcall(function() local y; y.z = 1 end))
local e3 = select(2, pcall(function() local y; y() end))
local e4 = select(2, pcall(function() local y = {}; y.a.b = 1 end))
local e5 = select(2, pcall(function() local y = {}; y.a() end))
local e6 = select(2, pcall(function() local y = {}; y:a() end))
local e7 = select(2, pcall(function() local y; y:a() end))
local e8 = select(2, pcall(function() local y; return #y end))
local e9 = select(2, pcall(function() local y = 5; return #y end))
local e10 = select(2, pcall(function() return x.a end))
local e11 = select(2, pcall(function() x() end))
local e12 = select(2, pcall(function() return t.a.b.c end))
local e13 = select(2, pcall(function() nothing() end))
local e14 = select(2, pcall(function() nothing.a() end))
local e15 = select(2, pcall(function() return nothing.a end))
local e16 = select(2, pcall(function() t[nil] = 1 end))
local e17 = select(2, pcall(function() t[0/0] = 1 end))
local e18 = select(2, pcall(function() return t[1].x end))
local e19 = select(2, pcall(function() ("x")() end))
local e20 = select(2, pcall(function() ("x"):nope() end))
return e1, e2, e3, e4, e5, e6, e7, e8, e9, e10, e11, e12, e13, e14, e15, e16, e17, e18, e19, e20
--- compare errors
local t, s, n = {}, "a", nil
local function try(f) local ok, e = pcall(f) return e end
return try(function() return t < t end), try(function() return t < 1 end), try(function() return 1 < s end), try(function() return s < 1 end), try(function() return n < 1 end), try(function() return 1 < n end), try(function() return s <= n end), try(function() return s > n end), try(function() return n >= 1 end), try(function() return true < false end), try(function() return 1 > s end)
--- comparison order with effects
local log = {}
local function v(x) log[#log + 1] = x return x end
local r = {v(1) < v(2), v(3) > v(4), v(5) <= v(6), v(7) >= v(8), v(9) == v(10)}
return table.concat(log, ",")
--- index evaluated before failing
local log = {}
local function v(x) log[#log + 1] = tostring(x) return x end
local ok, e = pcall(function() return v(nil)[v(1)] end)
local ok2, e2 = pcall(function() local n; n[v(2)] = v(3) end)
local ok3, e3 = pcall(function() local n; n(v(4)) end)
local ok4, e4 = pcall(function() local n; n:m(v(5)) end)
local ok5, e5 = pcall(function() local n = {}; n.m(v(6)) end)
local ok6, e6 = pcall(function() local n = {}; n:m(v(7)) end)
local ok7, e7 = pcall(function() local n; n.a = v(8) end)
return table.concat(log, ","), e, e2, e3, e4, e5, e6, e7
--- arithmetic order
local log = {}
local function v(x) log[#log + 1] = tostring(x) return x end
local ok, e = pcall(function() return v(true) + v(2) * v(3) end)
local ok2, e2 = pcall(function() return v(1) + v("x") + v(3) end)
return table.concat(log, ","), e, e2
--- operand changed by later call
local x = 1
local function bump() x = x + 1 return x end
local a = x + bump()
local b = bump() + x
local t = {x, bump(), x}
local s = x .. bump() .. x
local function g(a, b, c) return a * 100 + b * 10 + c end
return a, b, t[1], t[2], t[3], s, g(x, bump(), x)
--- return order
local x = 1
local function bump() x = x + 1 return x end
return x, bump(), x, bump()
--- and or with effects
local log = {}
local function v(x) log[#log + 1] = tostring(x) return x end
local r = v(false) and v(1) or v(nil) or v(2) and v(3)
return r, table.concat(log, ",")

--- multiple assignment keeps its order
local log = {}
local function at(name, value) log[#log + 1] = name; return value end
local a, b, c = 1, 2, 3
a, b, c = b, c, a
log[#log + 1] = a .. b .. c
a, b = b, a
log[#log + 1] = a .. b
a, b, c = b, a + b, c
log[#log + 1] = a .. "," .. b .. "," .. c
c, b, a = b, a, 7
log[#log + 1] = a .. "," .. b .. "," .. c
a, b = a
log[#log + 1] = a .. "," .. tostring(b)
a, a = 1, 2
log[#log + 1] = a
local t = { 10, 20, 30 }
local i = 1
i, t[i] = i + 1, 99
t[i], t[i + 1] = t[i + 1], t[i]
log[#log + 1] = i .. "," .. table.concat(t, " ")
t[at("k1", 1)], t[at("k2", 2)] = at("v1", 5), at("v2", 6), at("v3", 7)
t[1], t[2] = at("w1", t[2]), at("w2", t[1]), at("w3")
log[#log + 1] = table.concat(t, " ")
t, t.next = { "new" }, t
log[#log + 1] = t[1] .. tostring(t.next)
local function two(x) return x, x + 1 end
local p, q, r = at("p", 1), two(at("two", 5))
log[#log + 1] = p .. "," .. q .. "," .. r
p, q, r = at("p2", r), two(p)
log[#log + 1] = p .. "," .. q .. "," .. r
p, q = at("p3", 4), at("q3", 5), two(at("late", 1))
local only = at("only", 1), at("dropped", 2)
local shared, other = 1, 2
local function bump() shared = shared + 10; return shared end
shared, other = other, shared
other, shared = shared, bump()
log[#log + 1] = shared .. "," .. other
shared, other = bump(), shared
log[#log + 1] = shared .. "," .. other .. "," .. p .. q .. only
a, b = at("a", b), 8
log[#log + 1] = a .. "," .. b
a, b = a, at("b", a)
log[#log + 1] = a .. "," .. b
a, b = at("a", b), a
log[#log + 1] = a .. "," .. b
local first, second = "x", nil
first, second = second, first
log[#log + 1] = tostring(first) .. second
return table.concat(log, ";")
--- constants of a constructor stand in it before anything is evaluated
local f, k = function() return 5 end, "x"
local function show(t) return t.x end
return show({ x = f(), x = 1 }), show({ x = 1, x = f() }), show({ [k] = 3, x = 1 }), show({ x = f(), [k] = 3, x = 1 }),
  show({ x = f(), x = nil }), show({ x = f(), x = 1, x = 6, ["x"] = 2 }), show({ x = {}, x = 1 }), show({ x = k, x = f() })
--- what is a constant of a constructor
local f = function() return 5 end
local function show(t) return t.x end
print(show { x = f(), x = 1 + 1 }, show { x = f(), x = -1 }, show { x = f(), x = ("s") }, show { x = f(), x = not nil })
print(show { x = f(), x = true and 1 }, show { x = f(), x = 1 and 2 }, show { x = f(), x = 1 or 2 }, show { x = f(), x = "a" .. "b" })
print(show { x = f(), x = #"abc" }, show { x = f(), x = 1 / 0 }, show { x = f(), x = -0 }, show { x = f(), x = 1 == 1 })
print(show { x = f(), x = - -1 }, show { x = f(), x = 2 ^ 3 * (4 - 1) }, show { x = f(), x = false or 3 }, show { x = f(), x = nil or 3 })
print(show { x = f(), x = 0 / 0 == 1 }, show { x = f(), x = not 1 }, show { x = f(), x = 5 % 3 }, show { x = f(), x = nil and 3 })
print(show { x = f(), x = -"2" }, show { x = f(), x = not not false or 7 }, show { x = f(), x = -(1 - 1) }, show { x = f(), x = -2 % math.huge })
--- items and keys of a constructor
local f, g, n = function() return 5 end, function() return 6, 7, 8 end, 2
local function show(t) return tostring(t[-1]) .. tostring(t[1]) .. tostring(t[2]) .. tostring(t[3]) .. tostring(t[4]) .. #t end
print(show { [1] = f(), 7 }, show { [1] = 8, 7 }, show { 7, [1] = 8 }, show { 7, [1] = f() }, show { f(), [1] = 8 })
print(show { f(), nil, [1] = 8, [2] = 9 }, show { [1 + 1] = f(), 4, 3 }, show { [-1] = f(), [-1] = 3, 1 }, show { [n] = f(), 1, 2, 3 })
print(show { [1] = 9, g() }, show { [n] = 9, nil, g() }, show { [n] = 9, f(), 1, g() }, show { [3] = f(), 1, g() }, show { 1, [2] = f(), g() })
local h = function(...) return show { [2] = f(), 1, 2, ... }, show { [n] = 3, ... } end
print(h(), h(3, 4))
return show { [2] = f(), (g()) }, show { [n] = 1, nil, (g()) }
--- a function in the last item of a constructor
local t = { pcall(function() return 3 end) }
local u = { 1, (function(x) return x end)(2) }
local v = { tonumber(tostring((function() return "4" end)())) }
local function id(f) return f end
return t[2], u[2], v[1], pcall(id(function() return 5 end))
--- a global in capitals is read before a call changes it
COUNTER, NAME = 1, "a"
local function f() COUNTER, NAME = 10, "b" return "1" end
local sum = COUNTER + f()
COUNTER, NAME = 1, "a"
local text = NAME .. f() .. COUNTER
COUNTER, NAME = 1, "a"
local t = { NAME, f(), NAME, COUNTER }
return sum, text, t[1], t[2], t[3], t[4]
--- select checks after its arguments
local t = setmetatable({}, {})
local a = select(2, pcall(function() return (select(nil, (t ^ "a"), "a")) end))
local b = select(2, pcall(function() local y = (select(nil, (t ^ "a"), "a")) return y end))
local c = select(2, pcall(function() local y = select("x", (t + "a")) return y end))
local d = select(2, pcall(function() local y = select("x", t.x.y) return y end))
local e = select(2, pcall(function() local y = select(0, t.x.y) return y end))
local f = select(2, pcall(function() local y = select(-5, 1, t .. 1) return y end))
return a, b, c, d, e, f
--- a list behind an argument that is checked
local log = {}
local function say(x) log[#log + 1] = x return x, x end
local function f(...) return pcall(function(...) local y = select("x", say(...)) return y end, ...) end
local ok, e = f("one")
local ok2, e2 = pcall(function() return (string.format({}, say("two"))) end)
local ok3, e3 = pcall(function() return (math.max({}, say(3))) end)
local s = tostring(2)
return e, e2, e3, table.concat(log, " "), (select(s, say("a"), say("b"))), select("#", select(s, say("c"))), select(-1, say("d"))
--- one result in parentheses is there
local a = select(2, pcall(function() return (assert((string.byte("a", 9)), "gone")) end))
local b = select(2, pcall(function() return (assert(string.byte("a", 9), "gone")) end))
local c = select(2, pcall(function() return (assert(string.byte("a", 9))) end))
local d = select(2, pcall(function() return (assert((string.byte("a", 9)))) end))
local e = select(2, pcall(function() return (tostring((string.byte("a", 9)))) end))
local f = select(2, pcall(function() return (tostring(string.byte("a", 9))) end))
local g = select(2, pcall(function() return (type((string.byte("a", 9)))) end))
return a, b, c, d, e, f, g
--- no result stays none
local function f() return string.byte("a", 9) end
local function g() return (string.byte("a", 9)) end
local s = "x"
local function h() return s:byte(9) end
return select("#", f()), select("#", g()), select("#", h()), select("#", string.byte("a", 9)), pcall(type, f()), pcall(tostring, g()), tostring((f()))
--- a call that gives nothing is no argument at all
local function nothing() end
local anything = { nothing = nothing }
local function why(f) return select(2, pcall(f)) end
local a = why(function() local n = tonumber(nothing()) end)
local b = why(function() local s = tostring(anything.nothing()) end)
local c = why(function() local s = type(anything.nothing()) end)
local d = why(function() local s = string.rep("x", anything.nothing()) end)
local e = why(function() table.insert({}, anything.nothing()) end)
return a, b, c, d, e, tonumber((nothing()) or 5), tostring((anything.nothing()))
--- concatenation checks the last two operands first and the others from the right
local function f(x) return x end
local a, b, c = nil, true, {}
local function why(g) return (select(2, pcall(g))) end
return why(function() return a .. b .. c .. "x" end), why(function() return a .. "x" .. c end), why(function() return a .. b end),
  why(function() return "x" .. a .. "y" .. b .. "z" end), why(function() return f(nil) .. b .. "x" end),
  why(function() return true .. 255 .. (f("q") .. tonumber(a) .. ("y" or "z")) end), why(function() return a .. f(b) .. f(c) .. 1 end)
