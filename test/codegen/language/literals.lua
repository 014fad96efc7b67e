--- numbers that only LuaJIT knows
return 0b101, 0B11, -0b1, 0x.8p1, 0x.8, 0X.FFp-4, 0x1p4, 0xA.8p0
--- the word end as a string
local function f(x)
  if x then return "end" else return 'end' end
end
return f(true), f(false), ("end"), [[end]]
--- empty statements
;;; local x = 1;; ; x = x + 1;
do ; end
while x < 5 do ; x = x + 1; ; end
if x then ; end
local function f() ; return x ; end
::a:: ; ;
return f();
--- break anywhere
local t = {}
for i = 1, 3 do
  if i == 2 then break t[1] = "never" end
  t[#t + 1] = i
end
while true do break; t[1] = 2 end
repeat break local x until x
return unpack(t)
--- call over lines
local function f(x) return function(y) return x + y end end
return f
(1)
(2)
--- escapes
return "\u{48}\u{20ac}", "\x41\z
   b", '\065', "a\
b"

--- strings named like properties of objects
local t = { constructor = 1, toString = "hasOwnProperty", ["__proto__"] = 2, ["\1\200"] = "***", ["://"] = "0", ["12"] = "A" }
-- A comment that mentions CONSTRUCTOR
return t.constructor, t.toString, t["__proto__"], t["\1\200"], t["://"], t["12"], t["1" .. "2"]
--- names beyond ASCII
local ä, 晶 = 1, {}
größe = 5
晶.ß = ä
local function é(ü) return ü + größe end
return ä, 晶.ß, é(2), _G["größe"], select(2, pcall(function() return 晶.x.y end)), select(2, pcall(function() local n·n; return n·n.y end)), select(2, pcall(function() schön() end))
--- ends of lines in long strings
local t = {}
for _, text in ipairs { "return [[\r\nx\r\n\r\ny\r\n]]", "return [=[\n\rx\n\r\ny\r]=]", "return [[\rx\r\r\ny\n\n\r]]", "return [[x\r]] .. '\\\r\n' .. [[y]]" } do
  t[#t + 1] = load(text)()
end
return unpack(t)
