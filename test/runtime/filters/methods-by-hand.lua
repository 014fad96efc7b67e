-- Methods and iterators in other hands than a plain call's: numbers of arguments in error texts, what is over, what is dead.
local function tell(handle, what, f, ...)
  local results = { pcall(f, ...) }
  handle:logErr(what .. " " .. tostring(results[1]) .. " " .. tostring(results[2]))
end

local kept, held
function envoy_on_request(handle)
  tell(handle, "body", handle.body, handle, 5)
  tell(handle, "timestamp", handle.timestamp, handle, {})
  tell(handle, "respond", handle.respond, handle, "no table")
  tell(handle, "call", handle.httpCall, handle, "side", {}, "x", "soon")
  tell(handle, "options", handle.httpCall, handle, "side", {}, "x", { timeout_ms = "soon" })
  tell(handle, "field", function()
    local state = handle:streamInfo():filterState()
    return tostring((state:get("nothing", {})))
  end)

  local following = pairs(handle:headers())
  while following() do end
  tell(handle, "after the last header", following)

  -- C's int is the lower half of what a number is.
  tell(handle, "index", function() return handle:headers():getAtIndex(":path", 2 ^ 32) end)

  if kept then
    tell(handle, "last in its function", function() return kept:headers() end)
    tell(handle, "last but dead", function() return held:get(":path") end)
  end
  kept, held = handle, handle:headers()

  tell(handle, "nothing to a number", function() return tonumber(handle:headers():get("none")) end)
  for _, metadata in ipairs { handle:virtualHost():metadata(), handle:metadata() } do
    tell(handle, "nothing of something", function() local text = tostring(metadata:get("absent")) end)
  end
  tell(handle, "two statuses", function() handle:respond({ [":status"] = { "200", "201" } }) end)
  local t = {}
  tell(handle, "nothing to insert", function() table.insert(t, handle:headers():get("none")) end)
end

function envoy_on_response(handle)
  local _, chunks = pcall(handle.bodyChunks, handle)
  local bytes = 0
  for chunk in chunks do bytes = bytes + chunk:length() end
  handle:logErr(bytes)
  tell(handle, "again", handle.bodyChunks, handle)
end
