-- Coroutines and what waits for the host, as a filter: the path says which of these runs. Read by coroutines.test.ts.

local function ask(handle)
  local headers, body = handle:httpCall("side", { [":method"] = "GET", [":path"] = "/", [":authority"] = "side" }, nil, 5000)
  return body, headers and headers[":status"]
end

-- Runs `f` in a coroutine and hands to it what Envoy brings.
local function await(f, ...)
  local co = coroutine.create(f)
  local results = { coroutine.resume(co, ...) }
  while coroutine.status(co) ~= "dead" do results = { coroutine.resume(co, coroutine.yield()) } end
  if not results[1] then error(results[2], 0) end
  return unpack(results, 2)
end

local function headers_named(headers, prefix)
  return coroutine.wrap(function()
    for name, value in pairs(headers) do
      if name:sub(1, #prefix) == prefix then coroutine.yield(name, value) end
    end
  end)
end

-- Made with the configuration, shared by all requests of the worker.
local ids = coroutine.wrap(function()
  local last = 0
  while true do
    last = last + 1
    coroutine.yield("id-" .. last)
  end
end)

-- Begun by one request, resumed by later ones, which hand strings to it.
local collector

local cases = {
  ["/iterator"] = function(handle)
    local found = {}
    for name, value in headers_named(handle:headers(), "x-in") do found[#found + 1] = name .. "=" .. value end
    handle:headers():add("x-out", table.concat(found, ";"))
  end,
  ["/ids"] = function(handle) handle:headers():add("x-out", ids() .. ids()) end,
  ["/collector"] = function(handle)
    if not collector or coroutine.status(collector) == "dead" then
      collector = coroutine.create(function(seen)
        for i = 1, 2 do seen = seen .. "," .. coroutine.yield(seen .. "!") .. i end
        return seen
      end)
    end
    local ok, seen = coroutine.resume(collector, handle:headers():get("x-in") .. "?")
    handle:headers():add("x-out", tostring(ok) .. " " .. seen .. " " .. coroutine.status(collector))
  end,
  ["/call"] = function(handle)
    local first = ask(handle)
    local body, status = await(function(suffix)
      local one = ask(handle)
      local two, status = ask(handle)
      return one .. two .. suffix, status
    end, "!")
    handle:headers():add("x-out", first .. body .. status)
  end,
  ["/call-in-pcall"] = function(handle)
    local ok, e = pcall(await, function()
      local ok, e = pcall(function() error(ask(handle) .. " inside", 0) end)
      error(e .. " outside", 0)
    end)
    handle:headers():add("x-out", tostring(ok) .. e)
  end,
  ["/body"] = function(handle)
    local length = await(function() return handle:body():length() end)
    handle:headers():add("x-out", length)
  end,
  ["/chunks"] = function(handle)
    local length = await(function()
      local sum = 0
      for chunk in handle:bodyChunks() do sum = sum + chunk:length() end
      return sum
    end)
    handle:logErr("length " .. length)
  end,
  ["/trailers"] = function(handle)
    handle:logErr("trailers " .. await(function() local trailers = handle:trailers() return type(trailers) end))
  end,
  -- Nobody hands anything to the coroutine: it is resumed with nothing, the handler with an error.
  ["/unawaited"] = function(handle)
    local co = coroutine.wrap(function() return "got " .. type((ask(handle))) end)
    local nothing = co()
    handle:headers():add("x-out", type(nothing) .. co())
  end,
  ["/left-waiting"] = function(handle)
    local co = coroutine.wrap(function() ask(handle) handle:logErr("never") end)
    co()
    handle:headers():add("x-out", "went on")
  end,
  ["/scope"] = function(handle)
    local headers = handle:headers()
    local co = coroutine.wrap(ask)
    co(handle)
    headers:add("x-out", "alive")
    coroutine.yield()
    local ok, e = pcall(function() local v = headers:get("x-out") return v end)
    handle:headers():add("x-out", tostring(ok) .. tostring(e))
  end,
  ["/respond"] = function(handle)
    coroutine.wrap(function() handle:respond({ [":status"] = "403" }, "no") handle:logErr("never") end)()
    handle:logErr("responded")
    coroutine.yield()
    handle:logErr("never")
  end,
  ["/unexpected"] = function(handle)
    handle:headers():add("x-out", "before")
    pcall(function() pcall(coroutine.yield, 1) end)
    handle:logErr("never")
  end,
  ["/comparator"] = function(handle)
    local ok, e = pcall(table.sort, { 2, 1 }, function(a, b) return ask(handle) == a end)
    handle:headers():add("x-out", tostring(ok) .. e)
  end,
  ["/running"] = function(handle)
    local co, is_main = coroutine.running()
    local status, same, ok, e = coroutine.wrap(function()
      return coroutine.status(co), coroutine.running() == co, coroutine.resume(co)
    end)()
    handle:headers():add("x-out", table.concat({
      type(co), tostring(is_main), coroutine.status(co), tostring(coroutine.isyieldable()), status, tostring(same), tostring(ok), e,
    }, " "))
  end,
}

local loading, is_main = coroutine.running()
local load_yields = select(2, pcall(function() local x = coroutine.yield() return x end))

function envoy_on_request(handle)
  cases[handle:headers():get(":path")](handle)
end

function envoy_on_response(handle)
  local length = coroutine.wrap(function() return handle:body():length() end)
  length()
  local found = length(coroutine.yield())
  handle:headers():add("x-length", found)
  handle:headers():add("x-loading", type(loading) .. tostring(is_main) .. load_yields)
end
