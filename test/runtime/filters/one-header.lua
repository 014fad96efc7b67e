-- A header that is the only one asked for is asked for by itself.
function envoy_on_request(handle)
  local headers = handle:headers()
  headers:add("x-forwarded-for", "added")
  local first = headers:get("x-forwarded-for")
  headers:add("x-forwarded-for", "again")
  headers:add("x-seen", tostring(first) .. "|" .. tostring(headers:get("x-forwarded-for")))
end

function envoy_on_response(handle)
  handle:headers():add("x-seen", handle:headers():get(":status"))
end
