--- a function of its own in string
function string.trim(s) return (s:gsub("^%s+", ""):gsub("%s+$", "")) end
string.fromhex = function(s) return (s:gsub("..", function(cc) return string.char(tonumber(cc, 16)) end)) end
string["to hex"] = function(s) return (s:gsub(".", function(c) return string.format("%02x", c:byte()) end)) end
local v = ({"  y "})[1]
return string.trim("  x "), (" z "):trim(), v:trim(), ("414243"):fromhex(), string["to hex"]("AB"), type(string.trim), ("x").trim == string.trim
--- what is not there
return string.nope, pcall(function() return ("x"):nope() end), pcall(function() return string.nope("x") end), ("x").nope
--- methods added with a colon
function string:starts(prefix) return self:sub(1, #prefix) == prefix end
return ("hello"):starts("he"), string.starts("hello", "x"), pcall(function() return ("x"):starts() end)
--- what was there still works
return ("x"):upper(), string.format("%d", 3), #("abc"):rep(3), ("a,b"):find(",", 1, true), ({"q"})[1]:byte()
--- table extended
function table.keys(t) local keys = {} for k in pairs(t) do keys[#keys + 1] = k end table.sort(keys) return keys end
table.first = function(t) return t[1] end
return table.concat(table.keys({b = 1, a = 2}), ","), table.first({9}), table.last
--- wrapped
local old = math.floor
math.floor = function(x) return "floor " .. old(x) end
local a = math.floor(1.5)
math.floor = old
return a, math.floor(2.5), math.ceil(0.5), math.floor == old
--- removed
local old = math.sin
math.sin = nil
local gone, e = pcall(function() return math.sin(1) end)
math.sin = old
return gone, e, math.sin(0)
--- rawset into a library
rawset(bit, "one", 1)
return bit.one, bit.band(7, bit.one)
--- unpack renamed the usual way
table.unpack = table.unpack or unpack
unpack = unpack or table.unpack
return unpack({1, 2}), table.unpack({3})
--- print replaced
local lines = {}
local real = print
print = function(...) lines[#lines + 1] = table.concat({...}, " ") end
print("a", "b")
print = real
return lines[1], #lines, print == real
--- constants changed
local pi = math.pi
math.pi = 3
local changed = math.pi
math.pi = pi
return changed, math.pi == pi, math.huge
--- the path of packages
local before = package.path
package.path = package.path .. ";/etc/lua/?.lua"
local after = package.path
package.path = before
return #after - #before, package.config:sub(1, 1)
--- what a replacement is made of is kept
local kept = {}
local s = string.gsub("abcdefgh", "%w", function(c) kept[#kept + 1] = c return c .. "xy" end)
local t = string.gsub("abcdefghijklmnop", "[a-p]", function(c) kept[#kept + 1] = c return c .. "y" end)
return s, t, table.concat(kept, ",")
--- matches that begin with a range of bytes
local texts = {"", "7", "abcdefg7", "abcdefgh7", "no digits at all, none", "\255\176\177 \0 4711 \128", "aaaaaaaaaaaaaaa/:9", ("x"):rep(23) .. "42"}
local list = {}
for _, s in ipairs(texts) do
  list[#list + 1] = s:gsub("%d+", "N") .. s:gsub("%d", "") .. s:gsub("[0-4]+", "%%") .. s:gsub("%l+", "w", 1) .. s:gsub("[%z\1-\31]", "0")
  list[#list + 1] = tostring(s:find("%d")) .. tostring(s:match("[5-9]%d*")) .. tostring(s:find("%u")) .. tostring(s:match("[\127-\129]"))
  for d in s:gmatch("%d") do list[#list + 1] = d end
end
return table.concat(list, "|"), ("a1b22"):gsub("%d+", "N", 1), ("a1b22"):gsub("%d+", 5), ("k=v; x=y"):match("(%w)=(%w); (%w)")
