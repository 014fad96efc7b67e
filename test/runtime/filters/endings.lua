-- Where a reply ends the script, and what of it must not run any more.
local function reply(handle, status, text)
  handle:respond({ [":status"] = status }, text)
end

-- Always ends with a reply, and is called as a statement alone.
local function deny(handle, why)
  if why == "length" then
    reply(handle, "411", "length\n")
  else
    handle:logWarn(why)
    reply(handle, "403", why .. "\n")
  end
end

-- May return without a reply.
local function maybe(handle, path)
  if path == "/maybe" then
    handle:respond({ [":status"] = "402" }, "maybe\n")
  end
  handle:headers():replace("x-maybe", "no")
end

-- Called as a value, too.
local function protected(handle)
  handle:respond({ [":status"] = "405" }, "protected\n")
end

local function counted(handle, n)
  if n == 0 then return handle:respond({ [":status"] = "406" }, "counted\n") end
  return counted(handle, n - 1)
end

local function early(handle, path)
  if path == "/early" then
    deny(handle, "early")
    return
  end
  reply(handle, "407", "late\n")
end

function envoy_on_request(handle)
  local headers = handle:headers()
  local path = headers:get(":path")
  headers:replace("x-begun", "yes")
  if path == "/plain" then
    handle:respond({ [":status"] = "401" }, "plain\n")
    headers:replace("x-after", "reached")
    handle:logErr("not reached")
  elseif path == "/return" then
    return handle:respond({ [":status"] = "401" }, "return\n")
  elseif path == "/loop" then
    for i = 1, 3 do
      if i == 2 then handle:respond({ [":status"] = "40" .. i }, "loop\n") end
      handle:logErr("round " .. i)
    end
  elseif path == "/headers" then
    for name in pairs(headers) do
      handle:respond({ [":status"] = "401" }, name)
    end
  elseif path == "/goto" then
    local i = 0
    ::again::
    i = i + 1
    if i < 3 then goto again end
    do handle:respond({ [":status"] = "41" .. i }, "goto\n") end
    goto done
  elseif path == "/deny" then
    deny(handle, "length")
    handle:logErr("not reached")
  elseif path == "/deny-last" then
    deny(handle, "last")
  elseif path == "/protected" then
    handle:logErr(tostring(pcall(protected, handle)))
  elseif path == "/direct" then
    protected(handle)
    handle:logErr("not reached")
  elseif path == "/counted" then
    counted(handle, 3)
    handle:logErr("not reached")
  elseif path == "/early" or path == "/late" then
    early(handle, path)
    handle:logErr("not reached")
  elseif path == "/wrong" then
    handle:respond({ [":status"] = "99" }, "wrong\n")
    handle:logErr("not reached")
  elseif path == "/closure" then
    local f = function() handle:respond({ [":status"] = "408" }, "closure\n") end
    f()
    handle:logErr("not reached")
  else
    maybe(handle, path)
    handle:logErr("reached")
  end
  ::done::
end
