--- a text that a loop makes longer
local function repeated(word, n) local text = "" for i = 1, n do text = text .. word end return text end
local function numbered(n) local text = "<" for i = 1, n do text = text .. i .. "," end return text .. ">" end
local long = repeated("0123456789", 1000)
return repeated("", 3), repeated("a", 1), repeated("ab", 70), numbered(0), numbered(40), #long, long:sub(9990), numbered(3) == "<1,2,3,>"
--- texts on the way that something else holds
local function stages(n)
  local text, list = "", {}
  for i = 1, n do
    text = text .. "x"
    list[i] = text
  end
  return table.concat(list, " ")
end
local function keys(n)
  local text, seen = "", {}
  for i = 1, n do
    text = text .. "k"
    seen[text] = i
  end
  return seen.k, seen.kk, seen.kkk, seen.kkkk
end
local function copies(n)
  local text, before, first = "", "", ""
  for i = 1, n do
    before = text
    text = text .. "y"
    if i == 2 then first = text end
  end
  return before, text, first
end
local function halves(n)
  local text, other = "a", "b"
  for i = 1, n do text, other = other, text text = text .. "1" other = other .. "2" end
  return text, other
end
return stages(5), keys(3), copies(4), halves(3)
--- a text that is its own tail
local function doubled(n) local text = "ab" for i = 1, n do text = text .. text end return text end
local function around(n) local text = "ab" for i = 1, n do text = text .. "-" .. text end return text end
return doubled(0), doubled(1), doubled(3), #doubled(12), around(2)
--- looked at on the way
local function lengths(n) local text, sum = "", 0 for i = 1, n do text = text .. "ab" sum = sum + #text end return sum, #text end
local function upTo(limit) local text = "" while text ~= limit do text = text .. "z" end return text end
local function ends(n) local text = "" repeat text = text .. "q" until text == "qqq" or #text > n return text end
local function parts(n) local text = "" for i = 1, n do text = text .. "w" if text:find("www", 1, true) then text = text .. "!" end end return text end
return lengths(30), upTo("zzzz"), ends(9), ends(1), parts(5)
--- begun again
local function lines(n)
  local text, out = "", {}
  for i = 1, n do
    text = text .. i
    if i % 3 == 0 then
      out[#out + 1] = text
      text = ""
    end
  end
  out[#out + 1] = text
  return table.concat(out, "|")
end
local function outer(n)
  local all = ""
  for i = 1, n do
    local text = "("
    for j = 1, i do text = text .. j end
    all = all .. text .. ")"
  end
  return all
end
return lines(0), lines(3), lines(10), outer(4)
--- a parameter
local function padded(text, n) while #text < n do text = text .. "." end return text end
local name = "name"
local once = padded(name, 8)
local twice = padded(once, 12)
return name, once, twice, padded("longer than that", 3), padded(once, 9), once
--- what a call in the same statement sees
local function check()
  local text, seen = "", {}
  local function note(s) seen[#seen + 1] = s return "<" .. s .. ">" end
  for i = 1, 4 do text = text .. note(text) end
  return text, table.concat(seen, ",")
end
return check()
--- an error on the way
local function broken(n)
  local text = ""
  for i = 1, n do text = text .. (i == 3 and nil or "e") end
  return text
end
local function caught()
  local text = ""
  for i = 1, 3 do
    local ok, message = pcall(broken, 5)
    text = text .. tostring(ok) .. message
  end
  return text
end
return caught()
--- numbers and what is read as one
local function digits(n) local text = "" for i = 1, n do text = text .. i % 10 end return text + 1, tonumber(text), text * 2 end
local function compared(n) local text, less = "", 0 for i = 1, n do if text < "bb" then less = less + 1 end text = text .. "b" end return less, text >= "bbb" end
return digits(5), compared(4)
--- kept by a closure
local function builder()
  local text = ""
  local function add(s) for i = 1, 2 do text = text .. s end return text end
  return add
end
local add = builder()
local first = add("p")
return first, add("q"), first, add("")
--- jumped over
local function jumps(n)
  local text = ""
  for i = 1, n do
    if i % 2 == 0 then goto continue end
    text = text .. i
    ::continue::
  end
  return text
end
local function again(n)
  local i, text = 0, ""
  ::top::
  i = i + 1
  for j = 1, 2 do text = text .. i end
  if i < n then goto top end
  return text
end
return jumps(9), again(4)
