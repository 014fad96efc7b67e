--- lists of strings and numbers
local words, sizes = { "alpha", "bravo" }, { 3, 4.5 }
local text, sum = "", 0
for _, word in ipairs(words) do text = text .. word:upper() .. #word end
for i, size in pairs(sizes) do sum = sum + i * size end
return text, sum, words[1] .. "/" .. words[2], words[3], sizes[1] + sizes[2], words[1]:sub(2, 3), #words, type(words[0])
--- what is not there
local words, sizes = { "alpha" }, { 1 }
local function join(i) return words[i] .. "!" end
local function reversed(i) return "!" .. words[i] end
local function add(i) return sizes[i] + 1 end
local function call(i) return words[i]:upper() end
local function length(i) return #words[i] end
local function less(i) return sizes[i] < 2 end
return join(1), pcall(join, 2), pcall(reversed, 2), pcall(add, 2), add(1), pcall(call, 2), pcall(length, 2), pcall(less, 2), less(1), pcall(add, "x"), pcall(join, nil)
--- filled later
local parts = {}
for part in ("a,b,,c"):gmatch("[^,]+") do parts[#parts + 1] = part end
parts[#parts + 1], parts[#parts + 2] = "x", "y"
table.insert(parts, "d")
table.insert(parts, 1, "first")
table.sort(parts)
local last = table.remove(parts)
return table.concat(parts, "-"), last, parts[1]:upper(), #parts, parts[1] == "a", (unpack(parts)), next(parts)
--- elements of several types
local mixed = { "a", 1, true, nil, { 2 }, n = false }
mixed[7] = function() return "called" end
local kinds = ""
for i = 1, 7 do kinds = kinds .. type(mixed[i]) .. " " end
return kinds, mixed[7](), mixed[5][1], mixed.n, mixed[1] .. mixed[2]
--- set to nil and to something else again
local t = { "a", "b" }
t[1] = nil
local before = t[1]
t[1] = "c"
t = { "d" }
return tostring(before), t[1], t[2]
--- a table that is known in another way too
local own, other = { "a" }, {}
local alias = own
alias[1] = 5
local function set(t) t[1] = 7 end
set(other)
local back = select(2, pairs(other))
back[2] = true
return own[1] + 1, other[1] + 1, other[2]
--- what a call gives, and what several give
local function two() return "one", 2 end
local t, u, v = { two() }, { two(), two() }, { (two()) }
local w = {}
w[1], w[2] = two()
return t[1], t[2], u[1], u[2], u[3], v[1], v[2], w[1], w[2]
--- fields by name and methods
local t = { get = function(self, x) return x end, name = "n" }
function t.more(x) return x .. "more" end
local u = { "s" }
function u:first() return self[1] end
return t.get(t, 1), t.more("x"), t.name:upper(), u:first(), u[1] .. "t"
--- through closures and loops
local seen, order = {}, {}
local function note(word) seen[word] = (seen[word] or 0) + 1 if seen[word] == 1 then order[#order + 1] = word end end
for word in ("b a b c a b"):gmatch("%a") do note(word) end
local out = {}
for i, word in ipairs(order) do out[i] = word .. seen[word] end
return table.concat(out, " "), seen.b, seen.z
--- nothing in it
local none = {}
local n = 0
for _, x in ipairs(none) do n = n + #x end
for k, x in pairs(none) do n = n + x end
return n, none[1], none.x, #none, pcall(function() return none[1] .. "x" end)
--- nothing in it is nil
local none, flag, n = {}, true, 1
flag = none[1]
n = none.x
local both = { none[1], none[2] or "s" }
return flag, n, both[1], both[2], (none[1]), none.x == nil, not none[1]
--- an element as key and in conditions
local names, ages = { "a", "b" }, { a = 1, b = 2 }
local sum = 0
for i = 1, 3 do local name = names[i] if name then sum = sum + ages[name] elseif not names[i] then sum = sum + 100 end end
local first = names[1] or "none"
local third = names[3] or "none"
local both = names[1] and names[2]
return sum, first, third, both, names[1] == "a", names[3] == nil, names[1] ~= names[2], names[1] < names[2]
