--- library functions as locals
local q = string.rep
local function e(f, ...) return (select(2, pcall(f, ...))) end
return e(function() q({}) end), e(function() local r = string.rep r({}) end), e(function() local x = q({}) return x end)
--- library functions in fields
local q = string.rep
local t = {rr = string.rep}
local function e(f, ...) return (select(2, pcall(f, ...))) end
return e(function() t.rr({}) end), e(function() local r = t["rr"] r({}) end), e(function() local x = t["rr"]({}) return x end), e(function() local i = "rr" local x = t[i]({}) return x end)
--- library functions as parameters
local function e(f, ...) return (select(2, pcall(f, ...))) end
local function call(f, ...) local x = f(...) return x end
return e(call, string.rep, {}), e(string.rep, {}), e(string.rep), e(call, math.floor, "x"), e(call, setmetatable, 1), e(call, ipairs), e(call, tostring)
--- library functions as globals and methods
local function e(f, ...) return (select(2, pcall(f, ...))) end
gq = string.rep
return e(function() gq({}) end), e(function() local x = gq({}) return x end), e(function() local s = "x" local x = s:rep({}) return x end), e(function() local s = "x" local x = ("x"):rep({}) return x end)
--- library functions given to a loop
local function e(f, ...) return (select(2, pcall(f, ...))) end
local function map(f, t) local r = {} for i = 1, #t do r[i] = f(t[i]) end return r end
return e(map, string.upper, {{}}), e(map, tonumber, {}), e(map, math.sin, {"x"}), e(map, string.char, {"a"})
--- library functions inherited
local function e(f, ...) return (select(2, pcall(f, ...))) end
local m = setmetatable({}, {__index = string})
return e(function() local x = m.rep({}) return x end), e(function() local x = m:rep({}) return x end)
--- library functions without a name
local function e(f, ...) return (select(2, pcall(f, ...))) end
local t = {string.rep}
return e(function() local x = t[1]({}) return x end), e(function() local x = (string.rep)({}) return x end), e(function() local x = (function() return string.rep end)()({}) return x end)
--- setmetatable to nothing
return pcall(function() setmetatable({}) end)
--- setmetatable of a number to nothing
return pcall(function() setmetatable(1) end)
--- setmetatable of nothing
return pcall(function() setmetatable() end)
--- a library function as an iterator
return pcall(function() for k in next, 5 do end end)
--- a library function as __index
local t = setmetatable({}, {__index = string.rep})
return pcall(function() local x = t.x return x end)
--- library functions as metamethods
local t = setmetatable({}, {__add = math.floor, __concat = string.rep, __unm = string.upper, __lt = string.rep, __eq=string.rep, __len = string.upper, __newindex=string.rep, __call=string.rep})
local function e(f, ...) return (select(2, pcall(f, ...))) end
return e(function() local x = t + 1 return x end),  e(function() local x = t .. 1 return x end), e(function() local x = -t return x end), e(function() local x = t < t return x end), e(function() local x = #t return x end), e(function() t.x = 1 end), e(function() local x = t(1) return x end), e(function() t(1) end)
--- a method of a string
local s = "x"
return pcall(function() local x = s:rep({}) return x end), pcall(function() local x = ("x"):rep({}) return x end)
--- tail call of a field
local t = {q = string.rep}
function t.g(x) return t.q(x) end
return pcall(function() local r = t.g({}) return r end)
--- an argument behind an object
local q = string.format
local o = setmetatable({}, {__tostring = function() return "o" end})
return pcall(function() local r = q("%s %d", o, "x") return r end)
--- fields
local s = string.rep
local t = {s = table.concat, i = table.insert}
return pcall(function() local r = t.s({{}}) end), pcall(function() t.i({}, 1, 2, 3) end), pcall(function() t.i(1, 2) end), pcall(function() t.s(1, 2) end)
--- locals
local q = coroutine.wrap(function() end)
local r, c, u, tn, sel, nx, gm, st, sm = coroutine.resume, coroutine.create, unpack, tonumber, select, next, getmetatable, tostring, setmetatable
local x = {r, c, u, tn, sel, nx, gm, st, sm}
local function e(f, ...) return (select(2, pcall(f, ...))) end
return e(function() r(1) end), e(function() c(1) end), e(function() u(1) end), e(function() tn() end), e(function() sel(0) end), e(function() nx() end), e(function() gm() end), e(function() st() end), e(function() sm({}, 1) end)
--- fields of every kind
local x = {r = coroutine.resume, c = coroutine.create, u = unpack, tn = tonumber, sel = select, nx = next, gm = getmetatable, st = tostring, sm = setmetatable, a = assert, er = error, rs = rawset, rg = rawget, re = rawequal, rl = rawlen, p = pairs, ip = ipairs, pc = pcall, xp = xpcall, ty = type, cg = collectgarbage}
local function e(f, ...) return (select(2, pcall(f, ...))) end
return e(function() x.r(1) end), e(function() x.c(1) end), e(function() x.u(1) end), e(function() x.tn() end), e(function() x.sel(0) end), e(function() x.nx() end), e(function() x.gm() end), e(function() x.st() end), e(function() x.sm({}, 1) end), e(function() x.a() end), e(function() x.rs(1) end), e(function() x.rg() end), e(function() x.re() end), e(function() x.rl(1) end), e(function() x.p() end), e(function() x.ip() end), e(function() x.pc() end), e(function() x.xp() end), e(function() x.ty() end), e(function() x.cg("x") end)
--- handed to a function
local function f(cb) cb("x", "y", 1) end
return pcall(f, setmetatable), pcall(f, math.max), pcall(f, string.format), pcall(f, table.concat), pcall(f, os.date), pcall(f, string.find), pcall(f, select)
--- a method by another name
local t = {}
t.m = string.rep
return pcall(function() local x = t:m(1) return x end)
--- a method of a table
local t = {}
t.rep = string.rep
return pcall(function() local x = t:rep(1) return x end)
--- xpcall without a handler in tail position
return pcall(function() return xpcall(function() error("x", 0) end, nil) end)
--- arguments of table.move
return pcall(function() table.move({}, 1, 2) end), pcall(function() table.move({}, 1) end), pcall(function() local r = table.move({}, 1, 2, {}) end), pcall(table.move, {}, 1), pcall(table.move, {}, 1, 2), pcall(table.move)
--- arguments of table functions that are missing
return pcall(function() local x = unpack() end), pcall(unpack), pcall(function() table.concat() end), pcall(function() table.insert() end), pcall(function() table.insert({}) end), pcall(function() table.sort() end), pcall(function() table.sort({2, 1}, 1) end), pcall(function() table.maxn() end), pcall(function() table.remove() end), pcall(function() table.pack() end)
--- arguments of string functions that are missing
return pcall(function() string.rep() end), pcall(function() string.rep("a") end), pcall(function() string.sub("a") end), pcall(function() string.byte() end), pcall(function() string.char("x") end), pcall(function() string.format() end), pcall(function() string.gsub("a") end), pcall(function() string.gsub("a", "b") end), pcall(function() string.find("a") end), pcall(function() string.gmatch("a") end), pcall(function() string.match() end), pcall(function() string.len() end), pcall(function() string.upper({}) end)
--- arguments of math functions that are missing
return pcall(function() math.floor() end), pcall(function() math.max() end), pcall(function() math.fmod(1) end), pcall(function() math.random(0) end), pcall(function() math.random(2, 1) end), pcall(function() math.random(1, 2, 3) end), pcall(function() math.ldexp(1) end), pcall(function() math.log() end), pcall(function() math.pow(1) end), pcall(function() math.modf() end), pcall(function() math.randomseed() end), pcall(function() math.abs("x") end)
--- arguments of bit functions that are missing
return pcall(function() bit.band() end), pcall(function() bit.tobit("x") end), pcall(function() bit.lshift(1) end), pcall(function() bit.tohex() end), pcall(function() bit.bnot({}) end)
--- arguments of coroutine functions that are missing
return pcall(function() coroutine.create() end), pcall(function() coroutine.create(1) end), pcall(function() coroutine.resume() end), pcall(function() coroutine.status() end), pcall(function() coroutine.wrap() end), pcall(function() coroutine.status({}) end)
--- spread arguments in tail position
local function f(...) return select(...) end
local function g(...) return tonumber(...) end
local function h(...) return string.rep(...) end
local function i(...) return setmetatable(...) end
local function j(...) return rawset(...) end
local function k(...) return ipairs(...) end
local function l(...) return next(...) end
return pcall(function() local x = f() end), pcall(function() local x = g() end), pcall(function() local x = h({}) end), pcall(function() local x = i(1) end), pcall(function() local x = j(1) end), pcall(function() local x = k() end), pcall(function() local x = l({}, 1) end)
--- another name for error
local err = error
local function check(x) if not x then err("need", 2) end end
local function go()
  check(false)
end
local function check2(x) if not x then return err("need") end end
local function go2()
  check2(false)
end
local sub = string.sub
local function t(x) return sub(x) end
local function u() local r = t({}) return r end
return select(2, pcall(go)), select(2, pcall(go2)), select(2, pcall(u))
--- tail call in a loop
local function f(x) for i = 1, 2 do if x then return tonumber("z", x) end end end
local function g() local r = f(99) return r end
return pcall(g)
