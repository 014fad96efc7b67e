--- handler errs with text
return xpcall(function() error("a") end, function(e) error("b") end)
--- handler errs with table
local a, b = xpcall(function() error("a") end, function(e) error({}) end)
return a, b
--- handler indexes nil
return xpcall(function() error("a") end, function(e) return e.x.y end)
--- handler errs on its second call only
local n = 0
local function h(e) n = n + 1 if n == 1 then error("again") end return "got " .. tostring(e) end
local a, b = xpcall(function() error("a") end, h)
return a, b, n
--- handler errs three times
local n = 0
local function h(e) n = n + 1 if n < 4 then error("again" .. n) end return "got " .. tostring(e) end
local a, b = xpcall(function() error("a") end, h)
return a, b, n
--- handler counts
local n = 0
local function h(e) n = n + 1 error("again") end
local a, b = xpcall(function() error("a") end, h)
return a, b, n
--- pcall in a handler
return xpcall(function() error("a", 0) end, function(e) local ok, m = pcall(error, "in") return e .. m end)
--- xpcall in a handler
return xpcall(function() error("a", 0) end, function(e) local ok, m = xpcall(error, function(x) return "h" .. x end, "in") return e .. tostring(m) end)
--- xpcall without error in a handler
return xpcall(function() error("a", 0) end, function(e) local ok, m = xpcall(function() return "fine" end, function(x) return "h" .. x end) return e .. tostring(m) end)
--- xpcall of a runtime error in a handler
return xpcall(function() error("a", 0) end, function(e) local ok, m = xpcall(function() local x = nil .. "" end, function(x) return "h" .. x end) return e .. tostring(m) end)
--- xpcall in a handler twice
local log = {}
local a, b = xpcall(function() error("a", 0) end, function(e)
  for i = 1, 3 do log[#log + 1] = tostring(select(2, xpcall(error, function(x) return "h" .. x end, "in" .. i, 0))) end
  return e
end)
return a, b, table.concat(log, ";")
--- error after the handler had one
local log = {}
local function h(e) local ok, m = pcall(function() error("in", 0) end) log[#log + 1] = m return e end
local a, b = xpcall(function() error("a", 0) end, h)
local c, d = xpcall(function() error("b", 0) end, h)
return a, b, c, d, table.concat(log, ";")
--- coroutine in a handler
return xpcall(function() error("a", 0) end, function(e)
  local co = coroutine.create(function() local ok, m = xpcall(error, function(x) return "h" .. x end, "in", 0) return m end)
  local ok, m = coroutine.resume(co)
  return e .. tostring(m)
end)
--- coroutine errs in a handler
return xpcall(function() error("a", 0) end, function(e)
  local ok, m = coroutine.resume(coroutine.create(function() error("co", 0) end))
  local ok2, m2 = pcall(coroutine.wrap(function() error("wr", 0) end))
  return e .. tostring(m) .. tostring(m2)
end)
--- wrap errs in a handler uncaught
return xpcall(function() error("a", 0) end, function(e)
  return coroutine.wrap(function() error("wr", 0) end)()
end)
--- yields in a handler
local co = coroutine.wrap(function() return xpcall(function() error("a", 0) end, function(e) return coroutine.yield(e) end) end)
return co(), pcall(co)
--- yields in a handler caught
local co = coroutine.wrap(function() return xpcall(function() error("a", 0) end, function(e) local ok, m = pcall(coroutine.yield, e) return m end) end)
return co()
--- stack overflow in a method
local t = {}
function t:f() local x = self:f() return x end
return pcall(t.f, t)
--- stack overflow in the handler
local function f() local x = f() return x end
return xpcall(function() error("a", 0) end, f)
--- stack overflow in both
local function f() local x = f() return x end
return xpcall(f, f)
--- stack overflow and a call in the handler
local function f() local x = f() return x end
local function g(n) if n == 0 then return "deep" end local x = g(n - 1) return x end
return xpcall(f, function(e) return g(10) .. type(e) end)
--- handler is a table with __call
return pcall(xpcall, function() error("a", 0) end, setmetatable({}, { __call = function(_, e) return "t" .. e end }))
--- handler is a library function
return xpcall(function() error("a", 0) end, string.upper)
--- handler is tostring
return xpcall(function() error({}) end, type)
--- handler is error
return xpcall(function() error("a", 0) end, error)
--- handler is print
return xpcall(function() error("a", 0) end, print)
--- handler is assert
return xpcall(function() error("a", 0) end, assert)
--- handler gives nothing
return xpcall(function() error("a", 0) end, function() end)
--- handler gives many
return xpcall(function() error("a", 0) end, function() return 1, 2, 3 end)
--- error nil
return xpcall(function() error() end, function(...) return select("#", ...) end)
--- error nil kept
return select("#", xpcall(function() error() end, function(e) return e end))
--- state seen
local x = 1
local function f() x = 2 local t = nil t.y = 3 x = 4 end
local seen
local a, b = xpcall(f, function(e) seen = x x = x + 10 return e end)
return a, b, seen, x
--- nested xpcalls
return xpcall(function()
  local a, b = xpcall(function() error("i", 0) end, function(e) return "in " .. e end)
  error(b .. tostring(a), 0)
end, function(e) return "out " .. e end)
--- error in inner handler is not seen by the outer
local log = {}
local a, b = xpcall(function()
  local a, b = xpcall(function() error("i", 0) end, function(e) log[#log + 1] = e error("bad", 0) end)
  log[#log + 1] = tostring(a) .. tostring(b)
  error("o", 0)
end, function(e) log[#log + 1] = e return "out " .. e end)
return a, b, table.concat(log, ";")
--- pcall inside xpcall
return xpcall(function() local ok, e = pcall(error, "x", 0) error(e .. "!", 0) end, function(e) return "h " .. e end)
--- arguments
return xpcall(function(...) error(select("#", ...) .. tostring((...)), 0) end, function(e) return "h" .. e end, nil, 2, nil)
--- xpcall of nil
return xpcall(nil, function(e) return "h" .. e end)
--- xpcall of a table
return xpcall({}, function(e) return "h" .. e end)
--- no function
return xpcall()
--- no handler
return pcall(xpcall, print)
--- handler nil
return pcall(xpcall, print, nil)
--- error in tostring
return xpcall(function() return tostring(setmetatable({}, { __tostring = function() error("ts", 0) end })) end, function(e) return "h" .. e end)
--- gsub inside
return xpcall(function() return (string.gsub("abc", "b", function() error("gs") end)) end, function(e) return "h" .. e end)
--- sort inside
return xpcall(function() table.sort({ 3, 2, 1 }, function(a, b) error("so") end) end, function(e) return "h" .. e end)
--- level of error in handler
local log
xpcall(function() error("a", 0) end, function(e) local ok, m = pcall(function() error("lv", 2) end) log = m return e end)
return log
--- traceback as handler
local a, b = xpcall(function() error("a", 0) end, debug.traceback)
return a, b:match("^[^\n]*")
--- traceback as handler of a table
local a, b = xpcall(function() error({}) end, debug.traceback)
return a, type(b)
--- traceback in handler
local a, b = xpcall(function() error("a", 0) end, function(e) return debug.traceback("tb: " .. e, 2) end)
return a, b:match("^[^\n]*"), (b:match("\n([^\n]*)"))
--- traceback of nil
return type(debug.traceback(nil)), type(debug.traceback({})), debug.traceback(12):match("^[^\n]*"), (debug.traceback():match("^[^\n]*"))
--- error object identity
local o = {}
local a, b = xpcall(function() error(o) end, function(e) e.seen = true return e end)
return b == o, o.seen
--- rethrown
return pcall(function() local ok, e = xpcall(function() error("deep") end, function(e) return { e } end) error(e[1], 2) end)
--- handler takes upvalues and recursion
local depth = 0
local function run(n)
  local ok, e = xpcall(function() if n == 0 then error("bottom", 0) end local r = run(n - 1) error(r .. n, 0) end, function(e) depth = depth + 1 return e end)
  return e
end
return run(5), depth
--- handler of a pcall in a handler of a dead one
local function h(e) return select(2, xpcall(function() error(e .. "1", 0) end, function(x) return x .. "2" end)) end
return xpcall(function() error("0", 0) end, h)
--- after a handler erred all is well
xpcall(function() error("a") end, function() error("b") end)
return xpcall(function() error("c", 0) end, function(e) return e .. "!" end)
--- caught error in a handler that then errs once
local n = 0
local a, b = xpcall(function() error("a", 0) end, function(e) n = n + 1 pcall(error, "x") if n < 3 then error("again" .. n, 0) end return e .. "!" end)
return a, b, n
--- caught error in a handler that always errs
local n = 0
local a, b = xpcall(function() error("a", 0) end, function(e) n = n + 1 pcall(error, "x") error("again", 0) end)
return a, b, n > 20
--- overflow caught in handler
local function f() local x = f() return x end
local a, b = xpcall(function() error("a", 0) end, function(e) local ok, m = pcall(f) return m end)
return a, b
--- outer xpcall when inner handler overflows
local function f() local x = f() return x end
return xpcall(function() local a, b = xpcall(function() error("a", 0) end, f) error("then " .. tostring(b), 0) end, function(e) return "h " .. e end)
--- wrap in xpcall errs
return xpcall(function() coroutine.wrap(function() error("w", 0) end)() end, function(e) return "h " .. e end)
--- wrap error in handler with xpcall inside
return xpcall(function() error("a", 0) end, function(e)
  local r = coroutine.wrap(function() return select(2, xpcall(error, function(x) return "h" .. x end, "in", 0)) end)()
  return e .. r
end)
--- resume error in handler then xpcall
return xpcall(function() error("a", 0) end, function(e)
  coroutine.resume(coroutine.create(function() error("x") end))
  return select(2, xpcall(error, function(x) return "h" .. x end, "in", 0))
end)
--- good pcall in handler then xpcall
return xpcall(function() error("a", 0) end, function(e)
  pcall(type, 1)
  return select(2, xpcall(error, function(x) return "h" .. x end, "in", 0))
end)
--- good xpcall in handler then xpcall
return xpcall(function() error("a", 0) end, function(e)
  xpcall(type, print, 1)
  return select(2, xpcall(error, function(x) return "h" .. x end, "in", 0))
end)
--- failing pcall in handler then xpcall
return xpcall(function() error("a", 0) end, function(e)
  pcall(error, 1)
  return select(2, xpcall(error, function(x) return "h" .. x end, "in", 0))
end)
--- sort and gsub in handler
return xpcall(function() error("a", 0) end, function(e)
  return (string.gsub("abc", "b", function(x) return select(2, xpcall(error, function(x) return "h" .. x end, "in", 0)) end))
end)
--- tostring error in handler
return xpcall(function() error("a", 0) end, function(e)
  return tostring(setmetatable({}, { __tostring = function() error("ts", 0) end }))
end)
--- yields across
local co = coroutine.wrap(function(...) return xpcall(function(...) local x = coroutine.yield(...) error(x, 0) end, function(e) return e .. "!" end, ...) end)
return co(1, 2), co("z")
