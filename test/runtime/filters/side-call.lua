local function ask(handle, i)
  local headers, body = handle:httpCall("side", {
    [":method"] = "POST", [":path"] = "/ask/" .. i, [":authority"] = "side", ["x-list"] = {"1", "2"},
  }, "body " .. i, 1000)
  handle:headers():add("x-status-" .. i, headers[":status"])
  if body ~= "yes" then error("refused " .. i) end
  return headers["x-answer"]
end

function envoy_on_request(handle)
  for i = 1, 3 do
    local ok, result = pcall(ask, handle, i)
    handle:headers():add("x-result", tostring(ok) .. " " .. tostring(result))
  end
  handle:httpCall("side", {[":method"] = "GET", [":path"] = "/async", [":authority"] = "side"}, nil, 1000, true)
  handle:httpCall("nowhere", {[":method"] = "GET", [":path"] = "/", [":authority"] = "x"}, nil, 1000)
end
