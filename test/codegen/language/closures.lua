--- shared upvalue
local n = 0
local function inc() n = n + 1 return n end
local function get() return n end
inc() inc()
local f, g = inc, get
f()
return g(), n
--- per iteration upvalues
local fs = {}
for i = 1, 3 do fs[#fs + 1] = function() i = i + 10 return i end end
return fs[1](), fs[1](), fs[2](), fs[3]()
--- per iteration locals in while
local fs, i = {}, 0
while i < 3 do i = i + 1 local j = i fs[i] = function() j = j + 1 return j end end
return fs[1](), fs[1](), fs[2](), fs[3]()
--- repeat sees body locals
local i, fs = 0, {}
repeat local j = i fs[#fs + 1] = function() return j end i = i + 1 until j >= 2
return #fs, fs[1](), fs[3]()
--- generic for closures
local fs = {}
for k, v in ipairs({"a", "b"}) do fs[k] = function() v = v .. "!" return k .. v end end
return fs[1](), fs[1](), fs[2]()
--- counter factory
local function make(start) local n = start return function(by) n = n + (by or 1) return n end, function() return n end end
local a, ga = make(1)
local b, gb = make(10)
a() a(5) b()
return ga(), gb()
--- recursion through local function
local function fact(n) if n <= 1 then return 1 end return n * fact(n - 1) end
return fact(10), fact(1)
--- mutual recursion
local even, odd
function even(n) if n == 0 then return true end return odd(n - 1) end
function odd(n) if n == 0 then return false end return even(n - 1) end
return even(10), odd(7), even(7)
--- recursive closure as value
local function walk(t, f) for _, v in ipairs(t) do if type(v) == "table" then walk(v, f) else f(v) end end end
local sum = 0
walk({1, {2, {3, 4}}, 5}, function(v) sum = sum + v end)
local w = walk
w({10}, function(v) sum = sum + v end)
return sum
--- local function escapes and recurses
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
local t = {fib = fib}
return t.fib(15)
--- local function captured and recursive
local base = 1
local function down(n) if n == 0 then return base end base = base + 1 return down(n - 1) end
local f = down
return f(4), base
--- parameter assigned and captured
local function f(a, b) local g = function() a = a + 1 return a + b end b = b * 2 return g() + g() end
return f(1, 2), f(3, 4)
--- nested three deep
local function a(x) return function(y) return function(z) x = x + 1 return x + y + z end end end
local f = a(1)(2)
return f(3), f(3)
--- upvalue assigned before use
local f
local x = 5
f = function() return x end
x = 6
return f()
--- function names that clash
local function count(self, count, a, b, c) return a, b, c, count, self end
local f = count
local function value(t) return t end
local function lua(lua) return lua + 1 end
local str, table_, Value, Str, Table, Closure, Values, Box, main = 1, 2, 3, 4, 5, 6, 7, 8, 9
return f(1, 2, 3, 4, 5), value(1), lua(2), str + table_ + Value + Str + Table + Closure + Values + Box + main
--- same names nested
local x = 1
local function f() local x = 2 local function f() local x = 3 return x end return f() + x end
do local x = 10 do local x = 20 x = x + 1 end x = x + 1 end
for x = 1, 2 do local x = x * 2 end
return f() + x
--- redeclared locals
local x = 1
local x = x + 1
local x = tostring(x) .. "!"
local x = {x}
return x[1]
--- reserved words
local class, new, this, var, let, const, default, switch, case, null, undefined, void, typeof, enum, import, export, delete, await, yield, static = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20
local function constructor(get, set, of, as, is, f64, i32, u64, bool, string_) return get + set + of + as + is + f64 + i32 + u64 + bool end
return class + new + this + var + let + const + default + switch + case + null + undefined + void + typeof + enum + import + export + delete + await + yield + static, constructor(1, 2, 3, 4, 5, 6, 7, 8, 9)
--- captured reserved words
local new, self, count, args, result, captured, index = 1, 2, 3, 4, 5, 6, 7
local function f(varargs, list, t) return function(a, b, c, d, e) new = new + 1 return new + self + count + args + result + captured + index + varargs + list + t + a + b + c + d + e end end
return f(1, 2, 3)(1, 2, 3, 4, 5), f(1, 2, 3)(1, 2, 3, 4, 5)
--- varargs
local function n(...) return select("#", ...) end
local function pass(...) return ... end
local function first(...) return (...) end
local function pack(...) return {n = select("#", ...), ...} end
local p = pack(1, nil, 3, nil)
return n(), n(nil), n(nil, nil), n(pass()), n(pass(nil)), n(pass(1, 2), pass(3, 4)), first(7, 8), first(), p.n, p[3], #{pass(1, 2, 3)}, n(first())
--- varargs captured in table
local function f(...) local t = {...} local g = function() return #t end return g(), unpack(t) end
return f("a", "b", "c")
--- select forms
local function f(...) return select(2, ...) end
local function g(...) return select(-1, ...) end
return f(1, 2, 3), (f(1, 2, 3)), g(1, 2, 3), select("#"), pcall(select, 0), pcall(select, -5, 1)
--- varargs named parameters
local function f(a, b, ...) local x, y, z = ... return a, b, x, y, z, select("#", ...) end
return f(1, 2, 3, 4), f(1), f(1, 2, 3, 4, 5, 6)
--- many parameters
local function f(a, b, c, d, e, f_, g) return g, f_, e, d, c, b, a end
local t = {f = f}
return t.f(1, 2, 3, 4, 5, 6, 7, 8), t.f(1, 2, 3, 4)
--- many parameters captured
local function f(a, b, c, d, e) return function() d = d + 1 e = e .. "x" return a, b, c, d, e end end
local g = f(1, 2, 3, 4, "5")
g()
return g()
--- results in every position
local function two() return 1, 2 end
local function none() end
local t = {two(), two(), none(), (none()), two()}
local s = {two(), nil, none()}
return t[1], t[2], t[3], t[4], t[5], t[6], #s, (two()), two(), none(), two()
--- result of nothing
local function none() end
local x = none()
local t = {none()}
return x, #t, type(x), (pcall(type, none())), tostring(x), select("#", none()), select("#", (none()))
--- tail calls
local function loop(n, acc) if n == 0 then return acc end return loop(n - 1, acc + n) end
return loop(1000, 0)
--- stack overflow plain
local function f(n) return 1 + f(n + 1) end
local ok, e = pcall(f, 1)
return ok, (string.match(e, "stack overflow"))
--- stack overflow mutual
local g
local function f(n) return (g(n)) end
function g(n) return (f(n)) end
local ok, e = pcall(f, 1)
return ok, (string.match(e, "stack overflow"))
--- stack overflow closure
local t = {}
function t.f(n) return 1 + t.f(n) end
local ok, e = pcall(t.f, 1)
return ok, (string.match(e, "stack overflow"))
--- function in table with dots
local m = {a = {}}
function m.a.f(x) return x * 2 end
function m.a:g(x) return self == m.a, x end
return m.a.f(4), m.a:g(5)
--- immediately called
return (function(a, b) return b, a end)(1, 2)
--- function equality
local function f() end
local g = f
return f == g, f == function() end, f ~= g, type(f)
--- several functions in one statement
local f, g, n = function() return 5 end, function(x) return x, 7 end, 2
local h, more
h, more = function() return n end, 1
local only, none = function() return 8 end
k1, k2 = function() return 9 end, function() return 10 end
return f(), h(), only(), none, k1() + k2(), g(n)
