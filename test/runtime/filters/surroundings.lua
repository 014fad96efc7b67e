-- What stands around the filter: the route and its host, typed metadata, filter state, and statistics.
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

local function attempt(handle, what, ...)
  local ok, why = pcall(...)
  handle:logErr(what .. " " .. tostring(ok) .. " " .. show(why))
end

function envoy_on_request(handle)
  local context = handle:filterContext()
  handle:logErr("context " .. show(context:get("text")) .. show(context:get("nested")) .. show(context:get("none")))
  local names = {}
  for name, value in pairs(context) do names[#names + 1] = name .. show(value) end
  table.sort(names)
  handle:logErr(table.concat(names, ";"))
  handle:logErr("host " .. show(handle:virtualHost():metadata():get("text")))
  handle:logErr("route " .. handle:streamInfo():routeName() .. show(handle:route():metadata():get("text")))

  local typed = handle:streamInfo():dynamicTypedMetadata("typed.one")
  handle:logErr("typed " .. show(typed))
  handle:logErr("plain " .. show(handle:streamInfo():dynamicMetadata():get("plain.one")))

  local state = handle:streamInfo():filterState()
  handle:logErr("state " .. show(state:get("one")) .. show(state:get("two")) .. show(state:get("none")))
  handle:logErr("field " .. show(state:get("one", "field")))
  state:set("envoy.tcp_proxy.cluster", "envoy.tcp_proxy.cluster", "elsewhere")
  handle:logErr("written " .. show(state:get("envoy.tcp_proxy.cluster")))

  local stats = handle:stats()
  local counter = stats:counter("seen_" .. handle:headers():get("x-arm"))
  counter:inc()
  counter:add(2)
  handle:logErr("counter " .. counter:value())
  attempt(handle, "add", counter.add, counter, -1)
  local gauge = stats:gauge("level_" .. handle:headers():get("x-arm"))
  gauge:set(7)
  gauge:inc()
  gauge:dec()
  gauge:add(3)
  gauge:sub(4)
  handle:logErr("gauge " .. gauge:value())
  attempt(handle, "set", gauge.set, gauge, -1)
  attempt(handle, "sub", gauge.sub, gauge, -1)
  stats:histogram("took_" .. handle:headers():get("x-arm"), "ms"):recordValue(12)
  attempt(handle, "histogram", function() local h = stats:histogram("x", "parsecs") end)
  local histogram = stats:histogram("size")
  attempt(handle, "record", histogram.recordValue, histogram, -1)
  handle:logErr("key " .. show(handle:importPublicKey("no key", 6):get()))
  attempt(handle, "verify", handle.verifySignature, handle, "sha256", "no key", "s", 1, "d", 1)
end

function envoy_on_response(handle)
  handle:logErr("context " .. show(handle:filterContext():get("text")))
  handle:logErr("state " .. show(handle:streamInfo():filterState():get("one")))
end
