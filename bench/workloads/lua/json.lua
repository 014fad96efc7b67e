-- A JSON decoder and encoder as filters carry them in their script, since Envoy's Lua has none built in.
local json = {}

local escapes = { ['"'] = '"', ["\\"] = "\\", ["/"] = "/", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }
local literals = { ["true"] = true, ["false"] = false }

local function fail(text, at, what)
  error("JSON: " .. what .. " at byte " .. at .. " of " .. #text)
end

local function skip(text, at)
  return string.find(text, "[^ \t\r\n]", at) or #text + 1
end

local function utf8(code)
  if code < 0x80 then return string.char(code) end
  if code < 0x800 then return string.char(0xC0 + math.floor(code / 0x40), 0x80 + code % 0x40) end
  return string.char(0xE0 + math.floor(code / 0x1000), 0x80 + math.floor(code / 0x40) % 0x40, 0x80 + code % 0x40)
end

local function decode_string(text, at)
  local parts = {}
  local from = at + 1
  while true do
    local stop = string.find(text, '["\\]', from)
    if not stop then fail(text, at, "string without an end") end
    parts[#parts + 1] = string.sub(text, from, stop - 1)
    if string.byte(text, stop) == 34 then
      if #parts == 1 then return parts[1], stop + 1 end
      return table.concat(parts), stop + 1
    end
    local letter = string.sub(text, stop + 1, stop + 1)
    if letter == "u" then
      local hex = string.match(text, "^%x%x%x%x", stop + 2)
      if not hex then fail(text, stop, "bad escape") end
      parts[#parts + 1] = utf8(tonumber(hex, 16))
      from = stop + 6
    else
      if not escapes[letter] then fail(text, stop, "bad escape") end
      parts[#parts + 1] = escapes[letter]
      from = stop + 2
    end
  end
end

local decode_value

local function decode_array(text, at)
  local list, count = {}, 0
  at = skip(text, at + 1)
  if string.byte(text, at) == 93 then return list, at + 1 end
  while true do
    count = count + 1
    list[count], at = decode_value(text, at)
    at = skip(text, at)
    local byte = string.byte(text, at)
    if byte == 93 then return list, at + 1 end
    if byte ~= 44 then fail(text, at, "expected ',' or ']'") end
    at = skip(text, at + 1)
  end
end

local function decode_object(text, at)
  local object = {}
  at = skip(text, at + 1)
  if string.byte(text, at) == 125 then return object, at + 1 end
  while true do
    if string.byte(text, at) ~= 34 then fail(text, at, "expected a name") end
    local name
    name, at = decode_string(text, at)
    at = skip(text, at)
    if string.byte(text, at) ~= 58 then fail(text, at, "expected ':'") end
    object[name], at = decode_value(text, skip(text, at + 1))
    at = skip(text, at)
    local byte = string.byte(text, at)
    if byte == 125 then return object, at + 1 end
    if byte ~= 44 then fail(text, at, "expected ',' or '}'") end
    at = skip(text, at + 1)
  end
end

function decode_value(text, at)
  local byte = string.byte(text, at)
  if byte == 34 then return decode_string(text, at) end
  if byte == 123 then return decode_object(text, at) end
  if byte == 91 then return decode_array(text, at) end
  local number = string.match(text, "^-?%d+%.?%d*[eE]?[+-]?%d*", at)
  if number then return tonumber(number), at + #number end
  local word = string.match(text, "^%a+", at)
  if word == "null" then return nil, at + 4 end
  if not word or literals[word] == nil then fail(text, at, "unexpected character") end
  return literals[word], at + #word
end

function json.decode(text)
  local value, at = decode_value(text, skip(text, 1))
  if skip(text, at) <= #text then fail(text, at, "something after the value") end
  return value
end

local function encode_string(text)
  local escaped = string.gsub(text, '[%c"\\]', function(char)
    if char == '"' or char == "\\" then return "\\" .. char end
    return string.format("\\u%04x", string.byte(char))
  end)
  return '"' .. escaped .. '"'
end

function json.encode(value)
  local kind = type(value)
  if kind == "string" then return encode_string(value) end
  if kind == "number" then return string.format("%.14g", value) end
  if kind == "boolean" then return tostring(value) end
  if kind == "nil" then return "null" end
  local parts = {}
  if #value > 0 then
    for at = 1, #value do parts[at] = json.encode(value[at]) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  for name, item in pairs(value) do
    parts[#parts + 1] = encode_string(name) .. ":" .. json.encode(item)
  end
  return "{" .. table.concat(parts, ",") .. "}"
end
