--- counters and lengths and remainders in text
local n, down = 0, 10
for i = 1, 3 do n = n + 1 down = down - 4 end
local list = { 1, 2, 3 }
return "n=" .. n, "down=" .. down, "len=" .. #list .. #"abc", tostring(-n), tostring(7 % 3) .. tostring(-7 % 3), math.floor(7 / 2) .. "/" .. math.floor(-7 / 2)
--- the sign of zero
local zero = 0
local minus = -zero
local product = zero * -1
return tostring(minus), "p" .. product, "s" .. (minus + 0), "d" .. (minus - 0), tostring(-(5 % 5)), "b" .. -#""
--- up to where digits are printed
local big = 99999999999999
local over = big + 1
local under = -big
local product = 9999999 * 10000000
local large = 9999999 * 10000001
return "b" .. big, "o" .. over, "u" .. under, "p" .. product, "l" .. large, tostring(under - 1), tostring(2147483647 + 1), tostring(-2147483648), tostring(4294967295)
--- a variable that is whole at first
local a, b, c = 1, 1, 1
for i = 1, 4 do a = a / 2 b = b * 1000000 c = c + 0.5 end
return "a" .. a, "b" .. b, "c" .. c
--- what a closure or a later statement assigns
local count, other = 0, 0
local function up() count = count + 1 other = other + 0.5 return count end
up() up()
return "c" .. count, "o" .. other, "u" .. up()
--- one of two values
local function pick(yes) local text = yes and "canary" or "stable" local n = yes and 1 or 2 local m = yes and 1.5 or 2 return text .. n .. "/" .. m end
local found = ("abc"):find("z") and "found" or nil
return pick(true), pick(false), pick(nil), pick(0), type(found)
--- false and nil behind a condition
local function first(x) local y = x and false or "no" return tostring(y) end
local function second(x) return x and nil or "none" end
local function third(x) local y = x and x or "absent" return y end
return first(true), first(false), second(1), second(false), third(false), third(1), third("s"), third(nil)
--- the bytes of a text
local function sum(s) local n = 0 for i = 1, #s do n = (n * 33 + s:byte(i)) % 4294967296 end return n end
local function odd(s) local n = 0 for i = 1, #s, 2 do n = n + string.byte(s, i) end return n end
local function from(s) local n = 0 for i = 2, #s do n = n + string.byte(s, i) end return n end
return sum(""), sum("a"), sum("user-4711\0\255"), odd("abc"), odd("abcd"), from("x"), from("xyz"), "h" .. sum("abc")
--- places at which there may be no byte
local function beyond(s) local n = 0 for i = 1, #s + 1 do n = n + s:byte(i) end return n end
local function zero(s) local n = 0 for i = 0, #s do n = n + s:byte(i) end return n end
local function moved(s) local n = 0 for i = 1, #s do i = i + 1 n = n + s:byte(i) end return n end
local function changed(s) local n = 0 for i = 1, #s do n = n + s:byte(i) s = "" end return n end
local function down(s) local n = 0 for i = #s, 1, -1 do n = n * 2 + s:byte(i) end return n end
local function other(s, t) local n = 0 for i = 1, #s do n = n + t:byte(i) end return n end
return pcall(beyond, "ab"), pcall(zero, "ab"), pcall(moved, "ab"), pcall(changed, "ab"), down("ab"), pcall(other, "ab", "a"), pcall(other, "a", "ab")
--- numbers that may be absent
local function plus(s) return tonumber(s) + 1 end
local function place(s) local at = s:find("=", 1, true) return at + 1 end
return plus("41"), pcall(plus, "x"), place("a=b"), pcall(place, "ab")
--- the length of what may be absent
local function length(s) local part = s:match("^(%a+)=") return #part end
return length("key=value"), pcall(length, "=value")
--- numbers in a chain
local function show(a, n) return a .. n .. "|" .. -n .. ":" .. n / 2 .. a .. n * 1e300 end
local list = {}
for _, n in ipairs{0, 1, 9, 10, 99, 100, 999, 1000, 9999, 10000, 12345, 99999999, 100000000, 1e14, 0.1, 1 / 0, 0 / 0, -0.0} do list[#list + 1] = show("a", n) end
for i = 9990, 10010, 5 do list[#list + 1] = "n" .. i .. "," .. -i .. "," .. i * 10000 .. "," .. i % 1 end
for i = 99999995, 100000003 do list[#list + 1] = i .. "" .. i - 99999999 end
local zero = 0
return table.concat(list, " "), "z" .. -zero, "z" .. zero * -1, "a" .. 1 .. 2 .. "b", 7 .. "", 1 .. ""
--- numbers appended
local text, other = "", ""
for i = 1, 40 do
  text = text .. i
  other = other .. i * 1e7 .. ","
  if i % 10 == 0 then text = text .. 0.5 end
end
for i = -3, 3 do text = text .. i / 3 end
return text, other, #text
