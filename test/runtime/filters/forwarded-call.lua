-- The headers of a request with a body, handed on with an empty one.
function envoy_on_request(handle)
  local forwarded = {}
  for name, value in pairs(handle:headers()) do forwarded[name] = value end
  local headers, body = handle:httpCall("side", forwarded, "", 1000)
  handle:headers():add("x-answer", headers[":status"] .. " " .. body)
end
