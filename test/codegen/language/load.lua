--- constant texts
local f = loadstring("return 1, 2, ...")
local g = load("local a = ... return a and a * 2")
return type(f), f(3), f(nil), g(21), loadstring("")(), assert(loadstring("return ..."))(1, nil), loadstring [[return "long"]](), loadstring("return " .. 1 .. "+" .. "2")()
--- it sees no locals but globals
local x = 1
load_global = 7
local f = loadstring("load_global = (load_global or 0) + 1 return x, load_global")
local a, b = f()
load_global = nil
return a, b
--- positions of errors
local function e(...) return select(2, pcall(...)) end
return e(loadstring("error('x')")), e(loadstring("\n\nerror('x')")), e(loadstring("local t t.x = 1")), e(loadstring("nope()", "=name")), e(loadstring("nope()", "@file.lua")), e(loadstring("nope.x()", "some name")), e(loadstring("-- first\nerror('x')")), e(loadstring("error('x', 2)")), e(loadstring("error('x', 0)")), e(loadstring("local function f() error('y', 2) end\nf()\n"))
--- syntax errors
return select(2, loadstring("x =")), select(2, loadstring("x = = 1")), select(2, loadstring("for")), select(2, loadstring("local 1")), select(2, loadstring("return 'abc")), select(2, loadstring("return [[abc")), select(2, loadstring("--[[ abc")), select(2, loadstring("x = 3..4")), select(2, loadstring("x = 0x")), select(2, loadstring("goto")), select(2, loadstring("goto nowhere")), select(2, loadstring("break")), select(2, loadstring("::a:: ::a::")), select(2, loadstring("x = }")), select(2, loadstring("f(")), select(2, loadstring("if x then\n\n else")), select(2, loadstring("if x then")), select(2, loadstring("local function f( end")), select(2, loadstring("x = 'a\\q'")), select(2, loadstring("x = 'a\\300'")), select(2, loadstring("a.b:c = 1")), select(2, loadstring("(a) = 1")), select(2, loadstring("f() = 1")), select(2, loadstring("a, f() = 1")), select(2, loadstring("return return")), select(2, loadstring("end")), select(2, loadstring("x = function() return ... end")), select(2, loadstring("local a = {1, 2; 3 4}")), select(2, loadstring("x = @")), select(2, loadstring("x = \1")), select(2, loadstring("x = [==")), select(2, loadstring("x = ~1")), select(2, loadstring("x = 1 // 2")), select(2, loadstring("x = a.1")), select(2, loadstring("repeat\nlocal x\n")), select(2, loadstring("while true do x = 1 end end")), select(2, loadstring("x = 'a\nb'")), select(2, loadstring("a b")), select(2, loadstring("x = 1 y")), select(2, loadstring("{}")), select(2, loadstring("x = \"a", "=mine")), select(2, loadstring("x = ", "@a/b.lua")), select("#", loadstring("x ="))
--- many syntax errors
local r = {}
for _, text in ipairs { "for i", "for i = 1", "for i = 1, 2", "for i, 1 in x do end", "for a.b in x do end", "local function a.b() end", "function a:b.c() end", "function() end", "return,", "x, y", "x, y = ", "x:y", "x:y z", "x.y.z", "'a' = 1", "x = not", "x = -", "x = #", "x = {", "x = {a =", "x = {[1] 2}", "x = {[1]", "f{", "f'", "x = \"\\xg0\"", "x = \"\\u{110000}\"", "x = \"\\u{zz}\"", "if", "if x", "if x then elseif", "if x then else elseif", "else", "until x", "do", "do end end", "while x", "while", "function f(a,) end", "function f(a b) end", "function f(..., a) end", "function f(1) end", "::", "::a", "local x <const> = 1", "x = a and", "x = 1e", "x = 1..2", "x = 08", "x = 0b2", "x = 12abc", "!x", "x != 1", "a = b\n(c or d)\n= 1", "local x = 1 local", "--[==[ x ]=]", "x = ]]", "x = [=[\n\n]]", "return 1 2", "f(1 2)", "f(1,)", "x = (1", "x = (\n1", "f(\n1", "x = {\n1", "x = a[1", "x = a[", "\\", "$", "x = 'a\\", "x = 'a\\z  \n b' c", "goto 1", "goto x y", "break x", "local x; x", "(f)", "(f).x", "f().x", "x = 'tab\\tq' 'b'", "x = [[long]] y", "x = 5 5", "x = a.b.c.", "x = function", "x = function(", "x = function() end end", "for i = 1, 2 do", "for i in x do\n\n", "a.b, c:d() = 1", "a = 1,", "= 1", ", = 1", "x = 1 = 2", "x == 1", "'x'", "1", "nil", "...", "x = ...; y", "\n\n\nx y\n", "\r\nx y", "\n\rx y", "x = 'a\rb'" } do
  local f, message = loadstring(text)
  r[#r + 1] = text .. " -> " .. tostring(f and "function") .. " " .. tostring(message)
end
return table.concat(r, "\n")
--- through a function of the script
local function run(text) return assert(loadstring(text))() end
local function fails(text, pattern)
  local f, message = loadstring(text)
  return f == nil and message:find(pattern) ~= nil, message
end
return run("return 1"), run("return 'two'"), fails("x = ", "unexpected"), select(2, pcall(run, "x ="))
--- local names for it
local loadstring = loadstring or load
local code = "return 5"
local text = "return " .. code:len()
return loadstring(code)()
--- as an argument of pcall
return pcall(loadstring, "return 1"), pcall(load, "x ="), (select(3, pcall(load, "x =")))
--- texts that load
return loadstring("return loadstring('return 4')()")(), select(2, pcall(loadstring("local s = 'error(1)' return loadstring('error(1)')()")))
--- a function each time
local a, b = loadstring("return 1"), loadstring("return 1")
local fs = {}
for i = 1, 2 do fs[i] = loadstring("local n = 0 return function() n = n + 1 return n end")() end
return a == b, fs[1](), fs[1](), fs[2]()
--- global functions
assert(loadstring("function load_made(x) return x + 1 end"))()
local r = load_made(1)
load_made = nil
return r, pcall(loadstring("return load_made(1)"))
--- modes
return type(load("return 1", "n", "t")), type(load("return 1", nil, "bt")), load("return 1", "=n", nil)()
--- nil arguments
local text
local function set(t) text = t end
return pcall(function() return (loadstring(text)) end), pcall(function() local f = loadstring(text) end), set("return 1"), loadstring(text)()
--- not known (refused: library.load)
return load(function() return nil end)
--- read from a table (refused: library.loadstring)
local t = { "return 1" }
return loadstring(t[1])()
--- handed a text that is not known (refused: library.loadstring)
local function dostring(text) return loadstring(text)() end
local text = ""
for i = 1, 3 do text = text .. i end
return dostring("return 1"), dostring(text)
--- the line of a break outside of a loop
return select(2, loadstring("do\nbreak\n\n\nend x = 1")), select(2, loadstring("while x do local function f()\n break\n print(1)\nend end")), select(2, loadstring("break"))
--- a text that is put together by a format
local name = string.rep("v", 20)
local text = string.format("return %d, %s, %q, '%%'", 12, "3", "a\n\"b\0c\0001\r\127" .. name)
return load(text)()
--- a text in which something is replaced
local f = [[
return 1 +
  2, "x"
]]
f = string.gsub(f, "%s+", "\n")
return loadstring(f)()
--- the last assignment counts
local text = "return 1"
local a = load(text)()
text = "return 2"
local b = load(text)()
text = ("return 3"):upper():lower()
do
  text = text .. "0"
end
return a, b, text, load("return " .. ("12345"):sub(2, -2) .. string.reverse("98"))()
--- texts of a loop
local prog = [[
a = 1
return debug.getinfo(1).currentline
]]
local t = {}
local function dostring(x) return assert(loadstring(x))() end
for _, n in pairs { "\n", "\r", "\n\r", "\r\n" } do
  local prog, nn = string.gsub(prog, "\n", n)
  t[#t + 1] = dostring(prog) == nn
end
return unpack(t)
--- assigned in a branch (refused: library.load)
local text = "return 1"
if a then text = "return " .. tostring(a) end
return load(text)()
--- assigned later in a loop
local text = "return 1"
local n = 0
for i = 1, 2 do
  n = n * 10 + load(text)()
  text = "return 2"
end
return n
--- assigned by a function
local text = "return 1"
local function change() text = "return 2" end
change()
return load(text)()
--- a text from gsub with its count
return pcall(function() return load((string.gsub("return x", "x", "7")))() end)
--- the count is no name (refused: library.load)
return load(string.gsub("return x", "x", "7"))()
--- a quoted string
local s = "a string with \r and \n and \r\n and \n\r"
local c = string.format("return %q", s)
return loadstring(c)() == s, c
--- lines of a text with other ends of lines
local prog = [[
a = 1        -- a comment
b = 2


x = [=[
hi
]=]
y = "\
hello\r\n\
"
return debug.getinfo(1).currentline
]]
local t = {}
local function dostring(x) return assert(loadstring(x))() end
for _, n in pairs { "\n", "\r", "\n\r", "\r\n" } do
  local prog, nn = string.gsub(prog, "\n", n)
  t[#t + 1] = dostring(prog)
  t[#t + 1] = nn
end
return unpack(t)
--- a text that loads what it assigned before
local t = {}
local prog = [=[
hidden1 = "x = 1"
hidden1 = [==[hidden2 = [[a value]]; ]==]
assert(loadstring(hidden1))()
return hidden2
]=]
return load(prog)()
