-- values of any type: what a method is, is known only at run time
local function shout(value) return value:upper() end

function envoy_on_request(handle)
  local words = {}
  for word in (handle:headers():get(":path")):gmatch("%a+") do words[#words + 1] = shout(word) end
  handle:headers():add("x-words", table.concat(words, " "))
  handle:logWarn(tostring(handle:metadata():get("greeting")))
end
