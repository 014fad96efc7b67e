// The runtime's operators, calls, errors and base library against LuaJIT: each case is written twice, in Lua and as what the
// compiler makes of it, and must give the same value or the same error.
import { expect, test } from "vitest";
import { luajit } from "../oracle/luajit.js";
import { guest } from "./guest.js";

/** Functions that the cases share, on line 1; the cases are on line 2. */
const LUA = [
  "local function show(...) local t = {} for i = 1, select('#', ...) do t[i] = tostring((select(i, ...))) end return table.concat(t, ',') end",
  "local function count(...) return select('#', ...) end",
  "local function fail(v) error(v) end",
  "local function fail2(v) error(v, 2) end",
  "local function five() return 5 end",
  "local function none() end",
  "local function many() return 1, 2, 3, 4, 5 end",
  "local function key(t, k) return k end",
  "local function store(t, k, v) rawset(t, k .. '!', v) end",
  "local function deep() return 1 + deep2() end",
  "local function meta(name, f) return setmetatable({}, {[name] = f}) end",
  "local nothing, text, tab, num, yes",
  "text = 'text' tab = {} num = 7 yes = true",
].join(" ");

const GUEST = `
  type Fn = (self: lua.Closure, count: i32, a: Value, b: Value, c: Value) => Value;
  function make(f: Fn): Value { return lua.fn(lua.Closure.create(f.index)); }
  const COMMA = Str.of(",");
  function join(list: lua.Values): Value {
    let s = Str.of("");
    for (let i: u32 = 1; i <= list.count; i++) s = i == 1 ? lua.tostring(list.at(i)) : lua.concat3(s, COMMA, lua.tostring(list.at(i)));
    return lua.string(s);
  }
  const show: Value = make((self: lua.Closure, count: i32, a: Value, b: Value, c: Value): Value => lua.return1(join(lua.varargs(0, count, a, b, c))));
  const count: Value = make((self: lua.Closure, count: i32, a: Value, b: Value, c: Value): Value => lua.return1(lua.number(count)));
  const fail: Value = make((self: lua.Closure, count: i32, a: Value, b: Value, c: Value): Value => { lua.error(a, 1, 1, lua.callLine); return lua.return0(); });
  const fail2: Value = make((self: lua.Closure, count: i32, a: Value, b: Value, c: Value): Value => { lua.error(a, 2, 1, lua.callLine); return lua.return0(); });
  const five: Value = make((self: lua.Closure, count: i32, a: Value, b: Value, c: Value): Value => lua.return1(lua.number(5)));
  const none: Value = make((self: lua.Closure, count: i32, a: Value, b: Value, c: Value): Value => lua.return0());
  const many: Value = make((self: lua.Closure, count: i32, a: Value, b: Value, c: Value): Value => lua.returnMany(list5()));
  function list5(): lua.Values { return lua.Values.create(0).add(lua.number(1)).add(lua.number(2)).add(lua.number(3)).add(lua.number(4)).add(lua.number(5)); }
  const keyOf: Value = make((self: lua.Closure, count: i32, a: Value, b: Value, c: Value): Value => lua.return1(b));
  const store: Value = make((self: lua.Closure, count: i32, a: Value, b: Value, c: Value): Value => {
    lua.rawset(lua.toTable(a), lua.string(lua.concat2(lua.concatOperand(b, 1, "local 'k'"), Str.of("!"))), c); return lua.return0(); });
  function meta(name: Str, f: Value): Value {
    const m = lua.Table.create(0, 0); m.setString(name, f);
    return lua.setmetatable(lua.Table.create(0, 0), lua.table(m), 1);
  }
  function n(x: f64): Value { return lua.number(x); }
  function s(x: Str): Value { return lua.string(x); }
  const X = Str.of("x"), TEXT = Str.of("text"), A = Str.of("a"), nothing: Value = lua.nil, text: Value = lua.string(TEXT), tab: Value = lua.table(lua.Table.create(0, 0)), num: Value = lua.number(7), yes: Value = lua.True;
  function all(first: Value): Value { return join(lua.results(first)); }
  function multi(ok: bool): Value { return join(lua.results(lua.boolean(ok))); }
  lua.setChunkName(Str.of("f"));
  let out: Value = lua.nil;
  export function result(): Value { return out; }
`;

/** Lua expression, and the same against the runtime. */
const CASES: readonly (readonly [lua: string, guest: string])[] = [
  // arithmetic
  ["1 + '2'", "n(1 + lua.operand(s(Str.of('2')), 2, ''))"],
  ["num + nothing", "n(lua.operand(num, 2, \"local 'num'\") + lua.operand(nothing, 2, \"local 'nothing'\"))"],
  ["text + 1", "n(lua.operand(text, 2, \"local 'text'\") + 1)"],
  ["tab.x + 1", "n(lua.operand(lua.indexString(tab, X, 2, \"local 'tab'\"), 2, \"field 'x'\") + 1)"],
  ["five() + none()", "n(lua.operand(lua.call0(five, 2, ''), 2, '') + lua.operand(lua.call0(none, 2, ''), 2, ''))"],
  ["-tab", "lua.unm(tab, 2, \"local 'tab'\")"],
  ["num - text", "lua.sub(num, text, 2, \"local 'num'\", \"local 'text'\")"],
  ["text - nothing", "lua.sub(text, nothing, 2, \"local 'text'\", \"local 'nothing'\")"],
  ["'10' / '4'", "lua.div(s(Str.of('10')), s(Str.of('4')), 2, '', '')"],
  ["-7 % 3", "lua.mod(n(-7), n(3), 2, '', '')"],
  ["5.5 % -2", "n(lua.modulo(5.5, -2))"],
  ["2 ^ -1", "lua.pow(n(2), n(-1), 2, '', '')"],
  ["2 ^ 0.5", "n(lua.power(2, 0.5))"],
  ["meta('__add', key) + 5", "lua.add(meta(Str.of('__add'), keyOf), n(5), 2, '', '')"],
  [
    "show(5 + meta('__add', key)):match('^table') ",
    "lua.string(lua.tostring(lua.add(n(5), meta(Str.of('__add'), keyOf), 2, '', '')).slice(0, 5))",
  ],
  ["meta('__unm', count) and -meta('__unm', count)", "lua.unm(meta(Str.of('__unm'), count), 2, '')"],
  // concatenation, length
  ["1 .. text", "lua.concat(n(1), text, 2, '', '')"],
  ["text .. tab", "lua.concat(text, tab, 2, \"local 'text'\", \"local 'tab'\")"],
  ["nothing .. tab", "lua.concat(nothing, tab, 2, \"local 'nothing'\", \"local 'tab'\")"],
  [
    "text .. yes",
    "lua.string(lua.concat2(lua.concatOperand(text, 2, ''), lua.concatOperand(yes, 2, \"local 'yes'\")))",
  ],
  ["meta('__concat', key) .. text", "lua.concat(meta(Str.of('__concat'), keyOf), text, 2, '', '')"],
  ["#text + #tab", "n(lua.len(text, 2, '') + lua.len(tab, 2, ''))"],
  ["#nothing", "n(lua.len(nothing, 2, \"local 'nothing'\"))"],
  ["#num", "lua.length(num, 2, \"local 'num'\")"],
  ["#meta('__len', five)", "lua.length(meta(Str.of('__len'), five), 2, '')"],
  // comparison
  [
    "1 < 2 and 'a' < 'b' and not ('b' <= 'a')",
    "lua.boolean(lua.less(n(1), n(2), 2) && lua.less(s(A), s(X), 2) && !lua.lessEqual(s(X), s(A), 2))",
  ],
  ["num < text", "lua.boolean(lua.less(num, text, 2))"],
  ["nothing <= num", "lua.boolean(lua.lessEqual(nothing, num, 2))"],
  ["tab < {}", "lua.boolean(lua.less(tab, meta(X, X.byteLength), 2))"],
  ["yes < false", "lua.boolean(lua.less(yes, lua.False, 2))"],
  ["meta('__lt', five) < 1", "lua.boolean(lua.less(meta(Str.of('__lt'), five), n(1), 2))"],
  ["meta('__lt', five) <= 1", "lua.boolean(lua.lessEqual(meta(Str.of('__lt'), five), n(1), 2))"],
  ["1 <= meta('__le', none)", "lua.boolean(lua.lessEqual(n(1), meta(Str.of('__le'), none), 2))"],
  [
    "meta('__eq', five) == meta('__eq', five)",
    "lua.boolean(lua.equals(meta(Str.of('__eq'), five), meta(Str.of('__eq'), five), 2))",
  ],
  [
    "meta('__eq', five) == meta('__eq', show)",
    "lua.boolean(lua.equals(meta(Str.of('__eq'), five), meta(Str.of('__eq'), show), 2))",
  ],
  [
    "0/0 == 0/0 or 1 == '1' or nothing == false",
    "lua.boolean(lua.equals(n(NaN), n(NaN)) || lua.equals(n(1), s(Str.of('1'))) || lua.equals(nothing, lua.False))",
  ],
  [
    "-0 == 0 and 'te' .. 'xt' == text",
    "lua.boolean(lua.equals(n(-0.0), n(0)) && lua.equals(s(lua.concat2(Str.of('te'), Str.of('xt'))), text))",
  ],
  // index
  ["nothing.x", "lua.indexString(nothing, X, 2, \"local 'nothing'\")"],
  ["nothing[1]", "lua.index(nothing, n(1), 2, \"local 'nothing'\")"],
  ["tab.x.y", "lua.indexString(lua.indexString(tab, X, 2, ''), X, 2, \"field 'x'\")"],
  ["meta('__index', key).x", "lua.indexString(meta(Str.of('__index'), keyOf), X, 2, '')"],
  [
    "meta('__index', meta('__index', key)).x",
    "lua.indexString(meta(Str.of('__index'), meta(Str.of('__index'), keyOf)), X, 2, '')",
  ],
  ["meta('__index', tab).x", "lua.indexString(meta(Str.of('__index'), tab), X, 2, '')"],
  ["(function() local t = {} t.__index = t return setmetatable(t, t).x end)()", "cycle()"],
  ["(function() nothing.x = 1 end)()", "assign(nothing, s(X), \"upvalue 'nothing'\")"],
  ["(function() text.x = 1 end)()", "assign(text, s(X), \"upvalue 'text'\")"],
  ["(function() tab[nothing] = 1 end)()", "assign(tab, nothing, \"upvalue 'tab'\")"],
  ["(function() tab[0/0] = 1 end)()", "assign(tab, n(NaN), \"upvalue 'tab'\")"],
  ["(function() local t = meta('__newindex', store) t.x = 1 return show(rawget(t, 'x'), t['x!']) end)()", "newindex()"],
  [
    "(function() local t = meta('__newindex', tab) t.q = 1 return show(rawget(t, 'q'), tab.q) end)()",
    "newindexTable()",
  ],
  ["meta('__index', fail2).x", "lua.indexString(meta(Str.of('__index'), fail3), X, 2, '')"],
  // calls
  ["show(many())", "lua.callMany(show, lua.results(lua.call0(many, 2, '')), 2, '')"],
  ["show(0, many())", "lua.callMany(show, lua.Values.create(1).add(n(0)).addResults(lua.call0(many, 2, '')), 2, '')"],
  ["show(many(), 0)", "lua.call2(show, lua.call0(many, 2, ''), n(0), 2, '')"],
  ["show(none())", "lua.callMany(show, lua.results(lua.call0(none, 2, '')), 2, '')"],
  ["show((none()))", "lua.call1(show, lua.call0(none, 2, ''), 2, '')"],
  ["count(nil, nil)", "lua.call2(count, lua.nil, lua.nil, 2, '')"],
  ["nothing()", "lua.call0(nothing, 2, \"local 'nothing'\")"],
  ["tab.x()", "lua.call0(lua.indexString(tab, X, 2, ''), 2, \"field 'x'\")"],
  ["tab:x()", "lua.invoke0(tab, X, 2, \"local 'tab'\")"],
  ["nothing:x()", "lua.invoke0(nothing, X, 2, \"local 'nothing'\")"],
  ["text:nope(1)", "lua.invoke1(text, Str.of('nope'), n(1), 2, \"local 'text'\")"],
  ["five()()", "lua.call0(lua.call0(five, 2, ''), 2, '')"],
  ["meta('__call', count)()", "lua.call0(meta(Str.of('__call'), count), 2, '')"],
  ["meta('__call', count)(1, 2, 3)", "lua.call3(meta(Str.of('__call'), count), n(1), n(2), n(3), 2, '')"],
  ["meta('__call', count)(many())", "lua.callMany(meta(Str.of('__call'), count), list5(), 2, '')"],
  ["select(2, many())", "lua.select(n(2), list5(), 2)"],
  ["(function() local t = meta('__call', 5) t() end)()", "lua.call0(meta(Str.of('__call'), n(5)), 2, \"local 't'\")"],
  // errors
  ["fail('message')", "lua.call1(fail, s(Str.of('message')), 2, '')"],
  ["fail2('message')", "lua.call1(fail2, s(Str.of('message')), 2, '')"],
  ["fail(5)", "lua.call1(fail, n(5), 2, '')"],
  ["fail(nil)", "lua.call1(fail, lua.nil, 2, '')"],
  ["fail(yes)", "lua.call1(fail, yes, 2, '')"],
  ["error('message', 0)", "throws(s(Str.of('message')), 0)"],
  ["assert(nothing)", "lua.assert(nothing, 2)"],
  ["assert(false, 'why')", "lua.assertWith(lua.False, s(Str.of('why')), 2)"],
  ["assert(false, 5)", "lua.assertWith(lua.False, n(5), 2)"],
  ["assert(false, yes)", "lua.assertWith(lua.False, yes, 2)"],
  ["show(assert(1, 2, 3))", "all(lua.assertMany(lua.Values.create(3).add(n(1)).add(n(2)).add(n(3)), 2))"],
  ["show(assert())", "all(lua.assertMany(lua.Values.create(0), 2))"],
  ["show(pcall(many))", "multi(lua.pcall(many))"],
  ["show(pcall(none))", "multi(lua.pcall(none))"],
  ["show(pcall(five))", "multi(lua.pcall(five))"],
  ["show(pcall(show, 1, 2, 3))", "multi(lua.pcall(show, 3, n(1), n(2), n(3)))"],
  ["show(pcall(show, many()))", "multi(lua.pcallMany(show, list5()))"],
  ["show(pcall(fail, 'message'))", "multi(lua.pcall(fail, 1, s(Str.of('message'))))"],
  ["show(pcall(fail2, 'message'))", "multi(lua.pcall(fail2, 1, s(Str.of('message'))))"],
  ["show(pcall(pcall, fail, 1))", "multi(lua.pcall(pcallValue, 2, fail, n(1)))"],
  ["show(pcall(nothing))", "multi(lua.pcall(nothing))"],
  ["show(pcall(num))", "multi(lua.pcall(num))"],
  [
    "show(xpcall(fail, show, 'message'))",
    "multi(lua.xpcall(fail, show, 2, lua.Values.create(1).add(s(Str.of('message')))))",
  ],
  ["show(xpcall(show, show, many()))", "multi(lua.xpcall(show, show, 2, list5()))"],
  [
    "show(xpcall(fail, fail, 'message'))",
    "multi(lua.xpcall(fail, fail, 2, lua.Values.create(1).add(s(Str.of('message')))))",
  ],
  ["show(xpcall(num, show))", "multi(lua.xpcall(num, show, 2))"],
  ["show(xpcall(show, nil))", "multi(lua.xpcall(show, lua.nil, 2))"],
  // base library
  [
    "show(select(-1, 1, 2, 3), select('#'), select('#', nil))",
    "join(lua.Values.create(3).add(lua.select(n(-1), list3(), 2)).add(n(lua.selectCount(lua.Values.create(0)))).add(n(lua.selectCount(lua.Values.create(1).add(lua.nil)))))",
  ],
  ["show(select(2, 1, 2, 3))", "all(lua.select(n(2), list3(), 2))"],
  ["show(select(-2, 1, 2, 3))", "all(lua.select(n(-2), list3(), 2))"],
  ["show(select(9, 1, 2, 3))", "all(lua.select(n(9), list3(), 2))"],
  ["show(select(0, 1, 2, 3))", "all(lua.select(n(0), list3(), 2))"],
  ["show(select(-4, 1, 2, 3))", "all(lua.select(n(-4), list3(), 2))"],
  ["show(unpack({1, 2, 3}))", "all(lua.unpack(table3(), 1, ABSENT, 2))"],
  ["show(unpack({1, 2, 3}, 2))", "all(lua.unpack(table3(), 2, ABSENT, 2))"],
  ["show(unpack({1, 2, 3}, -1, 5.9))", "all(lua.unpack(table3(), -1, 5.9, 2))"],
  ["show(unpack({1, 2, 3}, 3, 2))", "all(lua.unpack(table3(), 3, 2, 2))"],
  ["show(unpack({}, 1, 1e8))", "all(lua.unpack(table3(), 1, 1e8, 2))"],
  ["show(unpack({}, -2^31, 2^31 - 1))", "all(lua.unpack(table3(), -2147483648, 2147483647, 2))"],
  ["show(unpack(nothing))", "all(lua.unpack(nothing, 1, ABSENT, 2))"],
  [
    "show(nil, true, false, 1.5, 'x', -0, 1/0, 2^53)",
    "join(lua.Values.create(8).add(lua.nil).add(lua.True).add(lua.False).add(n(1.5)).add(s(X)).add(n(-0.0)).add(n(Infinity)).add(n(9007199254740992)))",
  ],
  ["tostring(meta('__tostring', five))", "lua.tostringValue(meta(Str.of('__tostring'), five), 2)"],
  [
    "type(nothing) .. type(yes) .. type(num) .. type(text) .. type(tab) .. type(five)",
    "s(lua.concat6(lua.type(nothing), lua.type(yes), lua.type(num), lua.type(text), lua.type(tab), lua.type(five)))",
  ],
  [
    "tonumber('0x10') + tonumber(' 5 ') + tonumber(2)",
    "n(lua.toNumber(lua.tonumber(s(Str.of('0x10')))) + lua.toNumber(lua.tonumber(s(Str.of(' 5 ')))) + lua.toNumber(lua.tonumber(n(2))))",
  ],
  [
    "show(tonumber('x'), tonumber(tab), tonumber(nil))",
    "join(lua.Values.create(3).add(lua.tonumber(s(X))).add(lua.tonumber(tab)).add(lua.tonumber(lua.nil)))",
  ],
  [
    "show(tonumber('zz', 36), tonumber('8', 8), tonumber(10, 2))",
    "join(lua.Values.create(3).add(lua.tonumberInBase(s(Str.of('zz')), 36, 2)).add(lua.tonumberInBase(s(Str.of('8')), 8, 2)).add(lua.tonumberInBase(n(10), 2, 2)))",
  ],
  ["show(tonumber('8', 99))", "join(lua.Values.create(1).add(lua.tonumberInBase(s(X), 99, 2)))"],
  ["show(tonumber(tab, 8))", "join(lua.Values.create(1).add(lua.tonumberInBase(tab, 8, 2)))"],
  [
    "show(setmetatable(num, {}))",
    "join(lua.Values.create(1).add(lua.setmetatable(lua.checkTable(num, 1, 'setmetatable', 2), tab, 2)))",
  ],
  ["show(setmetatable({}, 1))", "join(lua.Values.create(1).add(lua.setmetatable(lua.toTable(tab), n(1), 2)))"],
  [
    "show(setmetatable(meta('__metatable', 1), {}))",
    "join(lua.Values.create(1).add(lua.setmetatable(lua.toTable(meta(Str.of('__metatable'), n(1))), tab, 2)))",
  ],
  [
    "show(getmetatable(meta('__metatable', 1)), getmetatable(tab), getmetatable(num))",
    "join(lua.Values.create(3).add(lua.getmetatable(meta(Str.of('__metatable'), n(1)))).add(lua.getmetatable(tab)).add(lua.getmetatable(num)))",
  ],
  ["show(rawget(num, 1))", "lua.rawget(lua.checkTable(num, 1, 'rawget', 2), n(1))"],
  ["show(rawset({}, nil, 1))", "lua.rawset(lua.toTable(tab), lua.nil, n(1))"],
  [
    "rawget(rawset(meta('__newindex', fail), 'x', 4), 'x')",
    "lua.rawget(lua.toTable(lua.rawset(lua.toTable(meta(Str.of('__newindex'), fail)), s(X), n(4))), s(X))",
  ],
  [
    "rawlen(meta('__len', five)) + rawlen('abc')",
    "n(lua.rawlen(meta(Str.of('__len'), five), 2) + lua.rawlen(s(Str.of('abc')), 2))",
  ],
  ["rawlen(num) + 1", "n(lua.rawlen(num, 2))"],
  [
    "rawequal(meta('__eq', five), meta('__eq', five))",
    "lua.boolean(lua.rawequal(meta(Str.of('__eq'), five), meta(Str.of('__eq'), five)))",
  ],
  ["(function() for k in pairs(nothing) do end end)()", "s(X) + <u64>lua.pairs(nothing, 2).key"],
  ["(function() for k in ipairs(text) do end end)()", "s(X) + <u64>lua.ipairs(text, 2).value"],
  [
    "(function() local r = '' for k, v in pairs({1, nil, 3, x = 4}) do r = r .. show(k, v) .. ';' end return r end)()",
    "walk()",
  ],
  [
    "(function() local r = 0 for i, v in ipairs({5, 6, nil, 7}) do r = r * 100 + i * 10 + v end return r end)()",
    "iwalk()",
  ],
  [
    "(function() local r = 0 for k, v in pairs(meta('__pairs', function(t) return function(s, k) k = (k or 0) + 1 if k < 4 then return k, k * s end end, 10 end)) do r = r + v end return r end)()",
    "walkMeta()",
  ],
  ["(function() for i = 'x', 2 do end end)()", "n(lua.loopNumber(s(X), 2, 'initial value'))"],
  ["(function() for i = 1, tab do end end)()", "n(lua.loopNumber(tab, 2, 'limit'))"],
  ["(function() for i = 1, 2, nothing do end end)()", "n(lua.loopNumber(nothing, 2, 'step'))"],
  [
    "show(collectgarbage('stop'), collectgarbage('restart'), collectgarbage(), collectgarbage('setpause'))",
    "join(lua.Values.create(4).add(gc(Str.of('stop'))).add(gc(Str.of('restart'))).add(gc(Str.of('collect'))).add(gc(Str.of('setpause'))))",
  ],
  ["show(collectgarbage('x'))", "gc(X)"],
];

const MORE = `
  import { ABSENT } from "./runtime/number";
  function gc(option: Str): Value { return lua.collectgarbage(option, 2); }
  function list3(): lua.Values { return lua.Values.create(0).add(n(1)).add(n(2)).add(n(3)); }
  function table3(): Value { return lua.table(lua.Table.create(3, 0).append(n(1)).append(n(2)).append(n(3))); }
  const fail3: Value = make((self: lua.Closure, count: i32, a: Value, b: Value, c: Value): Value => { lua.error(a, 2, 1, lua.callLine); return lua.return0(); });
  const pcallValue: Value = make((self: lua.Closure, count: i32, a: Value, b: Value, c: Value): Value => {
    const ok = lua.pcall(a, count - 1, b, c); return lua.returnMany(lua.results(lua.boolean(ok))); });
  function throws(v: Value, level: f64): Value { lua.error(v, level, 2, lua.callLine); return lua.nil; }
  function cycle(): Value {
    const t = lua.Table.create(0, 0); t.setString(Str.of("__index"), lua.table(t)); lua.setmetatable(t, lua.table(t), 2);
    return lua.indexString(lua.table(t), X, 2, "");
  }
  function assign(t: Value, k: Value, what: string): Value { lua.setIndex(t, k, n(1), 2, what); return lua.nil; }
  function newindex(): Value {
    const t = meta(Str.of("__newindex"), store); lua.setIndexString(t, X, n(1), 2, "");
    return join(lua.Values.create(2).add(lua.rawget(lua.toTable(t), s(X))).add(lua.indexString(t, Str.of("x!"), 2, "")));
  }
  function newindexTable(): Value {
    const q = Str.of("q"), t = meta(Str.of("__newindex"), tab); lua.setIndexString(t, q, n(1), 2, "");
    return join(lua.Values.create(2).add(lua.rawget(lua.toTable(t), s(q))).add(lua.indexString(tab, q, 2, "")));
  }
  function walk(): Value {
    let r = Str.of("");
    const t = lua.Table.create(3, 1).append(n(1)).append(lua.nil).append(n(3)); t.setString(X, n(4));
    for (const entry = lua.pairs(lua.table(t), 2); entry.next(); ) r = lua.concat3(r, lua.toStr(lua.call2(show, entry.key, entry.value, 2, "")), Str.of(";"));
    return s(r);
  }
  function iwalk(): Value {
    let r: f64 = 0;
    const t = lua.Table.create(3, 1).append(n(5)).append(n(6)).append(lua.nil).append(n(7));
    for (const entry = lua.ipairs(lua.table(t), 2); entry.next(); ) r = r * 100 + entry.index * 10 + lua.toNumber(entry.value);
    return n(r);
  }
  const nextTen: Value = make((self: lua.Closure, count: i32, a: Value, b: Value, c: Value): Value => {
    const k = (b == lua.nil ? 0 : lua.toNumber(b)) + 1; return k < 4 ? lua.return2(n(k), n(k * lua.toNumber(a))) : lua.return0(); });
  const pairsTen: Value = make((self: lua.Closure, count: i32, a: Value, b: Value, c: Value): Value => lua.return2(nextTen, n(10)));
  function walkMeta(): Value {
    let r: f64 = 0;
    for (const entry = lua.pairs(meta(Str.of("__pairs"), pairsTen), 2); entry.next(); ) r += lua.toNumber(entry.value);
    return n(r);
  }
`;

/** Errors and strings as they are, objects by type. */
function shown(value: unknown): unknown {
  return typeof value === "object" && value !== null ? (value as { type: string }).type : value;
}

test.each([{ stateful: false }, { stateful: true }])("what LuaJIT does, $stateful", async ({ stateful }) => {
  const cases = CASES.map(
    ([, code], i) =>
      `function body${i}(_: usize): void { out = ${code}; } export function case${i}(): bool { return lua.protect(body${i}.index, 0); }`,
  );
  const program = [GUEST, MORE, ...cases, "export function error(): Value { return lua.caught; }"]
    .join("\n")
    .replace(/Str\.of\('([^']*)'\)/g, 'Str.of("$1")');
  const [machine, expected] = await Promise.all([
    guest(program, { stateful, metatables: true }),
    luajit(CASES.map(([code]) => ({ name: "=f", text: `${LUA}\nlocal r = ${code} return r` }))),
  ]);
  const actual = CASES.map(([code], i) => {
    const raised = machine.call(`case${i}`) !== 0;
    return { code, ok: !raised, value: shown(machine.value(raised ? "error" : "result")) };
  });
  const oracle = CASES.map(([code], i) => {
    const { ok, values } = expected[i]!;
    const v = values[0];
    const value =
      v === undefined || v.type === "nil"
        ? null
        : v.type === "boolean"
          ? v.value
          : v.type === "number"
            ? Number(v.value.replace("inf", "Infinity"))
            : v.type === "string"
              ? Buffer.from(v.hex, "hex").toString("latin1")
              : v.type;
    return { code, ok, value };
  });
  expect(actual).toEqual(oracle);
});
