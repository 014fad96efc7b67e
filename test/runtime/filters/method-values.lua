-- Methods taken as values, and a handle kept after its stream.
local kept
function envoy_on_request(handle)
  local dm = handle:streamInfo():dynamicMetadata()
  local ok, why = pcall(dm.set, dm, "ns", "k", "v")
  handle:logErr(tostring(ok) .. " " .. tostring(why))
  ok, why = pcall(dm.set, dm, "ns", "k", function() end)
  handle:logErr(tostring(ok) .. " " .. tostring(why))
  local headers = handle:headers()
  ok, why = pcall(headers.add, headers, "x", nil)
  handle:logErr(tostring(ok) .. " " .. tostring(why))
  ok, why = pcall(headers.get, headers)
  handle:logErr(tostring(ok) .. " " .. tostring(why))
  local get = headers.get
  handle:logErr(tostring(get(headers, ":path")))
  handle:logErr(type(handle.body) .. type(headers.nope))
  ok, why = pcall(get, nil, "x")
  handle:logErr(tostring(ok))
  if kept then
    ok, why = pcall(kept.headers, kept)
    handle:logErr(tostring(ok) .. " " .. tostring(why))
  end
  kept = handle
  handle:logErr(tostring(dm:get("ns").k))
end
function envoy_on_response(handle)
  local ok, why = pcall(function() local h = kept:headers() end)
  handle:logErr(tostring(ok) .. " " .. tostring(why))
end
