local function unhex(text)
  return (text:gsub("..", function(pair) return string.char(tonumber(pair, 16)) end))
end

local function show(value)
  if type(value) ~= "table" then return tostring(value) end
  local keys = {}
  for key in pairs(value) do keys[#keys + 1] = tostring(key) end
  table.sort(keys)
  local parts = {}
  for _, key in ipairs(keys) do
    local inner = value[key]
    if inner == nil then inner = value[tonumber(key)] end
    parts[#parts + 1] = key .. "=" .. show(inner)
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

function envoy_on_request(handle)
  local metadata = handle:metadata()
  for _, key in ipairs({"text", "number", "yes", "list", "nested", "null", "none"}) do
    local value = metadata:get(key)
    handle:logErr(key .. " " .. show(value))
  end
  local count = 0
  for key, value in pairs(metadata) do count = count + #key end
  handle:logErr("count " .. count)
  handle:logErr("route " .. show(handle:route():metadata():get("text")) .. show(handle:virtualHost():metadata():get("text")))

  local info = handle:streamInfo()
  handle:logErr(info:protocol() .. info:routeName() .. info:requestedServerName())
  handle:logErr(show(info:downstreamSslConnection()))
  handle:logErr(show(info:dynamicTypedMetadata("none")))
  handle:logErr(show(info:filterState():get("none")))

  local dynamic = info:dynamicMetadata()
  dynamic:set("a", "text", "x\0y")
  dynamic:set("a", "number", 1.5)
  dynamic:set("a", "list", {1, "two", {three = 3}, n = nil})
  dynamic:set("a", "holes", {[3] = true})
  dynamic:set("a", "gone", nil)
  dynamic:set("b", "deep", {a = {b = {c = {}}}})
  dynamic:set("b", "deep", {again = false})
  handle:logErr(show(dynamic:get("a")) .. show(dynamic:get("b")))
  local names = {}
  for name, value in pairs(dynamic) do names[#names + 1] = name .. show(value) end
  table.sort(names)
  handle:logErr(table.concat(names, ";"))
  handle:logErr(select(2, pcall(function() dynamic:set("a", "f", {[1] = 1, x = 2}) end)))

  local key = handle:importPublicKey(unhex(handle:headers():get("x-key")), #handle:headers():get("x-key") / 2)
  local signature = unhex(handle:headers():get("x-signature"))
  handle:logErr(show(handle:verifySignature("sha256", key:get(), signature, #signature, "hello", 5)))
  local ok, why = handle:verifySignature("sha256", key:get(), signature, #signature, "hellx", 5)
  handle:logErr(show(ok) .. show(why))
  handle:logErr(show(select(2, handle:verifySignature("md99", key:get(), signature, #signature, "hello", 5))))

  handle:logErr(handle:base64Escape("") .. handle:base64Escape("a") .. handle:base64Escape("ab\255") .. handle:base64Escape(12))
  handle:logErr(tostring(handle:timestamp() > 1600000000000) .. #handle:timestampString() .. #handle:timestampString(1))
  handle:clearRouteCache()
  handle:timestamp("2")
end

function envoy_on_response(handle)
  handle:logErr(show(handle:streamInfo():dynamicMetadata():get("b")))
  local missing = handle:streamInfo():dynamicMetadata():get("missing")
  handle:logErr(show(missing))
end
