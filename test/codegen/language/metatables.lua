--- class and inheritance
local Animal = {}
Animal.__index = Animal
function Animal.new(name) local self = setmetatable({}, Animal) self.name = name return self end
function Animal:speak() return self.name .. " makes " .. self:sound() end
function Animal:sound() return "noise" end
local Dog = setmetatable({}, {__index = Animal})
Dog.__index = Dog
function Dog.new(name) local self = Animal.new(name) return setmetatable(self, Dog) end
function Dog:sound() return "woof" end
local a, d = Animal.new("cat"), Dog.new("rex")
return a:speak(), d:speak(), getmetatable(d) == Dog, rawget(d, "speak"), d.nothing
--- arithmetic metamethods
local mt = {}
local function v(n) return setmetatable({n = n}, mt) end
local function n(x) if type(x) == "table" then return x.n end return x end
mt.__add = function(a, b) return v(n(a) + n(b)) end
mt.__sub = function(a, b) return v(n(a) - n(b)) end
mt.__mul = function(a, b) return v(n(a) * n(b)) end
mt.__div = function(a, b) return v(n(a) / n(b)) end
mt.__mod = function(a, b) return v(n(a) % n(b)) end
mt.__pow = function(a, b) return v(n(a) ^ n(b)) end
mt.__unm = function(a) return v(-n(a)) end
local a, b = v(7), v(2)
return (a + b).n, (a - 1).n, (10 * b).n, (a / b).n, (a % b).n, (a ^ 2).n, (-a).n, (a + b * 2 - 1).n, pcall(function() return a + nil end)
--- comparison metamethods
local mt = {}
local function v(n) return setmetatable({n = n}, mt) end
mt.__eq = function(a, b) return a.n == b.n end
mt.__lt = function(a, b) return a.n < b.n end
mt.__le = function(a, b) return a.n <= b.n end
local a, b, c = v(1), v(2), v(1)
return a == c, a == b, a ~= c, a < b, a > b, a <= c, a >= b, rawequal(a, c), pcall(function() return a < 1 end), a == 1
--- le falls back to lt
local mt = {}
mt.__lt = function(a, b) return a.n < b.n end
local a, b = setmetatable({n = 1}, mt), setmetatable({n = 2}, mt)
return a <= b, b <= a, a >= b
--- concat and len and tostring
local mt = {}
mt.__concat = function(a, b) return (type(a) == "table" and a.s or a) .. "+" .. (type(b) == "table" and b.s or b) end
mt.__len = function(a) return 42 end
mt.__tostring = function(a) return "<" .. a.s .. ">" end
local a, b = setmetatable({s = "A"}, mt), setmetatable({s = "B"}, mt)
return a .. b, a .. "x", "x" .. a, 1 .. a, a .. "x" .. "y", "x" .. "y" .. a, #a, tostring(a), string.format("%s", b)
--- index function and newindex
local log = {}
local t = setmetatable({}, {__index = function(t, k) log[#log + 1] = "get " .. tostring(k) return k .. "!" end, __newindex = function(t, k, v) log[#log + 1] = "set " .. tostring(k) rawset(t, k, v) end})
t.a = 1
t.a = 2
local x = t.b
t[1] = t[2]
return x, t.a, t[1], table.concat(log, ",")
--- newindex table
local store = {}
local t = setmetatable({}, {__newindex = store, __index = store})
t.x = 5
return rawget(t, "x"), store.x, t.x
--- call
local t = setmetatable({}, {__call = function(self, a, b) return a, b, select("#", a, b) end})
local ok, e = pcall(t, 1, 2)
return t(1, 2), t(), ok, e, (pcall(function() return setmetatable({}, {})() end))
--- pairs and ipairs
local t = setmetatable({}, {__pairs = function(t) return function(_, k) if not k then return 1, "one" end end, t, nil end})
local r = {}
for k, v in pairs(t) do r[#r + 1] = k .. v end
return table.concat(r, ",")
--- metatable protection
local t = setmetatable({}, {__metatable = "locked"})
return getmetatable(t), pcall(setmetatable, t, {}), pcall(setmetatable, 1, {}), pcall(setmetatable, {}, 1), getmetatable({})
--- defaults
local defaults = {color = "red", size = 1}
local function new(o) return setmetatable(o or {}, {__index = defaults}) end
local a, b = new(), new({size = 5})
defaults.color = "blue"
return a.color, a.size, b.size, b.color
--- index chain
local a = {x = 1}
local b = setmetatable({y = 2}, {__index = a})
local c = setmetatable({z = 3}, {__index = b})
return c.x, c.y, c.z, c.w, pcall(function() return c.w.v end)
--- counting default
local counts = setmetatable({}, {__index = function() return 0 end})
counts.a = counts.a + 1
counts.a = counts.a + 1
counts["b"] = counts["b"] + 5
return counts.a, counts.b, counts.c
--- error in metamethod
local t = setmetatable({}, {__index = function(t, k) error("no " .. k) end, __add = function() error({code = 5}) end})
local ok, e = pcall(function() return t.foo end)
local ok2, e2 = pcall(function() return t + 1 end)
return e, e2.code
--- super calls
local Base = {}
Base.__index = Base
function Base:init(x) self.x = x return self end
function Base:get() return self.x end
local Derived = setmetatable({}, {__index = Base})
Derived.__index = Derived
function Derived:init(x, y) Base.init(self, x) self.y = y return self end
function Derived:get() return Base.get(self) + self.y end
local o = setmetatable({}, Derived):init(1, 2)
return o:get(), o.x, o.y
--- eq only with same metamethod
local a = setmetatable({}, {__eq = function() return true end})
local b = setmetatable({}, {__eq = function() return true end})
return a == b, a ~= b, a == {}
--- rawlen rawset
local t = setmetatable({1, 2}, {__len = function() return 10 end, __newindex = function() end})
t[3] = 3
rawset(t, 4, 4)
return #t, rawlen({1, 2}), rawget(t, 3), rawget(t, 4)
--- tostring gives what __tostring gives
local o = setmetatable({}, {__tostring = function(self) return self.name end})
local a = tostring(o)
o.name = 7
local b = tostring(o)
o.name = "seven"
local c = tostring(o) .. "!"
o.name = nil
return a, b, c, tostring(5), tostring("x"), tostring(nil), pcall(function() return "n" .. tostring(o) end)
--- tostring as a value gives whatever __tostring gives
local function made(v) return setmetatable({}, { __tostring = function() return v end }) end
local text, other = tostring, 1
local t = { show = text }
print(pcall(tostring, made(12)), pcall(tostring, made(nil)), pcall(tostring, made(false)))
local x, y = text(made(nil)), t.show(made(7))
local list = { tostring(made(false)), text(made(1)) }
print(x, y + 1, type(y), #list, list[1], list[2], select("#", text(made(5))))
print(type(text(made({}))), text(12), text("s"), text(nil), text(setmetatable({}, {}), 1) ~= nil)
return pcall(text), pcall(function() return text(made(nil)) .. "" end)
--- the metatable of what may be a string
local function described(v)
  local mt = getmetatable(v)
  return type(mt), mt and type(mt.__index)
end
return described("x"), described({}), described(1), described(setmetatable({}, { __index = print }))
--- len is given its operand twice
local t = setmetatable({}, { __len = function(a, b, ...) return rawequal(a, b) and select("#", ...) end })
local function any(v) return #v end
return #t, any(t), any("abc")
