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

-- enough garbage that the collector runs
function envoy_on_response(handle)
  local list
  for i = 1, 40000 do list = { list, tostring(i) } end
  handle:headers():add("x-garbage", list[2])
end
