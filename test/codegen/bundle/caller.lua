-- a global of the same name as nothing else's, a side call, and methods that are found at run time
requests = 100

local function ask(handle, path)
  local headers, body = handle:httpCall("side", { [":method"] = "GET", [":path"] = path, [":authority"] = "side" }, "", 1000)
  requests = requests + 1
  return body
end

function envoy_on_request(handle)
  local text = ask(handle, "/a"):upper()
  handle:headers():add("x-caller", text .. requests)
end

function envoy_on_response(handle)
  handle:headers():add("x-length", tostring(handle:body():length()))
end
