-- Routing on a query string: 2 reads, 3 writes.
function envoy_on_request(handle)
  local headers = handle:headers()
  local path = headers:get(":path")
  local agent = headers:get("user-agent") or "unknown"
  local sort = "none"
  local query = string.find(path, "?", 1, true)
  if query then
    for name, value in string.gmatch(string.sub(path, query + 1), "([^&=]+)=([^&=]*)") do
      if name == "sort" then sort = value end
    end
  end
  headers:add("x-sort", sort)
  headers:replace("x-agent", string.lower(agent) .. "/" .. #path)
  if string.match(path, "^/catalogue/") then
    headers:add("x-catalogue", "1")
  end
end
