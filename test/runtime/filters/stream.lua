function envoy_on_request(handle)
  handle:headers():add("x-first", "1")
  local n = 0
  for chunk in handle:bodyChunks() do
    n = n + 1
    handle:logErr("chunk " .. n .. " " .. chunk:getBytes(0, chunk:length()))
    if n == 1 then chunk:setBytes("first") end
  end
  handle:logErr(handle:headers():get(":path"))
  local trailers = handle:trailers()
  if trailers then
    trailers:add("x-chunks", n)
    handle:logErr(trailers:get("x-t"))
  end
  handle:headers():add("x-late", "1")
end

function envoy_on_response(handle)
  local trailers = handle:trailers()
  handle:logErr(trailers and trailers:get("x-t") or "no trailers")
  handle:logErr(tostring(handle:body()))
end
