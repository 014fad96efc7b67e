-- values of any type: what a method is, is known only at run time
local function shout(value) return value:upper() end

-- never changed, and still there after the others have made the collector run
local marks = { ["some"] = { "!" }, ["words"] = { "?" } }

function envoy_on_request(handle)
  local words = {}
  for word in (handle:headers():get(":path")):gmatch("%a+") do words[#words + 1] = shout(word) .. marks[word][1] end
  handle:headers():add("x-words", table.concat(words, " "))
  handle:logWarn(tostring(handle:metadata():get("greeting")))
end
