-- Does what `x-steps` says to the other headers, one step after another: "get name", "replace name value", …
function envoy_on_request(handle)
  local headers = handle:headers()
  local seen = {}
  for step in headers:get("x-steps"):gmatch("[^;]+") do
    local what, name, value = step:match("^(%a+) (%S+) ?(.*)$")
    if what == "get" then
      seen[#seen + 1] = headers:get(name) or "none"
    elseif what == "count" then
      seen[#seen + 1] = headers:getNumValues(name) .. (headers:getAtIndex(name, 1) or "none")
    elseif what == "walk" then
      for key, text in pairs(headers) do
        if key:sub(1, 3) ~= "x-s" then
          seen[#seen + 1] = key .. "=" .. text
        end
      end
    elseif what == "remove" then
      headers:remove(name)
    elseif what == "replace" then
      headers:replace(name, value)
    else
      headers:add(name, value)
    end
  end
  handle:logWarn(table.concat(seen, "|"))
end
