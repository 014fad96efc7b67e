-- counts requests; dies on demand
local requests = 0

function envoy_on_request(handle)
  requests = requests + 1
  handle:headers():add("x-counter", tostring(requests))
  if handle:headers():get("x-die") then
    local nothing
    handle:headers():add("x-died", nothing.at)
  end
end
