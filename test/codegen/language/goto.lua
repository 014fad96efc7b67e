--- continue of an outer loop
local t = {}
for i = 1, 3 do
  for j = 1, 3 do
    if j == 2 then goto continue end
    t[#t + 1] = i * 10 + j
  end
  t[#t + 1] = "never"
  ::continue::
end
return unpack(t)
--- continue of the third loop out
local t = {}
for i = 1, 3 do
  local k = 0
  while true do
    k = k + 1
    repeat
      if k == 2 and i == 2 then goto outer end
      if k == 3 then goto outer end
      t[#t + 1] = i .. ":" .. k
    until true
  end
  ::outer::
end
return table.concat(t, " ")
--- two labels of the same name
local t = {}
for i = 1, 4 do
  for j = 1, 4 do
    if j == 2 then goto continue end
    if i == 2 then break end
    t[#t + 1] = i * 10 + j
    ::continue::
  end
  if i == 3 then goto continue end
  t[#t + 1] = i
  ::continue::
end
return unpack(t)
--- out of nested loops
local found
for i = 1, 5 do
  for j = 1, 5 do
    if i * j == 12 then found = i .. "x" .. j goto done end
  end
end
found = "none"
::done::
return found
--- out of nested loops to what follows at once
local count = 0
for i = 1, 5 do
  for j = 1, 5 do
    count = count + 1
    if i * j == 12 then goto done end
  end
end
::done::
return count
--- forward past statements
local x = 1
if x == 1 then goto skip end
x = 2
do x = 3 end
::skip::
return x
--- forward out of nested blocks
local t = {}
do
  do
    if #t == 0 then goto out end
    t[1] = "no"
  end
  t[2] = "no"
end
::out::
t[#t + 1] = "yes"
return #t, t[1]
--- break through a skipped part
local t = {}
for i = 1, 5 do
  if i == 2 then goto skip end
  if i == 4 then break end
  t[#t + 1] = i
  ::skip::
  t[#t + 1] = -i
end
return unpack(t)
--- backward
local i, t = 0, {}
::again::
i = i + 1
t[i] = i * i
if i < 4 then goto again end
return unpack(t)
--- backward out of a loop
local tries, log = 0, {}
::retry::
tries = tries + 1
for i = 1, 3 do
  log[#log + 1] = tries .. i
  if i == 2 and tries < 3 then goto retry end
end
return table.concat(log, " ")
--- backward as the last statement
local i = 0
local function count()
  ::top::
  i = i + 1
  if i > 5 then return i end
  goto top
end
return count(), i
--- locals behind a label stay visible
local n = 0
::top::
local a = n * 2
n = n + 1
if a < 6 then goto top end
local b = a + n
return a, b, n
--- a fresh closure at every pass
local fs = {}
local i = 0
::top::
local x = i
local function get() x = x + 1 return x end
fs[#fs + 1] = get
i = i + 1
if i < 3 then goto top end
return fs[1](), fs[1](), fs[2](), fs[3](), fs[3](), x
--- closures of an outer variable share it
local fs = {}
local x = 0
::top::
x = x + 1
fs[#fs + 1] = function() x = x + 10 return x end
if #fs < 2 then goto top end
return fs[1](), fs[2](), x
--- repeat with a label at its end
local i, t = 0, {}
repeat
  i = i + 1
  if i == 2 then goto continue end
  t[#t + 1] = i
  ::continue::
until i >= 4
return unpack(t)
--- repeat whose condition sees a local before the jump
local i, t = 0, {}
repeat
  local x = i * 2
  i = i + 1
  if i % 2 == 0 then goto continue end
  t[#t + 1] = x
  ::continue::
until x >= 6
return unpack(t)
--- repeat whose condition sees a local behind a label
local i, j = 0, 0
repeat
  ::again::
  i = i + 1
  local x = i * 2
  if x == 4 then goto again end
  j = j + 1
until x > 8
return i, j
--- repeat with closures behind a label
local i, fs = 0, {}
repeat
  ::again::
  i = i + 1
  local x = i
  fs[i] = function() x = x + 1 return x end
  if i == 2 then goto again end
until x > 3
return fs[1](), fs[1](), fs[2](), fs[4]()
--- labels at the end of blocks
local t = {}
do
  goto e
  local x = 1
  t[#t + 1] = x
  ::e::
end
if #t == 0 then
  if true then goto f end
  t[#t + 1] = "no"
  ::f::
end
t[#t + 1] = "end"
return unpack(t)
--- label at the end of a function
local t = {}
local function f(x)
  t[#t + 1] = x
  if x > 1 then goto done end
  for i = 1, 3 do
    if i == 2 then goto done end
    t[#t + 1] = -i
  end
  ::done::
end
f(1) f(2)
return unpack(t)
--- result of a function that jumps to its end
local function f(x)
  if x then goto done end
  do return 1 end
  ::done::
end
return f(true), f(false), (select("#", f(true)))
--- into the middle of a loop of jumps
local t, n = {}, 0
goto b
::a::
t[#t + 1] = "a"
n = n + 1
::b::
t[#t + 1] = "b"
if n < 3 then goto a end
return table.concat(t)
--- a machine of states
local input, at, out = "aabxba", 0, {}
::start::
at = at + 1
do
  local c = input:sub(at, at)
  if c == "a" then goto a elseif c == "b" then goto b elseif c == "" then goto done end
  goto other
end
::a::
out[#out + 1] = "A"
goto start
::b::
out[#out + 1] = "B"
if at > 4 then goto a end
goto start
::other::
out[#out + 1] = "?"
goto b
::done::
return table.concat(out)
--- locals between the labels of a machine
local n, t = 0, {}
goto second
::first::
t[#t + 1] = "first"
::second::
local x = n
local get = function() x = x + 1 return x end
t[#t + 1] = get()
n = n + 1
::third::
t[#t + 1] = x
if n == 2 then n = 3 goto third end
if n < 5 then goto first end
return table.concat(t, " ")
--- jumps cross each other
local t, n = {}, 0
if n == 1 then goto two end
t[#t + 1] = 1
if n == 0 then goto one end
t[#t + 1] = 2
::one::
t[#t + 1] = 3
n = n + 1
::two::
t[#t + 1] = 4
return unpack(t)
--- loops of labels in each other
local i, j, t = 0, 0, {}
::outer::
i = i + 1
j = 0
::inner::
j = j + 1
t[#t + 1] = i * 10 + j
if j < 2 then goto inner end
if i < 3 then goto outer end
return unpack(t)
--- out of the inner loop of labels
local i, j, t = 0, 0, {}
::outer::
i = i + 1
j = 0
::inner::
j = j + 1
t[#t + 1] = i * 10 + j
if i == 2 and j == 1 then goto outer end
if j < 3 then goto inner end
if i < 3 then goto outer end
return unpack(t)
--- break of a loop around labels
local t = {}
for i = 1, 3 do
  local n = 0
  ::again::
  n = n + 1
  t[#t + 1] = i * 10 + n
  if n == 2 and i == 2 then break end
  if n < 3 then goto again end
end
return unpack(t)
--- break of a loop around a machine
local t = {}
for i = 1, 3 do
  local n = 0
  goto b
  ::a::
  n = n + 1
  t[#t + 1] = "a" .. n
  ::b::
  t[#t + 1] = "b" .. i
  if n == 1 and i == 2 then break end
  while true do
    if n < 2 then goto a end
    break
  end
end
return table.concat(t, " ")
--- continue of a loop around a machine
local t = {}
for i = 1, 3 do
  local n = 0
  goto b
  ::a::
  n = n + 1
  if n == 1 and i == 2 then goto continue end
  ::b::
  t[#t + 1] = i * 10 + n
  if n < 2 then goto a end
  ::continue::
end
return unpack(t)
--- pcall between
local t = {}
for i = 1, 3 do
  local ok, e = pcall(function()
    for j = 1, 3 do
      if j == i then goto out end
      t[#t + 1] = i * 10 + j
    end
    ::out::
    error("e" .. i, 0)
  end)
  if e == "e2" then goto continue end
  t[#t + 1] = e
  ::continue::
end
return unpack(t)
--- a label that nothing names
local x = 1
::unused::
x = x + 1
return x
--- jump over nothing
goto a
::a::
do goto b end
::b:: ::c::
return 1
--- not nil before the label only
local x
local n = 0
x = "a"
::top::
n = n + 1
local kind = x == nil and "nil" or x .. "!"
x = nil
if n < 2 then goto top end
return kind, n
--- recursive with jumps
local function fact(n, acc)
  if n <= 1 then goto done end
  do return fact(n - 1, acc * n) end
  ::done::
  return acc
end
return fact(10, 1)
--- generic for with continue from inside
local t = {}
for _, w in ipairs({ "a", "b", "c" }) do
  for k in pairs({ x = 1 }) do
    if w == "b" then goto next end
    t[#t + 1] = w .. k
  end
  ::next::
end
return unpack(t)
--- dead code behind a jump
local t = {}
do goto done end
t[1] = 1
::done::
while true do
  do break end
  t[2] = 2
end
return #t
