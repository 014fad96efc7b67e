-- Swimlane by hash of the user: 2 reads, 2 writes.
function envoy_on_request(handle)
  local headers = handle:headers()
  local lane = headers:get("x-lane")
  if lane == nil then
    local user = headers:get("x-user-id") or "anonymous"
    local hash = 5381
    for i = 1, #user do
      hash = (hash * 33 + string.byte(user, i)) % 4294967296
    end
    lane = hash % 100 < 10 and "canary" or "stable"
    headers:replace("x-bucket", tostring(hash % 100))
  end
  headers:replace("x-lane", lane)
end
