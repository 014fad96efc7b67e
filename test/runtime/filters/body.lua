function envoy_on_request(handle)
  local body = handle:body()
  if body then
    local text = body:getBytes(0, body:length())
    handle:headers():add("x-body", text)
    handle:headers():add("x-set", body:setBytes("<" .. text .. ">"))
    handle:headers():add("x-again", handle:body():length())
    handle:logErr(body:getBytes(1, 4))
    handle:logErr(body:getBytes(5, 400))
  else
    handle:headers():add("x-body", "none")
  end
end

function envoy_on_response(handle)
  local headers = handle:headers()
  handle:body():setBytes("changed")
  headers:add("x-response", "1")
end
