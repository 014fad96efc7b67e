--- the metatable of strings
local mt = getmetatable("")
local s = "x"
return type(mt), mt.__index == string, getmetatable(s) == mt, debug.getmetatable(s) == mt, getmetatable(1), getmetatable(print), getmetatable(nil)
--- operators of strings
local mt = getmetatable("")
mt.__mod = function(a, b) return string.format(a, unpack(b)) end
mt.__add = function(a, b) return tostring(a) .. "+" .. tostring(b) end
mt.__unm = function(s) return s:reverse() end
mt.__call = function(s, n) return s:rep(n) end
mt.__len = function() return 100 end
local function run()
  return "%d-%s" % { 1, "x" }, "a" + 1, 1 + "b", "1" + 2, "x" + nil, -"abc", -"2", ("ab")(3), #"abc"
end
local results = { run() }
mt.__mod, mt.__add, mt.__unm, mt.__call, mt.__len = nil, nil, nil, nil, nil
return unpack(results, 1, 9), pcall(run)
--- indexing strings
local mt = getmetatable("")
mt.__index = function(s, k) return type(k) == "number" and string.sub(s, k, k) or string[k] end
local set = {}
mt.__newindex = function(s, k, v) set[#set + 1] = s .. k .. v end
local s = "hello"
s.x = 1
local a, b, c = s[2], s:upper(), s.none
mt.__index, mt.__newindex = string, nil
return a, b, c, set[1], s[2], s.len == string.len, pcall(function() s.x = 1 end)
--- metatables of nil and numbers and booleans and functions
debug.setmetatable(nil, { __index = function(_, k) return k end, __call = function() return "called" end, __len = function() return 42 end })
debug.setmetatable(1, { __index = math, __call = function(n, x) return n * x end, __tostring = function() return "num" end })
debug.setmetatable(print, { __index = { foo = 5 }, __add = function() return "f" end })
debug.setmetatable(true, { __concat = function() return "cc" end, __unm = function() return "minus" end })
local n
local results = { n.foo, n(), #n, (4):sqrt(), (5)(6), tostring(7), print.foo, print + 1, true .. "x", 1 .. false, -true }
debug.setmetatable(nil, nil) debug.setmetatable(1, nil) debug.setmetatable(print, nil) debug.setmetatable(true, nil)
return #results, unpack(results), pcall(function() return n.foo end), tostring(7)
--- debug setmetatable and getmetatable of tables
local t = debug.setmetatable({}, { __metatable = 1 })
local ok, e = pcall(setmetatable, t, nil)
return getmetatable(t), type(debug.getmetatable(t)), ok, e, debug.setmetatable(t, nil) == t, getmetatable(t), pcall(debug.setmetatable, 1), pcall(debug.setmetatable, 1, 2)
