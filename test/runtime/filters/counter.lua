local count = 0
local last = "none"

function envoy_on_request(handle)
  count = count + 1
  handle:headers():add("x-count", count)
  handle:headers():add("x-last", last)
  last = handle:headers():get(":path")
  saved = saved or handle:headers()
  if count == 3 then saved:add("x-dead", "1") end
end
