--- direct
local function f(p)
  local y
  y = f(p)
  return y
end
return pcall(function()
  return (f(1))
end)
--- mutual
local g
local function f(p)
  local y
  y = g(p)
  return y
end
function g(p)
  local y
  y = f(p)
  return y
end
return select("#", pcall(g, 1))
--- in a block
local function f(p)

  do

    local v
    for i = 1, 2 do v = i == 1 and (f(p, 1)) or v end
  end
  return 1
end
return (select(2, pcall(function() return (f(1)) end)))
--- call first
local function f(p)

  if
    p
  then return (f(p)) end
end
return (select(2, pcall(function() return (f(1)) end)))
--- sum first
local function f(p)

  return 1 +
    f(p)
end
return (select(2, pcall(function() return (f(1)) end)))
--- repeat first
local function f(p)

  repeat

    local x = p
    local z = f(p)

  until z
end
return (select(2, pcall(function() local x = f(1) end)))
--- statement first
local function f(p)

  print
  (p, f(p))
end
return (select(2, pcall(function() local x = f(1) end)))
--- while first
local function f(p)

  while

    f(p) do end
end
return (select(2, pcall(function() local x = f(1) end)))
--- assignment first
local t = {}
local function f(p)

  t
   .x =
   f(p)
end
return (select(2, pcall(function() local x = f(1) end)))
