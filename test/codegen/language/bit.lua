--- fractional through
local x, y, z = 5, 2^31-1, 255
return bit.band(bit.bor(x, y) / 2, -1), bit.bxor(bit.bnot(x) / 4, bit.bnot(y) / 8), bit.lshift(bit.bnot(x) / 2, bit.bnot(y) / 3), bit.bnot(bit.bor(x, y) / 2), bit.tobit(bit.bor(x,y)/2)
--- times
local x, y, z = 5, 2^31-1, 255
return bit.band(bit.bor(x, y) * bit.bor(y, x), -1), bit.band(bit.bor(x, y) * bit.bor(y, x) * bit.bor(y, x), -1), bit.bor(2147483647*2147483647*2147483647, 0), bit.bor(-0, 4294967296.5, 2^52)
--- not number operations
local x, y, z = 5, 2^31-1, 255
return bit.band(bit.bor(x, y) % 0.7, -1), bit.bor(-bit.bnot(2^31) / 3, 1), bit.bor(x == 5 and bit.bor(x, y) / 2 or 3, 0), bit.bor((bit.bor(x, y)), 0), bit.bor(bit.bor(x,y) .. "", 0), bit.bor(bit.tohex(x, 3), 1), pcall(bit.bor, "", 1)
--- strings as operands
local s, f = "0x10", "1.5"
local r = bit.band(s, bit.bnot(f))
local t = bit.lshift(s, f) + bit.rshift("-1", 1)
r = r + 0.5
return r, t, bit.bor(r, t), bit.bxor(s, f, "7"), bit.bor(bit.bxor(s, f) / 2, "3")
--- locals of results
local r = bit.bnot(0)
for i = 1, 40 do r = bit.bxor(bit.lshift(r, i), bit.rshift(r, 3)) + i r = r * 3 end
local u = bit.rshift(-1, 0)
u = u + u
return r, u, bit.rshift(-1, 0), bit.tobit(0xffffffff) + 1, bit.ror(1, 1) - 1, bit.band(u / 3, r)
--- equal zero
local z = bit.band(1, 2)
return 1 / z, 1 / bit.band(-0, 0), bit.band(0/0, -1), bit.band(1/0, -1), bit.bor(-1/0, 0), 0 - bit.band(4, 2), 1 / (0 * bit.bnot(4)), 1/-bit.band(1,2)
--- not enough
return pcall(bit.band), pcall(bit.band, 1), pcall(bit.lshift, 1), pcall(bit.band, 1, nil), pcall(bit.band, {}), bit.band(1), bit.tobit(1, 2), bit.bnot(1, "x")
--- undone
local function f() return bit.band(nil, 1) end
local function g() return bit.bor(bit.band(1, "x"), 1) end
local function h(t) return bit.bor(bit.band(1, t.x), t) end
return select(2, pcall(f)), select(2, pcall(g)), select(2, pcall(h, {})), select(2, pcall(h, {x = 1}))
--- order
local log = {}
local function n(v) log[#log+1] = v return v end
local r = bit.bxor(bit.band(n(1), n(7)) / n(2), bit.bor(n(3), n(4)), n(5))
return r, table.concat(log, " ")
--- compare results
local x = 77
local a = bit.band(x, 4) == 4 and bit.band(x, 4) ~= bit.band(x, 8)
return a, bit.band(x, 4) < bit.rshift(-1, 1) * 2.5, bit.band(x, 12) / 5, bit.bor(x, 12) % -5, bit.bor(x, 12) ^ 0.5, -bit.band(x, 0)
--- bit of bit plus
local x, y, z = 5, 2^31-1, 255
return bit.band(bit.bor(x, y) + 1, z, 7), bit.band(bit.bor(x, y) + 1, -1), bit.bxor(bit.bor(x, y) * 3, z), bit.band(bit.bor(x, y) + 1.5, -1), bit.lshift(bit.tobit(y) + y, 1)
--- bit minus
local x, y, z = 5, 2^31-1, 255
return bit.band(bit.bor(x, y) / 2, -1), bit.bor(bit.bnot(y) - 1, 0), bit.rol(bit.bnot(y) - 1, 0), bit.rol(-bit.tobit(-2^31), 1), bit.tobit(bit.bnot(y) - 1)
--- bit and choice
local x, y, z = 5, 2^31-1, 255
local c = x > 3
return bit.band(c and bit.bor(x, y) or bit.bnot(z), 77), bit.band(bit.bor(x, y) % 5, z), bit.bxor(bit.bor(x,y) ^ 2, z), bit.bxor(bit.bor(x,y) > 3 and 1 or 2, z)
--- tohex as a value
local b = bit
local f, list = b.tohex, { b.tohex }
return f(1), list[1](255), list[1](255, 4), pcall(list[1], 1, nil), pcall(list[1])
