/** What the compiler makes of a construct of the language; a test compiles every example. */
export interface Construct {
  readonly name: string;
  readonly example: string;
  readonly status:
    | { readonly kind: "exact" }
    | { readonly kind: "approximate"; readonly reason: string }
    /** `id` as in the refusal. */
    | { readonly kind: "refused"; readonly id: string; readonly reason: string; readonly wayOut: string };
}

const exact = (name: string, example: string): Construct => ({ name, example, status: { kind: "exact" } });

const approximate = (name: string, example: string, reason: string): Construct => ({
  name,
  example,
  status: { kind: "approximate", reason },
});

const refused = (name: string, example: string, id: string, reason: string, wayOut: string): Construct => ({
  name,
  example,
  status: { kind: "refused", id, reason, wayOut },
});

/** The constructs of LuaJIT's dialect (5.1 with LUA52COMPAT), in the order of the manual. */
export const CONSTRUCTS: readonly Construct[] = [
  exact("comments, long strings, every escape", 'return "\\x41\\z\n  \\65\\u{e9}" .. [==[ long ]==] -- comment'),
  exact("numbers: decimal, hexadecimal, exponents", "return 1, 0xff, 0x1p4, .5, 1e3"),
  refused(
    "64-bit and complex literals of the FFI",
    "return 1LL",
    "cdata",
    "they are values of LuaJIT's FFI, which a Wasm module does not have",
    "use a plain number",
  ),
  exact("local variables, multiple assignment and its order", "local a, b = 1 a, b = b, a return a"),
  exact("global variables, by name", "counter = (counter or 0) + 1 return counter"),
  exact("global variables through `_G` by a constant name", '_G.counter = 1 return _G["counter"] + counter'),
  approximate(
    "`_G` as a table: globals by computed names, `pairs(_G)`, `setmetatable(_G, …)`, `getfenv()`",
    'local name = "x" x = 1 return _G[name]',
    "what the library has under a name is still called by that name after it was replaced under a computed one; the functions that Envoy calls, " +
      "and libraries that the script does not mention, are not in it",
  ),
  exact(
    "`load`, `loadstring` of a text that is known: constants, put together, handed to a function by its name",
    'return load("return " .. "1")()',
  ),
  approximate(
    "`setfenv`, `getfenv` of the running function, and of one that is known by its name",
    "local function f() setfenv(1, { x = 1 }) return x end return f()",
    "as with `_G` as a table",
  ),
  exact(
    '`debug.getinfo(1, "l").currentline`, `.linedefined`, `.short_src`, `.source`, `.what`, also of a function that is known by its name',
    'local function f() end return debug.getinfo(1, "l").currentline, debug.getinfo(f).linedefined',
  ),
  exact(
    "whether a function is there that a module cannot have: `if loadstring then`, `type(debug.sethook)`",
    "return type(io.open), setfenv ~= nil, not gcinfo",
  ),
  exact("`if`, `while`, `repeat … until` that sees the body's locals", "repeat local x = 1 until x == 1"),
  exact("numeric `for`", "for i = 10, 1, -3 do print(i) end"),
  exact("generic `for` over any iterator", "for k, v in next, { 1 } do print(k, v) end"),
  exact("`break`", "while true do break end"),
  exact("`goto` and labels", "for i = 1, 3 do if i == 2 then goto continue end print(i) ::continue:: end"),
  exact("`and`, `or`, `not` with any values", "local a = nil and 1 or false return not a"),
  exact("arithmetic on numbers and numeric strings", 'return "10" + 5, 7 % -3, -2 ^ 2'),
  exact("comparison, equality", 'return 1 < 2, "a" <= "b", {} == {}'),
  exact("concatenation, length of strings and sequences", 'return "a" .. 1 .. "b", #{ 1, 2 }'),
  approximate(
    "the length of a table with holes",
    "return #{ 1, 2, 3, nil }",
    "a border, as Lua has it, but not always the one that LuaJIT finds, which follows from how its table has grown; so in `unpack`, `table.insert`, … too",
  ),
  exact("table constructors of every form", "local k = 1 return { 1, x = 2, [k] = 3, ... }"),
  approximate(
    "the order of `pairs` over keys that are not 1, 2, …",
    "for k, v in pairs({ b = 1, a = 2 }) do print(k, v) end",
    "the order in which the keys were added. In LuaJIT that of strings and objects changes from one start to the next; that of numbers and booleans is its own, with 0 before 1 where it has room for it",
  ),
  exact(
    "functions with any number of arguments and results",
    "local function f(...) return select('#', ...), ... end return f(1)",
  ),
  exact(
    "closures that share variables, a new one in each pass of a loop",
    "local f for i = 1, 3 do f = function() return i end end return f()",
  ),
  exact("methods: `function t:m()`, `t:m()`", "local t = {} function t:m() return self end return t:m()"),
  exact(
    "metatables with every metamethod of 5.1, `__len`, `__pairs`, `__ipairs`",
    "return setmetatable({}, { __index = function(t, k) return k end }).x",
  ),
  approximate("weak tables", 'return setmetatable({}, { __mode = "k" })', "they keep what they hold"),
  exact("errors: `error` with levels, `pcall`, `xpcall`, `assert`", 'return pcall(error, "x", 0)'),
  exact(
    "libraries as tables, functions of the library as values and as keys",
    "local names = { [print] = 1 } for k in pairs(math) do names[k] = 2 end return names",
  ),
  exact(
    "functions that are added to libraries, also as methods of strings",
    'function string.trim(s) return s end return ("x"):trim()',
  ),
  exact(
    "`require` of a module that the runtime serves, or that `--module` gives",
    'return require("cjson").encode({})',
  ),
  exact('`pcall(require, "name")`', 'local ok, cjson = pcall(require, "cjson") return ok'),
  refused(
    "`require` of anything else",
    'return require("socket")',
    "native-module",
    "the module's code is not there, or is native code",
    "`--module NAME=FILE.lua` compiles a module of plain Lua in",
  ),
  refused(
    "`require` as a value, or of a computed name",
    "local load = require return load",
    "dynamic-require",
    "modules are compiled in, so their names have to be known",
    'write `require "name"` where it is needed',
  ),
];
