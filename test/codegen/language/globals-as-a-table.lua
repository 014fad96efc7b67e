--- reading and writing
count_g = 1
_G.count_g = _G.count_g + 1
_G["count_g"] = _G["count_g"] * 5
local name = "count" .. "_g"
local r = { _G[name], count_g, rawget(_G, name), rawget(_G, "count_g") }
_G[name] = "new"
r[#r + 1] = count_g
rawset(_G, name, nil)
r[#r + 1] = tostring(count_g)
return unpack(r)
--- going through it
local found = {}
made_here, also_here = 1, "two"
for k, v in pairs(_G) do
  if type(k) == "string" and (k == "made_here" or k == "also_here" or k == "print" or k == "string" or k == "_G") then found[#found + 1] = k .. ":" .. type(v) end
end
table.sort(found)
made_here, also_here = nil
return table.concat(found, " "), next(_G) ~= nil, type(_G), _G._G == _G, _G == _G._G._G
--- library through it
local name = "format"
return _G.string == string, _G["table"] == table, _G.print == print, _G.string.format("%d", 3), _G["string"][name]("%s", "x"), _G.type(1), _G.math.floor(2.5), _G._VERSION, _G.nothing_here
--- functions through it
function global_fn(a, b) return a, b, "called" end
local name = "global_fn"
local a, b, c = _G[name](1, 2)
local d = _G.global_fn(3)
global_fn = nil
return a, b, c, d, pcall(function() return _G[name]() end), pcall(function() return _G.global_fn() end), pcall(function() return global_fn() end), pcall(function() return global_fn.x end), pcall(function() return _G.nope.x end), pcall(function() nope_too = nope_too + 1 end)
--- locals beside it
local count_local = 5
_G.count_local = 6
local r = { count_local, _G.count_local }
_G.count_local = nil
local print = 3
return r[1], r[2], print, type(_G.print)
--- strict
local declared = {}
setmetatable(_G, {
  __newindex = function(t, k, v)
    if not declared[k] then error("assignment to undeclared '" .. k .. "'", 2) end
    rawset(t, k, v)
  end,
  __index = function(_, k) error("undeclared '" .. k .. "'", 2) end,
})
local a = { pcall(function() strict_x = 1 end) }
declared.strict_x = true
local b = { pcall(function() strict_x = 1 return strict_x end) }
local c = { pcall(function() return strict_y end) }
local d = { pcall(function() local z = strict_y end) }
strict_x = nil
local e = { pcall(function() local q = strict_x end) }
setmetatable(_G, nil)
return a[1], a[2], b[1], b[2], c[1], d[2], e[1], strict_y
--- handed on
local function set(t, k, v) t[k] = v end
set(_G, "handed", 9)
local r = handed
set(_G, "handed", nil)
local env = setmetatable({}, { __index = _G })
return r, handed, env.type(1), env.string.upper("x")
--- the environment
env_test = 3
local r = { getfenv(0).env_test, getfenv().env_test, getfenv(1) == _G }
env_test = nil
return unpack(r)
--- loaded texts see it
loadstring("text_made = 8")()
local name = "text_made"
local r = _G[name]
loadstring("_G[...] = nil")(name)
return r, text_made
--- multiple assignment
ga, gb = 1, 2
ga, gb = gb, ga
local x, y = ga, gb
ga, gb, gc = (function() return 7, 8, 9 end)()
local r = { x, y, ga, gb, gc }
for _, n in ipairs { "ga", "gb", "gc" } do _G[n] = nil end
return r[1], r[2], r[3], r[4], r[5], ga
