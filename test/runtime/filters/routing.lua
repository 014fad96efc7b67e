function envoy_on_request(handle)
  local headers = handle:headers()
  local path = headers:get(":path")
  local ua = headers:get("User-Agent") or "unknown"
  headers:replace("x-ua", ua .. "/" .. #path .. headers:get("Host"))
  headers:add("x-many", "c")
  headers:add("x-count", headers:getNumValues("x-many"))
  headers:add("x-all", headers:get("x-many"))
  local names = ""
  for key in pairs(headers) do names = names .. key .. ";" end
  handle:logWarn(names)
  headers:remove("x-remove")
  if headers:getAtIndex("x-many", 1) == "c" then handle:logErr("second") end
  headers:add("X-Ua2", headers:get("x-missing"))
end
