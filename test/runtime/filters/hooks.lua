-- Envoy keeps the functions that the globals were when the script had been loaded.
local function greet(text)
  return function(handle)
    handle:logErr(text)
    envoy_on_request = function(other) other:logErr("never called") end
  end
end
envoy_on_request = greet("called each time")
envoy_on_response = "no function"
