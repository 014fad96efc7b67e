-- Runs chunks of Lua that come in a request body and answers what they gave, as JSON. Read by luajit.ts.
-- Body: for every chunk "<name length> <text length>\n<name><text>"; an empty name means that the text itself is the name.

local error, getfenv, getmetatable, ipairs, loadstring, next, rawget, select, setfenv, tostring, type =
  error, getfenv, getmetatable, ipairs, loadstring, next, rawget, select, setfenv, tostring, type
local byte, find, format, gsub, sub = string.byte, string.find, string.format, string.gsub, string.sub
local concat, create, resume, status = table.concat, coroutine.create, coroutine.resume, coroutine.status
local debug_setmetatable, globals, print_to_stdout = debug.setmetatable, _G, print

local hex = {}
for i = 0, 255 do hex[string.char(i)] = format("%02x", i) end

local function hex_of(text)
  return (gsub(text, ".", hex))
end

-- Value → JSON. `seen` numbers tables in the order in which they are met; luajit.ts renumbers them.
local function encode(value, seen, out)
  local kind = type(value)
  local n = #out
  if kind == "nil" then
    out[n + 1] = '{"type":"nil"}'
  elseif kind == "boolean" then
    out[n + 1] = '{"type":"boolean","value":' .. tostring(value) .. "}"
  elseif kind == "number" then
    out[n + 1] = format('{"type":"number","value":"%.17g"}', value)
  elseif kind == "string" then
    out[n + 1] = '{"type":"string","hex":"' .. hex_of(value) .. '"}'
  elseif kind ~= "table" then
    out[n + 1] = '{"type":"' .. kind .. '"}'
  elseif seen[value] then
    out[n + 1] = '{"type":"seen","id":' .. seen[value] .. "}"
  else
    seen.count = seen.count + 1
    seen[value] = seen.count
    out[n + 1] = '{"type":"table","id":' .. seen.count .. ',"entries":['
    local separator = "["
    for k, v in next, value do
      out[#out + 1] = separator
      encode(k, seen, out)
      out[#out + 1] = ","
      encode(v, seen, out)
      out[#out + 1] = "]"
      separator = ",["
    end
    out[#out + 1] = "]}"
  end
end

local function encode_list(count, list)
  local out, seen = { "[" }, { count = 0 }
  for i = 1, count do
    if i > 1 then out[#out + 1] = "," end
    encode(list[i], seen, out)
  end
  out[#out + 1] = "]"
  return concat(out)
end

local string_metatable = getmetatable("")

-- What one chunk did to things that all chunks share must not reach the next one.
local function restore_shared()
  for key in next, string_metatable do string_metatable[key] = nil end
  string_metatable.__index = globals.string
  debug_setmetatable("", string_metatable)
  debug_setmetatable(nil, nil)
  debug_setmetatable(0, nil)
  debug_setmetatable(true, nil)
  debug_setmetatable(error, nil)
  debug_setmetatable(create(error), nil)
end

-- Globals and libraries as a fresh state has them; `print` is collected.
local function fresh_globals(printed)
  local env = {}
  for name, value in next, globals do
    if type(value) == "table" and value ~= globals and name ~= "package" then
      local library = {}
      for key, member in next, value do library[key] = member end
      env[name] = library
    else
      env[name] = value
    end
  end
  env._G = env
  string_metatable.__index = env.string
  env.envoy_on_request, env.envoy_on_response = nil, nil
  env.print = function(...)
    local parts = {}
    for i = 1, select("#", ...) do
      local text = env.tostring((select(i, ...)))
      if type(text) ~= "string" then error("'tostring' must return a string to 'print'") end
      parts[i] = text
    end
    printed[#printed + 1] = '"' .. hex_of(concat(parts, "\t")) .. '"'
  end
  return env
end

local function describe(phase, printed, finished, ...)
  local count = select("#", ...)
  return format(
    '{"phase":"%s","ok":%s,"values":%s,"printed":[%s]}',
    phase, tostring(finished), encode_list(count, { ... }), concat(printed, ",")
  )
end

local function run(text, name)
  local printed = {}
  local chunk, message = loadstring(text, name)
  if not chunk then return describe("load", printed, false, message) end
  local env = fresh_globals(printed)
  setfenv(chunk, env)
  -- A coroutine of its own, as Envoy gives every stream one: a stray yield ends the chunk only. Its globals are those of what `load` gives in it.
  local outside = getfenv(0)
  setfenv(0, env)
  local thread = create(chunk)
  setfenv(0, outside)
  local function finish(ok, ...)
    return describe(status(thread) == "suspended" and "yield" or "run", printed, ok, ...)
  end
  local result = finish(resume(thread))
  restore_shared()
  return result
end

function envoy_on_request(handle)
  local buffer = handle:body()
  local body = buffer:getBytes(0, buffer:length())
  local results, at = {}, 1
  while at <= #body do
    local _, line_end, name_length, text_length = find(body, "^(%d+) (%d+)\n", at)
    local name_end = line_end + name_length
    local text = sub(body, name_end + 1, name_end + text_length)
    local name = sub(body, line_end + 1, name_end)
    results[#results + 1] = run(text, name ~= "" and name or text)
    at = name_end + text_length + 1
  end
  handle:respond({ [":status"] = "200" }, "[" .. concat(results, ",") .. "]")
end
