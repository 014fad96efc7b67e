-- One header in most requests.
function envoy_on_request(handle)
  local headers = handle:headers()
  local from = headers:get("x-forwarded-for")
  headers:add("x-seen", tostring(from))
  if from == "e,f" or from == "e, f" then headers:add("x-more", tostring(headers:get("user-agent"))) end
end

function envoy_on_response(handle)
  handle:headers():add("x-seen", tostring(handle:headers():get("x-more")))
end
