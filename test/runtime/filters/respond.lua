local function refuse(handle, status)
  handle:respond({[":status"] = status, ["X-Why"] = {"a", "b"}}, "no\n")
  handle:logErr("not reached")
end

function envoy_on_request(handle)
  local status = handle:headers():get("x-status")
  if status then
    local ok, message = pcall(refuse, handle, status)
    handle:logErr(tostring(message))
  end
end

function envoy_on_response(handle)
  handle:headers():add("x-seen", handle:headers():get(":status"))
  if handle:headers():get("x-why") then
    handle:respond({[":status"] = "200"}, nil)
  end
end
