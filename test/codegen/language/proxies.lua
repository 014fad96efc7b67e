--- newproxy and its metatable
local u = newproxy(true)
local mt = getmetatable(u)
mt.__index = function(_, k) return k .. "!" end
mt.__newindex = function(_, k, v) rawset(mt, k, v) end
mt.__len = function(a, b) return rawequal(a, b) and 42 end
mt.__call = function(_, x) return x end
mt.__eq = function() return true end
mt.__tostring = function() return "proxy" end
mt.__add = function() return "sum" end
mt.__pairs = function() return next, { 1 }, nil end
local w = newproxy(u)
u.zz = 5
for k, v in pairs(u) do print(k, v) end
local t = { [u] = 1, [w] = 2 }
return type(u), u.foo, #u, u(7), u == w, u ~= w, rawequal(u, w), tostring(u), u + 1, 1 + u, getmetatable(w) == mt, mt.zz, t[u], t[w]
--- newproxy without a metatable
local p = newproxy()
print(getmetatable(p), getmetatable(newproxy(false)), p == newproxy(), p == p)
print(pcall(newproxy, {}), pcall(newproxy, 5), pcall(function() local x = newproxy(p) return x end))
print(pcall(function() return p.x end), pcall(function() p.x = 1 end), pcall(function() return p < p end))
return pcall(function() return pairs(p) end), pcall(function() return p() end), pcall(coroutine.resume, p), pcall(setmetatable, p, {})
