--- the line of a call of getinfo
local a = debug.getinfo(1).currentline
local b = debug.getinfo(
  1, "nSl").currentline
local function f()
  return debug.getinfo(1, "l").currentline, debug.getinfo(1, "S").linedefined, debug.getinfo(1, "S").lastlinedefined
end
local g = function() end
return a, b, f()
--- what is known of a function by its name
local function f()
  local x
end
local g = function() return 1 end
return debug.getinfo(f).linedefined, debug.getinfo(f, "S").lastlinedefined, debug.getinfo(g, "S").what, debug.getinfo(f).what, debug.getinfo(1).what, debug.getinfo(g, "lS").linedefined
--- where a function stands
return debug.getinfo(1, "S").short_src, debug.getinfo(1).short_src == debug.getinfo(1, "Sl").short_src
--- whether functions are there
local n = 0
if loadstring then n = n + 1 end
if not setfenv then n = n + 10 end
if io.open == nil then n = n + 100 end
while gcinfo and n < 5 do n = n + 1 end
local m = dofile ~= nil and 7 or 8
return n, m, type(debug.sethook), type(io.open), not string.dump, (load and 1), type(print), type(nothere)
--- the line in a text that is loaded
return load("\n\nreturn debug.getinfo(1).currentline")()
--- functions that are asserted to be there
assert(gcinfo)
assert(io.open, "no io")
return pcall(function() assert(not module) end)
