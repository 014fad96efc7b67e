#!/usr/bin/env lua
-- é
function envoy_on_request(handle)
	handle:headers():add("x", "1")
end
